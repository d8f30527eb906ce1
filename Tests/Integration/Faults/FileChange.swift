import FoundationEssentials

/// Changes of a project's files from outside.
enum FileChange {
    /// Adds an empty line, so that everything that depends on the file is made anew.
    static func touch(_ path: String) throws {
        var data = try Data(contentsOf: URL(filePath: path))
        data += Data("\n".utf8)
        try data.write(to: URL(filePath: path))
    }
}
