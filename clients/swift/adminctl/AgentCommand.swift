import AgentClient
import ArgumentParser
import Wire

/// A command that asks the agent.
protocol AgentCommand: ParsableCommand {
    var options: GlobalOptions { get }

    /// Asks, prints, and says how it ended: 0, or 1 for an answer that is not good news.
    func execute(_ connection: AgentConnection, _ console: Console) throws(ClientError) -> Int32
}

extension AgentCommand {
    func run() throws {
        let status: Int32
        do {
            let connection = try AgentConnection(options.endpoint())
            status = try execute(connection, Console())
        } catch {
            throw explained(error)
        }
        if status != 0 { throw ExitCode(status) }
    }

    private func explained(_ error: ClientError) -> ClientError {
        guard case .agent(let answer) = error, answer.code == .unauthenticated, options.chosenKeyFile == nil else {
            return error
        }
        var explained = answer
        explained.message += "; no key was given: --key-file FILE or ADMINCTL_KEY_FILE"
        return .agent(explained)
    }
}
