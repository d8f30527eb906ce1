import Subprocess
import SystemPackage

/// Runs a program to its end.
public enum Program {
    /// The status and output of a program.
    public struct Outcome: Sendable {
        /// The exit status, or 128 + the signal that ended it, as in a shell.
        public var status: Int32
        public var standardOutput: String
        public var standardError: String

        public var lines: [String] { standardOutput.split(separator: "\n").map(String.init) }
    }

    /// - Parameters:
    ///   - program: an absolute path, or a name that `PATH` resolves.
    ///   - environment: changes to this process's environment; nil unsets.
    ///   - timeout: after this time the program is killed and the call throws.
    public static func run(
        _ program: String, _ arguments: [String] = [], environment: [String: String?] = [:], folder: String? = nil,
        input: String = "", timeout: Duration = .seconds(120)
    ) async throws -> Outcome {
        try await withThrowingTaskGroup(of: Outcome?.self) { group in
            group.addTask {
                let result = try await Subprocess.run(
                    program.contains("/") ? .path(FilePath(program)) : .name(program),
                    arguments: Arguments(arguments), environment: changed(environment),
                    workingDirectory: folder.map { FilePath($0) },
                    input: .string(input), output: .string(limit: 64 << 20), error: .string(limit: 64 << 20))
                return Outcome(
                    status: status(result.terminationStatus), standardOutput: result.standardOutput,
                    standardError: result.standardError)
            }
            group.addTask {
                try await Task.sleep(for: timeout)
                return nil
            }
            defer { group.cancelAll() }
            guard let outcome = try await group.next(), let outcome else {
                throw SupportError("\(program) \(arguments.joined(separator: " ")) was still running after \(timeout).")
            }
            return outcome
        }
    }

    static func changed(_ changes: [String: String?]) -> Environment {
        .inherit.updating(
            Dictionary(uniqueKeysWithValues: changes.map { (Environment.Key(stringLiteral: $0.key), $0.value) }))
    }

    static func status(_ status: TerminationStatus) -> Int32 {
        switch status {
        case .exited(let code): Int32(code)
        case .signaled(let signal): 128 + Int32(signal)
        }
    }
}
