import Subprocess
import Support
import SystemPackage

/// A command that is run again and again, with its whole process measured: from before the spawn until it was reaped.
struct TimedCommand {
    let program: String
    let arguments: [String]
    let environment: Environment
    let folder: String

    /// - Returns: how long it took.
    /// - Throws: `SupportError` with what it said, when it did not end with status 0.
    @discardableResult
    func run() async throws -> Duration {
        let begin = ContinuousClock.now
        let result = try await Subprocess.run(
            .path(FilePath(program)), arguments: Arguments(arguments), environment: environment,
            workingDirectory: FilePath(folder), output: .discarded, error: .string(limit: 1 << 20))
        let time = ContinuousClock.now - begin
        guard case .exited(0) = result.terminationStatus else {
            throw SupportError(
                "\(program) \(arguments.joined(separator: " ")): \(result.terminationStatus)\n\(result.standardError)")
        }
        return time
    }
}
