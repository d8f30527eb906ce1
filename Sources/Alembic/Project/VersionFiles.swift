import Revisions

/// The files that Alembic would load as revisions, in its order, found by its rules
/// (`ScriptDirectory._load_revisions`).
struct VersionFiles {
    /// One file.
    struct File {
        /// As seen from the project's folder, through the names by which it was found.
        var path: String
        /// Without symbolic links: what Alembic loads, and recognises as loaded already.
        var realPath: String
        /// Whether only bytecode is there.
        var isCompiled = false
    }

    private(set) var files: [File] = []
    private(set) var problems: [GraphProblem] = []
    private var seen: Set<String> = []
    private let configuration: ProjectConfiguration

    init(_ configuration: ProjectConfiguration) {
        self.configuration = configuration
        for location in configuration.versionLocations {
            do throws(FileFault) {
                // Alembic passes over version locations that do not exist.
                if try Files.status(location).kind == .folder { walk(location) }
            } catch {
                if !error.isMissing { report(location, "The folder cannot be read: \(error.message).") }
            }
        }
    }

    /// `(?!\.\#|__init__)(.*\.py)$`, with `c` or `o` behind it when sourceless.
    static func isScript(_ name: String, sourceless: Bool) -> Bool {
        if name.hasPrefix(".#") || name.hasPrefix("__init__") { return false }
        return name.hasSuffix(".py") || sourceless && (name.hasSuffix(".pyc") || name.hasSuffix(".pyo"))
    }

    /// A folder's files come before the folders in it, both by code points. Links to folders are not followed, as in
    /// `os.walk`, so that no loop can trap the walk.
    private mutating func walk(_ location: String) {
        var waiting = [location]
        while let folder = waiting.popLast() {
            do throws(FileFault) {
                let entries = try Files.list(folder)
                let real = try Files.realPath(folder)
                let folders = take(entries, of: folder, real: real)
                if configuration.recursiveVersionLocations {
                    waiting += folders.reversed().map { folder + "/" + $0 }
                }
            } catch {
                report(folder, "The folder cannot be read: \(error.message).")
            }
        }
    }

    /// - Returns: the names of the folders inside, without links.
    private mutating func take(_ entries: [Files.Entry], of folder: String, real: String) -> [String] {
        var folders: [String] = []
        var names: Set<String> = []
        let isCache = FilePaths.name(folder).hasSuffix("__pycache__")
        let shown = FilePaths.relative(folder, to: configuration.folder)
        for entry in entries {
            let path = folder + "/" + entry.name
            var isFolder = entry.kind == .folder
            if isFolder {
                folders.append(entry.name)
            } else if entry.kind == .link {
                isFolder = Files.isFolder(path)
            }
            if isFolder {
                if Self.isScript(entry.name, sourceless: false) {
                    report(path, "This is a folder, and no script: it is passed over.", isBlocking: false)
                }
                continue
            }
            if configuration.sourceless { names.insert(String(entry.name.prefix { $0 != "." })) }
            if !isCache { take(entry, path: path, shownIn: shown, realFolder: real) }
        }
        if configuration.sourceless, !isCache, let cached = try? Files.list(folder + "/__pycache__") {
            for entry in cached where !names.contains(String(entry.name.prefix { $0 != "." })) {
                take(
                    entry, path: folder + "/__pycache__/" + entry.name, shownIn: shown + "/__pycache__",
                    realFolder: real + "/__pycache__")
            }
        }
        return folders
    }

    private mutating func take(_ entry: Files.Entry, path: String, shownIn folder: String, realFolder: String) {
        var realPath = realFolder + "/" + entry.name
        if entry.kind == .link {
            do throws(FileFault) {
                realPath = try Files.realPath(path)
            } catch {
                // A link to nowhere has the name of its target, as with Alembic; editors leave such links as locks.
                let target = Files.linkTarget(path).map(FilePaths.name) ?? entry.name
                if Self.isScript(error.isMissing ? target : entry.name, sourceless: configuration.sourceless) {
                    report(path, "The link leads to no file: \(error.message).")
                }
                return
            }
        }
        let name = entry.kind == .link ? FilePaths.name(realPath) : entry.name
        guard Self.isScript(name, sourceless: configuration.sourceless), seen.insert(realPath).inserted else { return }
        var isCompiled = false
        if !name.hasSuffix(".py") {
            let source = String(realPath.dropLast())
            let hasSource = (try? Files.status(source)) != nil
            let hasBetter = name.hasSuffix("o") && (try? Files.status(source + "c")) != nil
            if hasSource || hasBetter { return }
            isCompiled = true
        }
        let shown = folder.isEmpty ? entry.name : folder + "/" + entry.name
        files.append(File(path: shown, realPath: realPath, isCompiled: isCompiled))
    }

    private mutating func report(_ path: String, _ message: String, isBlocking: Bool = true) {
        problems.append(
            GraphProblem(
                code: GraphProblem.Code.unreadable, message: message,
                file: FilePaths.relative(path, to: configuration.folder), isBlocking: isBlocking))
    }
}
