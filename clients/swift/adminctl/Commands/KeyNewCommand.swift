import AgentClient
import ArgumentParser
import Glibc
import Tokens
import Wire

struct KeyNewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Make a key with a fresh random secret.",
        discussion: """
            EXAMPLES
              adminctl key new deploy1 --scope read,migrate --out deploy1.key
              adminctl key new --kid reader --scope read

            The record goes into the agent's key file as it is, and alone into the
            client's. It is the only copy.
            """)

    @OptionGroup(title: "Global options") var options: GlobalOptions

    @Argument(help: "The key's id: 1 to 32 of a-z 0-9 _ -.")
    var name: String?

    @Option(help: "The key's id, as an option.")
    var kid: String?

    @Option(
        name: [.customLong("scope"), .customLong("scopes")], parsing: .upToNextOption,
        help: "What the key may do: \(Scope.allCases.map(\.rawValue).joined(separator: ", ")); default read.")
    var scopes: [String] = []

    @Option(parsing: .upToNextOption, help: "Only for these databases.")
    var databases: [String] = []

    @Option(
        name: [.customLong("uid"), .customLong("uids")], parsing: .upToNextOption,
        help: "Only for these users' processes.")
    var uids: [UInt32] = []

    @Option(
        name: [.customLong("gid"), .customLong("gids")], parsing: .upToNextOption,
        help: "Only for these groups' processes.")
    var gids: [UInt32] = []

    @Option(help: "Not before this time, for example 2026-01-01T00:00:00Z.")
    var notBefore: String?

    @Option(help: "Not after this time.")
    var notAfter: String?

    @Option(help: "Write it to this new file, mode 0600, instead of standard output.", completion: .file())
    var out: String?

    func validate() throws {
        guard (kid == nil) != (name == nil) else { throw ValidationError("name the key once: adminctl key new KID") }
    }

    func run() throws {
        let text: String
        do {
            text = try KeyFile.newRecord(
                kid: kid ?? name ?? "", scopes: split(scopes.isEmpty ? [Scope.read.rawValue] : scopes),
                databases: split(databases + (options.database.map { [$0] } ?? [])), uids: uids, gids: gids,
                notBefore: notBefore, notAfter: notAfter, knownScopes: Set(Scope.allCases.map(\.rawValue)))
        } catch {
            throw ValidationError(error.message)
        }
        guard let out else { return Console.write(text) }
        try save(text, to: out)
    }

    private func split(_ values: [String]) -> [String] {
        values.flatMap { $0.split(separator: ",").map(String.init) }
    }

    /// Never over a file that exists: it might be the only copy of another key.
    private func save(_ text: String, to path: String) throws(ClientError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            let reason =
                errno == EEXIST ? "it exists already, and is not overwritten" : String(cString: strerror(errno))
            throw ClientError.keyFile(path: path, reason: reason)
        }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        // One short write; a disk that takes only a part of it is full.
        guard fchmod(descriptor, 0o600) == 0, write(descriptor, bytes, bytes.count) == bytes.count,
            fsync(descriptor) == 0
        else {
            let reason = "it cannot be written: \(String(cString: strerror(errno)))"
            unlink(path)
            throw ClientError.keyFile(path: path, reason: reason)
        }
    }
}
