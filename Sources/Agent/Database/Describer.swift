import Alembic
import Tokens

/// Asks env.py what it knows, and remembers the answer while nothing that it read has changed.
actor Describer {
    private var cache: DescriptionCache
    private var failure: (error: RunnerError, at: ContinuousClock.Instant)?
    private var running: Task<Result<Description, RunnerError>, Never>?

    /// How long a failure is believed without asking again: starting Python for each request would be a storm.
    private static let failureLifetime = Duration.seconds(5)

    init(_ settings: DatabaseSettings, stateDirectory: String) {
        let variables = settings.environment.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
        let inputs =
            [settings.url, settings.project, settings.config, settings.section, settings.python ?? ""] + settings.x
            + variables
        cache = DescriptionCache(
            path: "\(stateDirectory)/describe-\(settings.name).json",
            inputs: SHA256.hash(Array(inputs.joined(separator: "\0").utf8)).hexadecimal)
    }

    /// What is remembered; `nil` when env.py must be asked.
    ///
    /// - Parameter retries: whether a remembered failure is to be tried again.
    func known(retries: Bool) -> Result<Description, RunnerError>? {
        if let description = cache.current() {
            failure = nil
            return .success(description)
        }
        guard let failure, !retries, failure.at + Self.failureLifetime > .now else { return nil }
        return .failure(failure.error)
    }

    /// Runs env.py; callers that come meanwhile share the run.
    func describe(
        _ runner: Runner, prove: @escaping @Sendable (ConnectionReport, _ nonce: Int64) async throws -> Bool
    ) async -> Result<Description, RunnerError> {
        if let running { return await running.value }
        let begun = WallClock.milliseconds * 1_000_000
        let task = Task<Result<Description, RunnerError>, Never> {
            let nonce = Int64.random(in: 1...Int64.max)
            do throws(RunnerError) {
                return .success(
                    try await runner.describe(nonce: nonce) { report in try await prove(report, nonce) })
            } catch {
                return .failure(error)
            }
        }
        running = task
        let outcome = await task.value
        running = nil
        switch outcome {
        case .success(let description):
            failure = nil
            cache.store(description, begun: begun)
        case .failure(let error):
            failure = (error, .now)
        }
        return outcome
    }
}
