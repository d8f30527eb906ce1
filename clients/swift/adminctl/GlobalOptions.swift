import AgentClient
import ArgumentParser
import Diagnosis
import FoundationEssentials
import Tokens

/// What every command takes, before or after its name. An option wins over its variable.
struct GlobalOptions: ParsableArguments {
    @Option(help: "The agent's socket (ADMINCTL_SOCKET; default \(AgentEndpoint.defaultSocket)).", completion: .file())
    var socket: String?

    @Option(help: "A file with this client's key (ADMINCTL_KEY_FILE).", completion: .file())
    var keyFile: String?

    @Option(
        help: "The user whose agent is trusted beside root and yourself (ADMINCTL_AGENT_USER; default schemad).")
    var agentUser: String?

    @Option(name: [.short, .long], help: "The database, where the agent has several (ADMINCTL_DATABASE).")
    var database: String?

    @Flag(help: "Print the result as one JSON object, errors as one on standard error.")
    var json = false

    /// The database that the command is about; nil leaves it to the agent, which may have only one.
    var chosenDatabase: String? { database ?? Self.variable("ADMINCTL_DATABASE") }

    var chosenKeyFile: String? { keyFile ?? Self.variable("ADMINCTL_KEY_FILE") }

    /// - Throws: `keyFile` when there is one and it cannot be used.
    func endpoint() throws(ClientError) -> AgentEndpoint {
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
    /// A command to be pasted, for the database that was named.
    func commandLine(_ arguments: String) -> String {
        let database = chosenDatabase.map { "--database \(ShellWord.quoted($0)) " } ?? ""
        return "adminctl \(database)\(arguments)"
    }
}
