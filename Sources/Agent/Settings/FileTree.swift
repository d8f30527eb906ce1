import FoundationEssentials

/// Folders of our own making.
enum FileTree {
    /// Removes a folder with everything in it; one that is gone already is fine.
    static func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }
}
