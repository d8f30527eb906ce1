import Alembic
import Digests
import Runtime

/// One query of a project's Python, such as "describe". The result is reused while nothing that it depends on has
/// changed, and callers that arrive while Python runs share that run.
actor CachedRunnerQuery<Value: RunnerResult> {
    private var cache: RunnerResultCache<Value>
    private var failure: (error: AlembicError, at: ContinuousClock.Instant)?
    private var running: Task<Result<Value, AlembicError>, Never>?

    /// How long a failure is reused: one Python process for each request would overload the host.
    private var failureLifetime: Duration { .seconds(5) }

    /// - Parameters:
    ///   - name: of the file in the state directory, together with the database's name.
    ///   - stateDirectory: nil keeps the result in memory only.
    init(_ name: String, _ settings: DatabaseSettings, stateDirectory: String?) {
        let variables = settings.environment.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
        let inputs =
            [settings.url, settings.project, settings.config, settings.section, settings.python ?? ""] + settings.x
            + variables
        cache = RunnerResultCache(
            path: stateDirectory.map { "\($0)/\(name)-\(settings.name).json" },
            inputs: SHA256.hash(Array(inputs.joined(separator: "\0").utf8)).hexadecimal)
    }

    /// The cached result or failure; nil when Python has to run.
    ///
    /// - Parameter retries: whether a cached failure is ignored.
    func known(retries: Bool) -> Result<Value, AlembicError>? {
        if let value = cache.current() {
            failure = nil
            return .success(value)
        }
        guard let failure, !retries, failure.at + failureLifetime > .now else { return nil }
        return .failure(failure.error)
    }

    /// A digest of everything that the cached result depends on; nil while there is none.
    var digest: String? { cache.digest }

    /// Whether Python runs now.
    var isRunning: Bool { running != nil }

    /// Runs Python, or waits for the run under way.
    func run(
        _ query: @escaping @Sendable () async throws(AlembicError) -> Value
    ) async -> Result<Value, AlembicError> {
        if let running { return await running.value }
        let begun = WallClock.milliseconds * 1_000_000
        let task = Task<Result<Value, AlembicError>, Never> {
            do throws(AlembicError) { return .success(try await query()) } catch { return .failure(error) }
        }
        running = task
        let outcome = await task.value
        running = nil
        switch outcome {
        case .success(let value):
            failure = nil
            cache.store(value, begun: begun)
        case .failure(let error):
            failure = (error, .now)
        }
        return outcome
    }
}
