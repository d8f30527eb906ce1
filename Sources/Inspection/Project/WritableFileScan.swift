import Alembic
import Diagnosis
import Files
import Glibc

/// Finds the files that the agent runs with the credentials of a database and that other accounts may write, by their
/// modes and owners.
struct WritableFileScan: Sendable {
    private let settings: DatabaseSettings

    init(_ settings: DatabaseSettings) { self.settings = settings }

    /// Writable files among the project's folder, its configuration, its scripts, its files that env.py loads, and the
    /// interpreter. Files in a folder that is in the result are left out.
    ///
    /// - Parameters:
    ///   - project: nil when it cannot be read.
    ///   - description: nil while env.py has not run.
    func writableFiles(_ project: Project?, _ description: ProjectDescription?) -> [WritableFile] {
        var paths: Set<String> = [settings.project, absolute(settings.config)]
        paths.formUnion(project?.sha256.keys.flatMap { [$0, Self.parent($0)] } ?? [])
        let loaded = (description?.files ?? []) + (description?.folders ?? [])
        // For installed packages the folder that holds them is checked.
        paths.formUnion(loaded.filter { $0.hasPrefix(settings.project + "/") && !$0.contains("/site-packages/") })
        let python = PythonInterpreter.path(configured: settings.python, folder: settings.project)
        if python.contains("/") {
            paths.formUnion([python, Self.parent(python)] + PythonInterpreter.packageFolders(of: python))
        }
        var found: [WritableFile] = []
        for path in paths.sorted() {
            guard let writer = Self.writer(of: path) else { continue }
            let isCovered = found.contains { $0.writer == writer && path.hasPrefix($0.path + "/") }
            if !isCovered { found.append(WritableFile(path: path, writer: writer)) }
        }
        return found
    }

    private func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : "\(settings.project)/\(path)" }

    private static func parent(_ path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? path
    }

    /// The largest group of other accounts that may write it; nil when there is none or the file does not exist.
    private static func writer(of path: String) -> WritableFile.Writer? {
        guard let file = FilePermissions(path: path) else { return nil }
        if file.mode & S_IWOTH != 0 { return .everyone }
        if file.owner != 0, file.owner != geteuid() { return .owner(Accounts.user(file.owner)) }
        if file.mode & S_IWGRP != 0, file.group != 0, file.group != getegid() {
            return .group(Accounts.group(file.group))
        }
        return nil
    }
}

/// Names of accounts, or their numbers where they have no name.
private enum Accounts {
    static func user(_ id: uid_t) -> String {
        var entry = unsafe passwd()
        var found: UnsafeMutablePointer<passwd>?
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16_384) { buffer in
            guard unsafe getpwuid_r(id, &entry, buffer.baseAddress.unsafelyUnwrapped, buffer.count, &found) == 0,
                unsafe found != nil
            else { return "\(id)" }
            return unsafe String(cString: entry.pw_name)
        }
    }

    static func group(_ id: gid_t) -> String {
        var entry = unsafe Glibc.group()
        var found: UnsafeMutablePointer<Glibc.group>?
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16_384) { buffer in
            guard unsafe getgrgid_r(id, &entry, buffer.baseAddress.unsafelyUnwrapped, buffer.count, &found) == 0,
                unsafe found != nil
            else { return "\(id)" }
            return unsafe String(cString: entry.gr_name)
        }
    }
}
