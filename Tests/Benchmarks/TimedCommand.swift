import Subprocess
import Support
import SystemPackage

/// A command that runs repeatedly; measured is the time from before the spawn until the process has been reaped.
struct TimedCommand {
    let program: String
    let arguments: [String]
    let environment: Environment
    let folder: String

    /// - Returns: the time of the run.
    /// - Throws: `SupportError` with the standard error, if the exit status is not 0.
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
