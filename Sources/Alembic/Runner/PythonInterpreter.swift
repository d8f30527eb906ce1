import FoundationEssentials

/// Finds a project's Python interpreter and its packages, from the file system alone.
public enum PythonInterpreter {
    /// The interpreter that a project is run with: the configured one, else that of the active virtual environment, of
    /// `.venv` or `venv` in the project's folder, else `python3` of the search path.
    ///
    /// - Parameters:
    ///   - configured: used as given, so that a missing one is reported and not replaced; relative to `folder`.
    ///   - environment: the variables in which `VIRTUAL_ENV` is looked up; nil is this process's environment.
    public static func path(
        configured: String? = nil, folder: String, environment: [String: String]? = nil
    ) -> String {
        if let configured {
            // A link is not resolved: Python identifies its virtual environment by the path that it was started with.
            return configured.hasPrefix("/") || !configured.contains("/") ? configured : "\(folder)/\(configured)"
        }
        var candidates = ["\(folder)/.venv/bin/python", "\(folder)/venv/bin/python"]
        let environment = environment ?? ProcessInfo.processInfo.environment
        if let active = environment["VIRTUAL_ENV"], active.hasPrefix("/") {
            candidates.insert("\(active)/bin/python", at: 0)
        }
        return candidates.first { FileManager.default.isExecutableFile(atPath: $0) } ?? "python3"
    }

    /// The existing package folders (`site-packages`, `dist-packages`) of the virtual environment or installation that
    /// an interpreter belongs to.
    ///
    /// - Parameter python: a path, or a name that is looked up in `PATH`.
    package static func packageFolders(of python: String) -> [String] {
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

    /// The folders in which an interpreter finds installed packages: its package folders, and those that `.pth` files in
    /// them name. Python must be asked about `.pth` files that import something, as some editable installs need it.
    ///
    /// - Parameter python: a path, or a name that is looked up in `PATH`.
    package static func searchPath(of python: String) -> [String] {
        let folders = packageFolders(of: python)
        let named = folders.flatMap { folder in
            let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            return files.sorted().filter { $0.hasSuffix(".pth") && !$0.hasPrefix(".") }
                .flatMap { pathFile("\(folder)/\($0)", in: folder) }
        }
        return folders + named
    }

    /// The lines of a `.pth` file that are existing folders, as `site` adds them.
    private static func pathFile(_ path: String, in folder: String) -> [String] {
        let bytes = FileManager.default.contents(atPath: path) ?? Data()
        var isFolder = false
        return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).compactMap { line in
            if line.hasPrefix("#") || line.hasPrefix("import ") || line.hasPrefix("import\t") { return nil }
            let text = line.reversed().drop(while: \.isWhitespace).reversed()
            let named = String(text)
            let absolute = named.hasPrefix("/") ? named : "\(folder)/\(named)"
            let exists = FileManager.default.fileExists(atPath: absolute, isDirectory: &isFolder) && isFolder
            return named.isEmpty || !exists ? nil : absolute
        }
    }

    /// The path as written, links not resolved: the packages are next to the link, not next to its target.
    private static func located(_ python: String) -> String? {
        if python.contains("/") { return python }
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { "\($0)/\(python)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    private static func parent(of path: String) -> String? {
        path.lastIndex(of: "/").map { String(path[..<$0]) }
    }
}
