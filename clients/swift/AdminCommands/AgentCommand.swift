import AgentClient
import ArgumentParser
import Wire

/// A command that sends requests to the agent.
protocol AgentCommand: ParsableCommand {
    var options: GlobalOptions { get }

    /// Sends the request, prints the result, and returns the exit status.
    func execute(_ connection: AgentConnection, _ console: Console) throws(AgentClientError) -> Int32
}

extension AgentCommand {
    func run() throws {
        let status: Int32
        do {
            let connection = try AgentConnection(options.endpoint())
            status = try execute(connection, Console())
        } catch {
            throw withAdvice(error)
        }
        if status != 0 { throw ExitCode(status) }
    }

    private func withAdvice(_ error: AgentClientError) -> AgentClientError {
        guard case .agent(var advised) = error, advised.code == .unauthenticated, options.chosenKeyFile == nil else {
            return error
        }
        advised.message += "; no key was given (--key-file FILE or ADMINCTL_KEY_FILE)"
        return .agent(advised)
    }
}
