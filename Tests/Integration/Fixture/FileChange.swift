import FoundationEssentials

/// Changes to a project's files.
enum FileChange {
    /// Appends an empty line, which invalidates the cached results that depend on the file.
    static func appendLine(_ path: String) throws {
        var data = try Data(contentsOf: URL(filePath: path))
        data += Data("\n".utf8)
        try data.write(to: URL(filePath: path))
    }
}
