import AgentClient
import ArgumentParser
import Files
import Glibc
import KeyFiles
import Tokens
import Wire

struct KeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Create keys. Needs no agent.", subcommands: [KeyNewCommand.self])

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() throws { throw ValidationError("a command is missing: adminctl key new") }
}

struct KeyNewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Create a key with a random secret.",
        usage: "adminctl key new [<options>] <kid>",
        discussion: """
            EXAMPLES
              adminctl key new deploy1 --scope read,migrate --out deploy1.key
              adminctl key new --kid reader --scope read

            Add the record to the agent's key file. The same record, alone, is the
            client's key file. The output is its only copy.
            """)

    @OptionGroup(title: "Global options") var options: GlobalOptions

    @Argument(help: ArgumentHelp("The key's id: 1 to 32 of a-z 0-9 _ -.", valueName: "kid"))
    var name: String?

    @Option(help: "The key's id, as an option instead of an argument.")
    var kid: String?

    @Option(
        name: [.customLong("scope"), .customLong("scopes")], parsing: .upToNextOption,
        help:
            "The commands that the key permits: \(Scope.allCases.map(\.rawValue).joined(separator: ", ")); default read."
    )
    var scopes: [String] = []

    @Option(parsing: .upToNextOption, help: ArgumentHelp("Restrict the key to these databases.", valueName: "name"))
    var databases: [String] = []

    @Option(
        name: [.customLong("uid"), .customLong("uids")], parsing: .upToNextOption,
        help: "Restrict the key to processes of these users.")
    var uids: [UInt32] = []

    @Option(
        name: [.customLong("gid"), .customLong("gids")], parsing: .upToNextOption,
        help: "Restrict the key to processes of these groups.")
    var gids: [UInt32] = []

    @Option(
        help: ArgumentHelp("The key is valid from this time on, for example 2026-01-01T00:00:00Z.", valueName: "time"))
    var notBefore: String?

    @Option(help: ArgumentHelp("The key is valid until this time.", valueName: "time"))
    var notAfter: String?

    @Option(
        help: ArgumentHelp(
            "Write the record to this new file, mode 0600, instead of standard output.", valueName: "file"),
        completion: .file())
    var out: String?

    func validate() throws {
        guard (kid == nil) != (name == nil) else {
            throw ValidationError("give the key's id once: adminctl key new KID")
        }
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

    /// Never overwrites a file: it might be the only copy of another key.
    private func save(_ text: String, to path: String) throws(AgentClientError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            let reason =
                errno == EEXIST ? "the file exists already and is not overwritten" : SystemError.text(errno)
            throw AgentClientError.keyFile(path: path, reason: reason)
        }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        // One short write: if only a part of it is written, the disk is full.
        guard fchmod(descriptor, 0o600) == 0, write(descriptor, bytes, bytes.count) == bytes.count,
            fsync(descriptor) == 0
        else {
            let reason = "it cannot be written: \(SystemError.text(errno))"
            unlink(path)
            throw AgentClientError.keyFile(path: path, reason: reason)
        }
    }
}
