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
    ///   - path: of the file in the state directory; nil keeps the result in memory only.
    ///   - inputs: a digest of everything that the result depends on besides files.
    init(path: String?, inputs: String) {
        cache = RunnerResultCache(path: path, inputs: inputs)
    }

    /// What env.py says on the live database itself, which depends on its address.
    ///
    /// - Parameter stateDirectory: nil keeps the result in memory only.
    init(live settings: DatabaseSettings, stateDirectory: String?) {
        self.init(
            path: stateDirectory.map { "\($0)/describe-\(settings.name).json" },
            inputs: SHA256.hash(Array("\(settings.projectDigest)\0\(settings.url)".utf8)).hexadecimal)
    }

    /// The result of the last successful run, whether it is still valid or not.
    var latest: Value? { cache.latest }

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
