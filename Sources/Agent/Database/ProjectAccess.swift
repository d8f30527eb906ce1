import Alembic
import Diagnosis
import Glibc

/// Who may write what the agent runs with the credentials of a database, told from modes and owners.
struct ProjectAccess: Sendable {
    private let settings: DatabaseSettings

    init(_ settings: DatabaseSettings) { self.settings = settings }

    /// What others than root and the agent's account may write: the project's folder, its configuration, scripts and
    /// what env.py loads of it, and the interpreter. What lies in a folder that is told already is left out.
    ///
    /// - Parameters:
    ///   - project: nil when it cannot be read.
    ///   - description: nil while env.py has not answered.
    func writableFiles(_ project: Project?, _ description: Description?) -> [WritableFile] {
        var paths: Set<String> = [settings.project, absolute(settings.config)]
        paths.formUnion(project?.sha256.keys.flatMap { [$0, Self.parent($0)] } ?? [])
        let loaded = (description?.files ?? []) + (description?.folders ?? [])
        // The packages of the interpreter are as safe as the folder that holds them.
        paths.formUnion(loaded.filter { $0.hasPrefix(settings.project + "/") && !$0.contains("/site-packages/") })
        let python = Runner.interpreter(configured: settings.python, folder: settings.project)
        if python.contains("/") {
            paths.formUnion([python, Self.parent(python)] + InterpreterPackages.folders(of: python))
        }
        var found: [WritableFile] = []
        for path in paths.sorted() {
            guard let writer = Self.writer(of: path) else { continue }
            let isTold = found.contains { $0.writer == writer && path.hasPrefix($0.path + "/") }
            if !isTold { found.append(WritableFile(path: path, writer: writer)) }
        }
        return found
    }

    private func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : "\(settings.project)/\(path)" }

    private static func parent(_ path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? path
    }

    /// The worst of those who may write it; nil when nobody else may, and when it is not there.
    private static func writer(of path: String) -> WritableFile.Writer? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        if status.st_mode & S_IWOTH != 0 { return .everyone }
        if status.st_uid != 0, status.st_uid != geteuid() { return .owner(Accounts.user(status.st_uid)) }
        if status.st_mode & S_IWGRP != 0, status.st_gid != 0, status.st_gid != getegid() {
            return .group(Accounts.group(status.st_gid))
        }
        return nil
    }
}

/// Names of accounts; the number where there is none.
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
