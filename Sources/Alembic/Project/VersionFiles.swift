import Files
import Revisions
import Settings
import Text

/// The files that Alembic would load as revisions, found by the rules and in the order of its
/// `ScriptDirectory._load_revisions`.
struct VersionFiles {
    /// One file.
    struct File {
        /// Relative to the project's folder, with symbolic links as found.
        var path: String
        /// Absolute, without symbolic links: the path that Alembic loads, once.
        var realPath: String
        /// Whether only the bytecode exists.
        var isCompiled = false
    }

    private(set) var files: [File] = []
    private(set) var problems: [GraphProblem] = []
    /// The real paths of the files.
    private var seen: Set<ExactString> = []
    private let configuration: ProjectConfiguration
    /// The stamps of the listed folders, taken before they were listed; nil for one that does not exist.
    private var folders: [String: FileStamp?] = [:]
    /// Whether every change of the files would change a folder's stamp.
    private var showsChanges = true
    private let began = FileStamp.now

    init(_ configuration: ProjectConfiguration) {
        self.configuration = configuration
        for location in configuration.versionLocations {
            note(location)
            do throws(FilesError) {
                // Alembic ignores version locations that do not exist.
                if try FileSystem.status(location).kind == .folder { walk(location) }
            } catch {
                if error.code != .missing { report(location, folderError: error) }
            }
        }
    }

    /// Whether listing again would find the same files.
    func isCurrent(for configuration: ProjectConfiguration) -> Bool {
        showsChanges && configuration == self.configuration
            && folders.allSatisfy { FileStamp(path: $0.key) == $0.value }
    }

    private mutating func note(_ folder: String) {
        let stamp = FileStamp(path: folder)
        folders.updateValue(stamp, forKey: folder)
        if let stamp, !stamp.isAtRest(at: began) { showsChanges = false }
    }

    /// Whether a file name matches Alembic's `(?!\.\#|__init__)(.*\.py)$`, or `.pyc` and `.pyo` when sourceless. In
    /// Python `.` does not match a line break, and `$` also matches before one at the end. Bytes are compared, because
    /// a character may have several scalars.
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

    /// The bytes before the first dot.
    private static func stem(_ name: String) -> [UInt8] {
        Array(name.utf8.prefix { $0 != UInt8(ascii: ".") })
    }

    /// Takes a folder's files before the folders in it, both sorted by code points. Links to folders are not followed,
    /// as in `os.walk`, so a cycle of links is not a problem.
    private mutating func walk(_ location: String) {
        var pending = [location]
        while let folder = pending.popLast() {
            note(folder)
            do throws(FilesError) {
                let entries = try FileSystem.list(folder)
                let real = try FileSystem.realPath(folder)
                let folders = take(entries, of: folder, real: real)
                if configuration.recursiveVersionLocations {
                    pending += folders.reversed().map { folder + "/" + $0 }
                }
            } catch {
                report(folder, folderError: error)
            }
        }
    }

    /// - Returns: the names of the folders inside, without links.
    private mutating func take(_ entries: [FileSystem.Entry], of folder: String, real: String) -> [String] {
        var folders: [String] = []
        var names: Set<[UInt8]> = []
        let isCache = FilePaths.name(folder).hasSuffix("__pycache__")
        // After a symbolic link, `..` is not the folder that the text names.
        let shown =
            folder.contains("/..")
            ? FilePaths.relative(real, to: (try? FileSystem.realPath(configuration.folder)) ?? configuration.folder)
            : FilePaths.relative(folder, to: configuration.folder)
        for entry in entries {
            let path = folder + "/" + entry.name
            var isFolder = entry.kind == .folder
            if isFolder {
                if entry.isUTF8 || !configuration.recursiveVersionLocations {
                    folders.append(entry.name)
                } else {
                    report(path, "The folder's name is not UTF-8, so it cannot be read. Rename it.")
                }
            } else if entry.kind == .link {
                // A change of the link's target does not change this folder's stamp.
                showsChanges = false
                isFolder = FileSystem.isFolder(path)
            }
            if isFolder {
                if Self.isScript(entry.name, sourceless: false) {
                    report(path, "This is a folder, not a script. Alembic ignores it.", isBlocking: false)
                }
                continue
            }
            if configuration.sourceless { names.insert(Self.stem(entry.name)) }
            if !isCache { take(entry, path: path, shownIn: shown, realFolder: real) }
        }
        if configuration.sourceless, !isCache {
            note(folder + "/__pycache__")
            for entry in (try? FileSystem.list(folder + "/__pycache__")) ?? []
            where !names.contains(Self.stem(entry.name)) {
                take(
                    entry, path: folder + "/__pycache__/" + entry.name, shownIn: shown + "/__pycache__",
                    realFolder: real + "/__pycache__")
            }
        }
        return folders
    }

    private mutating func take(_ entry: FileSystem.Entry, path: String, shownIn folder: String, realFolder: String) {
        if !entry.isUTF8 {
            if Self.isScript(entry.name, sourceless: configuration.sourceless) {
                report(path, "The file's name is not UTF-8, so it cannot be read. Rename it.")
            }
            return
        }
        var realPath = realFolder + "/" + entry.name
        if entry.kind == .link {
            do throws(FilesError) {
                realPath = try FileSystem.realPath(path)
            } catch {
                // For Alembic a broken link has the name of its target. Editors create such links as lock files.
                let target = FileSystem.linkTarget(path).map(FilePaths.name) ?? entry.name
                if Self.isScript(error.code == .missing ? target : entry.name, sourceless: configuration.sourceless) {
                    report(path, "The symbolic link is broken: \(error.message). Remove it, or restore its target.")
                }
                return
            }
        }
        let name = entry.kind == .link ? FilePaths.name(realPath) : entry.name
        guard Self.isScript(name, sourceless: configuration.sourceless) else { return }
        if let defect = Self.defect(of: entry, name: name) { return report(path, defect) }
        guard seen.insert(ExactString(realPath)).inserted else { return }
        var isCompiled = false
        if let last = name.utf8.last, last != UInt8(ascii: "y") {
            let source = String(realPath.dropLast())
            let hasSource = (try? FileSystem.status(source)) != nil
            let hasBetter = last == UInt8(ascii: "o") && (try? FileSystem.status(source + "c")) != nil
            if hasSource || hasBetter { return }
            isCompiled = true
        }
        let shown = folder.isEmpty ? entry.name : folder + "/" + entry.name
        files.append(File(path: shown, realPath: realPath, isCompiled: isCompiled))
    }

    /// Why an entry that is named like a script cannot be one.
    private static func defect(of entry: FileSystem.Entry, name: String) -> String? {
        if endsInLineBreak(name) {
            return "The file's name ends with a line break, so Alembic cannot load it. Rename it."
        }
        if entry.kind == .other {
            return "This is a pipe, a socket or a device, not a script. Alembic would block on it. Remove it."
        }
        return nil
    }

    private mutating func report(_ folder: String, folderError: FilesError) {
        report(folder, "The folder cannot be read: \(folderError.message). Give this user permission to read it.")
    }

    private mutating func report(_ path: String, _ message: String, isBlocking: Bool = true) {
        problems.append(
            GraphProblem(
                code: GraphProblem.Code.unreadable, message: message,
                file: FilePaths.relative(path, to: configuration.folder), isBlocking: isBlocking))
    }
}
