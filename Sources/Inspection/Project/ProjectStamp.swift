import Alembic
import Files

/// Identifies the state of the files that a project's Python is likely to read, where a failed run does not say which
/// they are: sources and settings below the project's folder, the interpreter and its package folders.
struct ProjectStamp: Hashable, Sendable {
    /// At most so many entries of folders are looked at.
    private static let limit = 20_000
    private static let suffixes = [".py", ".ini", ".toml", ".cfg", ".json", ".yaml", ".yml", ".mako", ".pth"]
    /// Folders without files of the project's own.
    private static let others: Set = ["__pycache__", "node_modules", "site-packages", "dist-packages"]

    private var stamps: [String: FileStamp] = [:]

    init(_ settings: DatabaseSettings) {
        add(settings.config.hasPrefix("/") ? settings.config : "\(settings.project)/\(settings.config)")
        let python = PythonInterpreter.path(configured: settings.python, folder: settings.project)
        for path in [python] + PythonInterpreter.packageFolders(of: python) { add(path) }
        var folders = [settings.project]
        var entries = 0
        while let folder = folders.popLast(), entries < Self.limit {
            for entry in (try? FileSystem.list(folder)) ?? [] where entry.isUTF8 {
                entries += 1
                let path = "\(folder)/\(entry.name)"
                switch entry.kind {
                case .folder where !Self.others.contains(entry.name) && !entry.name.hasPrefix("."): folders.append(path)
                case .file, .link: if Self.isSource(entry.name) { add(path) }
                default: break
                }
            }
        }
    }

    private mutating func add(_ path: String) { stamps[path] = FileStamp(path: path) }

    /// Files that a run writes, such as logs, are not among them.
    private static func isSource(_ name: String) -> Bool {
        name.hasPrefix(".env") || suffixes.contains { name.hasSuffix($0) }
    }
}
