import Revisions
import Settings

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
    /// The real paths of files.
    private var seen: Set<ExactName> = []
    private let configuration: ProjectConfiguration
    /// The folders that were listed, as they were before; nil for one that is not there.
    private var folders: [String: FileStamp?] = [:]
    /// Whether a change of what was found would show in the folders.
    private var isSettled = true
    private let began = Files.now

    init(_ configuration: ProjectConfiguration) {
        self.configuration = configuration
        for location in configuration.versionLocations {
            note(location)
            do throws(FileFault) {
                // Alembic passes over version locations that do not exist.
                if try Files.status(location).kind == .folder { walk(location) }
            } catch {
                if !error.isMissing { report(location, folderFault: error) }
            }
        }
    }

    /// Whether a new look would find the same.
    func isCurrent(for configuration: ProjectConfiguration) -> Bool {
        isSettled && configuration == self.configuration
            && folders.allSatisfy { FileStamp(path: $0.key) == $0.value }
    }

    private mutating func note(_ folder: String) {
        let stamp = FileStamp(path: folder)
        folders.updateValue(stamp, forKey: folder)
        if let stamp, !stamp.isAtRest(at: began) { isSettled = false }
    }

    /// `(?!\.\#|__init__)(.*\.py)$`, with `c` or `o` behind it when sourceless; `.` is no line break, and `$` also matches
    /// before one at the end. Bytes are compared, since a character may be more than one of them.
    static func isScript(_ name: String, sourceless: Bool) -> Bool {
        var bytes = name.utf8[...]
        if endsInLineBreak(name) { bytes.removeLast() }
        if bytes.contains(UInt8(ascii: "\n")) { return false }
        if bytes.starts(with: ".#".utf8) || bytes.starts(with: "__init__".utf8) { return false }
        func ends(in suffix: String) -> Bool { bytes.suffix(suffix.utf8.count).elementsEqual(suffix.utf8) }
        return ends(in: ".py") || sourceless && (ends(in: ".pyc") || ends(in: ".pyo"))
    }

    private static func endsInLineBreak(_ name: String) -> Bool {
        name.utf8.last == UInt8(ascii: "\n")
    }

    /// What comes before the first dot.
    private static func stem(_ name: String) -> [UInt8] {
        Array(name.utf8.prefix { $0 != UInt8(ascii: ".") })
    }

    /// A folder's files come before the folders in it, both by code points. Links to folders are not followed, as in
    /// `os.walk`, so that no loop can trap the walk.
    private mutating func walk(_ location: String) {
        var waiting = [location]
        while let folder = waiting.popLast() {
            note(folder)
            do throws(FileFault) {
                let entries = try Files.list(folder)
                let real = try Files.realPath(folder)
                let folders = take(entries, of: folder, real: real)
                if configuration.recursiveVersionLocations {
                    waiting += folders.reversed().map { folder + "/" + $0 }
                }
            } catch {
                report(folder, folderFault: error)
            }
        }
    }

    /// - Returns: the names of the folders inside, without links.
    private mutating func take(_ entries: [Files.Entry], of folder: String, real: String) -> [String] {
        var folders: [String] = []
        var names: Set<[UInt8]> = []
        let isCache = FilePaths.name(folder).hasSuffix("__pycache__")
        // Behind a link, `..` is elsewhere than the text says.
        let shown =
            folder.contains("/..")
            ? FilePaths.relative(real, to: (try? Files.realPath(configuration.folder)) ?? configuration.folder)
            : FilePaths.relative(folder, to: configuration.folder)
        for entry in entries {
            let path = folder + "/" + entry.name
            var isFolder = entry.kind == .folder
            if isFolder {
                if entry.isUTF8 || !configuration.recursiveVersionLocations {
                    folders.append(entry.name)
                } else {
                    report(path, "The folder's name is not UTF-8, so that it cannot be read. Rename it.")
                }
            } else if entry.kind == .link {
                // What a link leads to can change anywhere.
                isSettled = false
                isFolder = Files.isFolder(path)
            }
            if isFolder {
                if Self.isScript(entry.name, sourceless: false) {
                    report(path, "This is a folder, and no script: it is passed over.", isBlocking: false)
                }
                continue
            }
            if configuration.sourceless { names.insert(Self.stem(entry.name)) }
            if !isCache { take(entry, path: path, shownIn: shown, realFolder: real) }
        }
        if configuration.sourceless, !isCache {
            note(folder + "/__pycache__")
            for entry in (try? Files.list(folder + "/__pycache__")) ?? [] where !names.contains(Self.stem(entry.name)) {
                take(
                    entry, path: folder + "/__pycache__/" + entry.name, shownIn: shown + "/__pycache__",
                    realFolder: real + "/__pycache__")
            }
        }
        return folders
    }

    private mutating func take(_ entry: Files.Entry, path: String, shownIn folder: String, realFolder: String) {
        if !entry.isUTF8 {
            if Self.isScript(entry.name, sourceless: configuration.sourceless) {
                report(path, "The file's name is not UTF-8, so that it cannot be read. Rename it.")
            }
            return
        }
        var realPath = realFolder + "/" + entry.name
        if entry.kind == .link {
            do throws(FileFault) {
                realPath = try Files.realPath(path)
            } catch {
                // A link to nowhere has the name of its target, as with Alembic; editors leave such links as locks.
                let target = Files.linkTarget(path).map(FilePaths.name) ?? entry.name
                if Self.isScript(error.isMissing ? target : entry.name, sourceless: configuration.sourceless) {
                    report(path, "The link leads to no file: \(error.message). Remove it, or restore its target.")
                }
                return
            }
        }
        let name = entry.kind == .link ? FilePaths.name(realPath) : entry.name
        guard Self.isScript(name, sourceless: configuration.sourceless) else { return }
        if let fault = Self.fault(of: entry, name: name) { return report(path, fault) }
        guard seen.insert(ExactName(realPath)).inserted else { return }
        var isCompiled = false
        if let last = name.utf8.last, last != UInt8(ascii: "y") {
            let source = String(realPath.dropLast())
            let hasSource = (try? Files.status(source)) != nil
            let hasBetter = last == UInt8(ascii: "o") && (try? Files.status(source + "c")) != nil
            if hasSource || hasBetter { return }
            isCompiled = true
        }
        let shown = folder.isEmpty ? entry.name : folder + "/" + entry.name
        files.append(File(path: shown, realPath: realPath, isCompiled: isCompiled))
    }

    /// Why an entry that is named like a script is none.
    private static func fault(of entry: Files.Entry, name: String) -> String? {
        if endsInLineBreak(name) { return "The file's name ends in a line break, which Alembic refuses. Rename it." }
        if entry.kind == .other {
            return "This is a pipe, a socket or a device, and no script: Alembic would wait for it. Remove it."
        }
        return nil
    }

    private mutating func report(_ folder: String, folderFault: FileFault) {
        report(folder, "The folder cannot be read: \(folderFault.message). Let this user read it.")
    }

    private mutating func report(_ path: String, _ message: String, isBlocking: Bool = true) {
        problems.append(
            GraphProblem(
                code: GraphProblem.Code.unreadable, message: message,
                file: FilePaths.relative(path, to: configuration.folder), isBlocking: isBlocking))
    }
}
