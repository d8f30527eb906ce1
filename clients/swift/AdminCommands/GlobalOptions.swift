import AgentClient
import ArgumentParser
import Diagnosis
import FoundationEssentials
import Text
import Tokens

/// The options of every command, before or after its name. An option takes precedence over its variable.
struct GlobalOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The agent's socket (ADMINCTL_SOCKET; default \(AgentEndpoint.defaultSocket)).", valueName: "path"),
        completion: .file())
    var socket: String?

    @Option(
        help: ArgumentHelp("The file with this client's key (ADMINCTL_KEY_FILE).", valueName: "file"),
        completion: .file())
    var keyFile: String?

    @Option(
        help: ArgumentHelp(
            "The user that the agent runs as, if not root or you (ADMINCTL_AGENT_USER; default schemad).",
            valueName: "user"))
    var agentUser: String?

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("The database, if the agent has several (ADMINCTL_DATABASE).", valueName: "name"))
    var database: String?

    @Flag(help: "Print the result as one JSON object; errors as one on standard error.")
    var json = false

    /// The database of the command; nil when the agent has only one.
    var chosenDatabase: String? { database ?? Self.variable("ADMINCTL_DATABASE") }

    var chosenKeyFile: String? { keyFile ?? Self.variable("ADMINCTL_KEY_FILE") }

    /// - Throws: `keyFile` when a key file is given but cannot be used.
    func endpoint() throws(AgentClientError) -> AgentEndpoint {
        var key: KeyRecord?
        if let path = chosenKeyFile { key = try ClientKey.load(path: path) }
        return AgentEndpoint(
            socket: socket ?? Self.variable("ADMINCTL_SOCKET") ?? AgentEndpoint.defaultSocket, key: key,
            agentUser: agentUser ?? Self.variable("ADMINCTL_AGENT_USER") ?? AgentEndpoint.defaultAgentUser)
    }

    /// An empty variable counts as unset.
    private static func variable(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}

extension GlobalOptions {
    /// A command line for the same database, quoted for a shell.
    func commandLine(_ arguments: String) -> String {
        let database = chosenDatabase.map { "--database \(ShellWord.quoted($0)) " } ?? ""
        return "adminctl \(database)\(arguments)"
    }
}
