import Alembic
import Tokens

/// One question to a project's Python: the answer is remembered while nothing that it depends on has changed, and
/// callers that come while Python runs share the run.
actor Inquiry<Answer: PythonAnswer> {
    private var cache: AnswerCache<Answer>
    private var failure: (error: RunnerError, at: ContinuousClock.Instant)?
    private var running: Task<Result<Answer, RunnerError>, Never>?

    /// How long a failure is believed without asking again: starting Python for each request would be a storm.
    private var failureLifetime: Duration { .seconds(5) }

    /// - Parameters:
    ///   - name: of the file in the state directory, which is the database's as well.
    ///   - stateDirectory: nil keeps the answer in memory alone.
    init(_ name: String, _ settings: DatabaseSettings, stateDirectory: String?) {
        let variables = settings.environment.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
        let inputs =
            [settings.url, settings.project, settings.config, settings.section, settings.python ?? ""] + settings.x
            + variables
        cache = AnswerCache(
            path: stateDirectory.map { "\($0)/\(name)-\(settings.name).json" },
            inputs: SHA256.hash(Array(inputs.joined(separator: "\0").utf8)).hexadecimal)
    }

    /// What is remembered; `nil` when Python must be asked.
    ///
    /// - Parameter retries: whether a remembered failure is to be tried again.
    func known(retries: Bool) -> Result<Answer, RunnerError>? {
        if let answer = cache.current() {
            failure = nil
            return .success(answer)
        }
        guard let failure, !retries, failure.at + failureLifetime > .now else { return nil }
        return .failure(failure.error)
    }

    /// Names what is remembered by everything that it depends on; `nil` while nothing is.
    var digest: String? { cache.digest }

    /// Asks Python, or waits for whoever is asking already.
    func ask(
        _ question: @escaping @Sendable () async throws(RunnerError) -> Answer
    ) async -> Result<Answer, RunnerError> {
        if let running { return await running.value }
        let begun = WallClock.milliseconds * 1_000_000
        let task = Task<Result<Answer, RunnerError>, Never> {
            do throws(RunnerError) { return .success(try await question()) } catch { return .failure(error) }
        }
        running = task
        let outcome = await task.value
        running = nil
        switch outcome {
        case .success(let answer):
            failure = nil
            cache.store(answer, begun: begun)
        case .failure(let error):
            failure = (error, .now)
        }
        return outcome
    }
}
