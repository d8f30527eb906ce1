import FoundationEssentials
import Glibc

/// A folder that exists while a body runs. Its path is short enough for sockets.
public struct TemporaryFolder: Sendable {
    public let path: String

    /// Creates a folder of mode 0700, runs the body and removes the folder, even if the body throws.
    public static func with<T>(
        isolation: isolated (any Actor)? = #isolation, _ body: (TemporaryFolder) async throws -> T
    ) async throws -> T {
        let base = ProcessInfo.processInfo.environment["TMPDIR"].flatMap { $0.utf8.count < 48 ? $0 : nil } ?? "/tmp"
        var template = Array("\(base)/schemad-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw SupportError("A folder could not be created in \(base).") }
        let path = String(cString: made)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await body(TemporaryFolder(path: path))
    }

    /// The absolute path of a file in the folder.
    public func path(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file, creates its parent folders, and returns its absolute path.
    @discardableResult
    public func write(_ name: String, _ text: String, mode: Int = 0o600) throws -> String {
        let file = path(name)
        let parent = file.split(separator: "/").dropLast().reduce(into: "") { $0 += "/\($1)" }
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: file))
        guard chmod(file, mode_t(mode)) == 0 else { throw SupportError("The mode of \(file) could not be set.") }
        return file
    }

    /// The text of a file.
    public func read(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: path(name))), as: UTF8.self)
    }

    /// Copies a folder of the checkout (or any absolute path) into this one.
    @discardableResult
    public func copy(_ source: String, as name: String) throws -> String {
        let from = source.hasPrefix("/") ? source : "\(RepositoryRoot.path)/\(source)"
        try FileManager.default.copyItem(atPath: from, toPath: path(name))
        return path(name)
    }
}
