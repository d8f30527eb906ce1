import FoundationEssentials
import Glibc
import Subprocess

/// An installation of PostgreSQL's server programs: the folder with `initdb` and `postgres`.
public struct ServerPrograms: Sendable, Hashable {
    public let folder: String

    /// Debian and its derivatives install each major version below this folder.
    private static let packages = "/usr/lib/postgresql"

    /// The folder in the environment variable `SCHEMAD_POSTGRESQL_BIN` if it is set; else the first of Debian's folders
    /// (newest major version first), `PATH`, and `pg_config --bindir`.
    ///
    /// - Parameter majorVersion: preferred if it is among Debian's folders.
    /// - Returns: nil when PostgreSQL's server is not installed; the client package alone has no `initdb`.
    public static func installed(preferring majorVersion: Int? = nil) async -> ServerPrograms? {
        let environment = ProcessInfo.processInfo.environment
        if let folder = environment["SCHEMAD_POSTGRESQL_BIN"], !folder.isEmpty {
            return isComplete(folder) ? ServerPrograms(folder: folder) : nil
        }
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: packages)) ?? []).compactMap { Int($0) }
        let path = environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        let folders =
            versions.sorted { $0 == majorVersion || $1 != majorVersion && $0 > $1 }.map { "\(packages)/\($0)/bin" }
            + path.split(separator: ":").map(String.init)
        if let folder = folders.first(where: isComplete) { return ServerPrograms(folder: folder) }
        guard let folder = await bindir(), isComplete(folder) else { return nil }
        return ServerPrograms(folder: folder)
    }

    private static func bindir() async -> String? {
        let outcome = try? await run(
            .name("pg_config"), arguments: ["--bindir"], output: .string(limit: 4096), error: .discarded)
        return outcome?.standardOutput.split(separator: "\n").first.map(String.init)
    }

    private static func isComplete(_ folder: String) -> Bool {
        ["initdb", "postgres"].allSatisfy { FileManager.default.isExecutableFile(atPath: "\(folder)/\($0)") }
    }
}

/// The account for a server that root starts: PostgreSQL refuses to run as root.
struct Account: Sendable, Hashable {
    let user: uid_t
    let group: gid_t

    /// `postgres`, else `nobody`; nil when this process is not root and the server can run under its account.
    ///
    /// - Throws: `configuration` when neither account exists.
    static func unprivileged() throws(PostgresError) -> Account? {
        guard geteuid() == 0 else { return nil }
        for name in ["postgres", "nobody"] {
            if let account = named(name) { return account }
        }
        throw PostgresError(
            kind: .configuration,
            message: "PostgreSQL does not run as root, and neither of the users postgres and nobody exists.",
            hint: "Create one of them, or run this command as another user.")
    }

    private static func named(_ name: String) -> Account? {
        var entry = unsafe passwd()
        var found: UnsafeMutablePointer<passwd>?
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16_384) { buffer in
            let status = unsafe getpwnam_r(name, &entry, buffer.baseAddress.unsafelyUnwrapped, buffer.count, &found)
            guard unsafe status == 0 && found != nil else { return nil }
            return unsafe Account(user: entry.pw_uid, group: entry.pw_gid)
        }
    }
}
