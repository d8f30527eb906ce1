import FoundationEssentials

/// Where an interpreter finds installed packages, told from the file system alone.
enum InterpreterPackages {
    /// The folders that are there: those of the virtual environment or installation to which the interpreter belongs.
    ///
    /// - Parameter python: a path, or a name that is looked up in `PATH`.
    static func folders(of python: String) -> [String] {
        let manager = FileManager.default
        guard let path = located(python), let bin = parent(of: path), let prefix = parent(of: bin) else { return [] }
        var folders: [String] = []
        for library in ["\(prefix)/lib", "\(prefix)/lib64"] {
            let names = (try? manager.contentsOfDirectory(atPath: library)) ?? []
            for name in names.sorted() where name.hasPrefix("python3") {
                folders += ["\(library)/\(name)/site-packages", "\(library)/\(name)/dist-packages"]
            }
        }
        var isFolder = false
        return folders.filter { manager.fileExists(atPath: $0, isDirectory: &isFolder) && isFolder }
    }

    /// The path as it was written: a virtual environment is where its link stands, not where it leads.
    private static func located(_ python: String) -> String? {
        if python.contains("/") { return python }
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { "\($0)/\(python)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    private static func parent(of path: String) -> String? {
        path.lastIndex(of: "/").map { String(path[..<$0]) }
    }
}
