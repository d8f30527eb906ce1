import Alembic
import Digests
import Runtime

/// One query of a project's Python, such as "describe". The result is reused while nothing that it depends on has
/// changed, and callers that arrive while Python runs share that run.
actor CachedRunnerQuery<Value: RunnerResult> {
    private struct Failure {
        var error: AlembicError
        var at: ContinuousClock.Instant
        /// How many runs of this project have failed, one after another.
        var count: Int
        /// As the project was at the end of the run.
        var project: ProjectStamp
    }

    private let settings: DatabaseSettings
    private var cache: RunnerResultCache<Value>
    private var failure: Failure?
    private var running: Task<Result<Value, AlembicError>, Never>?

    /// How long a failure is reused while the project does not change: one Python process for each request would
    /// overload the host. The cause may also be elsewhere, so Python runs again at least once a minute.
    ///
    /// - Parameter failures: how many runs have failed, one after another.
    static func failureLifetime(_ failures: Int) -> Duration {
        .seconds(min(60, 5 << min(failures - 1, 4)))
    }

    /// - Parameters:
    ///   - settings: of the project.
    ///   - path: of the file in the state directory; nil keeps the result in memory only.
    ///   - inputs: a digest of everything that the result depends on besides files.
    init(_ settings: DatabaseSettings, path: String?, inputs: String) {
        self.settings = settings
        cache = RunnerResultCache(path: path, inputs: inputs)
    }

    /// What env.py says on the live database itself, which depends on its address.
    ///
    /// - Parameter stateDirectory: nil keeps the result in memory only.
    init(live settings: DatabaseSettings, stateDirectory: String?) {
        self.init(
            settings, path: stateDirectory.map { StateFiles.description(of: settings.name, in: $0) },
            inputs: SHA256.hash(Array("\(settings.projectDigest)\0\(settings.url)".utf8)).hexadecimal)
    }

    /// The result of the last successful run, whether it is still valid or not.
    var latest: Value? { cache.latest }

    /// The cached result or failure; nil when Python has to run.
    ///
    /// - Parameters:
    ///   - retries: whether a cached failure is ignored.
    ///   - now: decides whether a cached failure is too old.
    func known(retries: Bool, at now: ContinuousClock.Instant = .now) -> Result<Value, AlembicError>? {
        if let value = cache.current() {
            failure = nil
            return .success(value)
        }
        guard let failure, !retries, now < failure.at + Self.failureLifetime(failure.count),
            failure.project == ProjectStamp(settings)
        else { return nil }
        return .failure(failure.error)
    }

    /// The last failure, where the run took too long and the project has not changed since: another run would probably
    /// take as long.
    var timeout: AlembicError? {
        guard let failure, failure.error.code == .environmentTimeout,
            failure.project == ProjectStamp(settings)
        else {
            return nil
        }
        return failure.error
    }

    /// The cached result, or the last failure of this project however old; nil when nothing is known without Python.
    var knownWithoutRunning: Result<Value, AlembicError>? {
        if let value = cache.current() { return .success(value) }
        guard let failure, failure.project == ProjectStamp(settings) else { return nil }
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
            let project = ProjectStamp(settings)
            let earlier = failure?.project == project ? failure?.count ?? 0 : 0
            failure = Failure(error: error, at: .now, count: earlier + 1, project: project)
        }
        return outcome
    }
}
