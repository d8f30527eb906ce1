import AgentClient
import ArgumentParser
import Glibc
import Wire

/// The program `adminctl`.
package enum Adminctl {
    /// Runs the command that the process's arguments name, and exits with its status where that is not 0.
    ///
    /// Every failure is reported here, so that `--json` applies to each of them.
    package static func main() {
        let root = AdminctlCommand.self
        do {
            var command = try root.parseAsRoot()
            try command.run()
        } catch let error as AgentClientError {
            Console.reportFailure(error, asJSON: wantsJSON)
            exit(error.exitStatus)
        } catch let status as ExitCode {
            exit(status.rawValue)
        } catch {
            let status = root.exitCode(for: error)
            let text = root.fullMessage(for: error)
            if status.isSuccess {
                // Help, the version, a completion script.
                Console.write(text.hasSuffix("\n") ? text : text + "\n")
            } else if wantsJSON {
                let problem: JSON = [
                    "code": "usage", "message": .string(root.message(for: error)), "retryable": false,
                ]
                Console.writeError(String(decoding: problem.encoded(), as: UTF8.self) + "\n")
            } else {
                Console.writeError(text.hasSuffix("\n") ? text : text + "\n")
            }
            exit(status.rawValue)
        }
    }

    /// Looked up without the parser, because it must be known when parsing itself has failed.
    private static var wantsJSON: Bool {
        let arguments = CommandLine.arguments.dropFirst().prefix { $0 != "--" }
        return arguments.contains("--json") || arguments.contains("--json-events")
    }
}
