import FoundationEssentials
import Inspection
import Journal
import Wire

/// One kind of mutation. The engine knows kinds only by their registered names.
package protocol JobKind: Sendable {
    /// The parameters of a request for such a job; stored with the job as JSON.
    associatedtype Parameters: Codable & Sendable
    /// What a run that has just ended knows about itself, besides what the journal has.
    associatedtype Report: Sendable

    /// The name in the journal.
    static var name: String { get }

    init(_ execution: JobExecution, _ parameters: Parameters)

    var execution: JobExecution { get }

    /// The outcome when nothing has to be changed, found without the lock; nil when the job has to run.
    func outcomeWithoutRunning() async throws(JobsError) -> JobOutcome?

    /// Runs the job. No other job changes the database meanwhile.
    ///
    /// - Throws: only before the plan is recorded. Afterwards every end, also an error, is a report: what the run
    ///   achieved is found out.
    func run(_ runGuard: RunGuard) async throws(JobsError) -> RunEnd<Report>

    /// What the run says about its revisions.
    func conclusionReport(_ report: Report) -> Conclusion.Report

    /// How the job ended.
    ///
    /// - Parameter report: nil when the agent ended during the run.
    /// - Throws: why the job failed, or `outcomeUnknown`.
    func outcome(_ conclusion: Conclusion, _ report: Report?) async throws(JobsError) -> JobOutcome
}

/// How a run ended.
package enum RunEnd<Report: Sendable>: Sendable {
    /// Nothing had to be changed.
    case unchanged(JobOutcome)
    /// The plan was recorded, and what it changed has to be found out.
    case ran(RecordedPlan, Report)
}

extension JobKind {
    package func outcomeWithoutRunning() async throws(JobsError) -> JobOutcome? { nil }

    package func conclusionReport(_ report: Report) -> Conclusion.Report { Conclusion.Report() }

    /// The kind's handler for a recorded job.
    ///
    /// - Throws: `internal` when the stored parameters are not those of this kind.
    static func handler(for execution: JobExecution) throws(JobsError) -> any JobKind {
        do {
            return Self(
                execution, try JSONDecoder().decode(Parameters.self, from: Data(execution.job.params.utf8)))
        } catch {
            throw JobsError(.internal, "the parameters of job \(execution.job.id) cannot be read: \(error)")
        }
    }

    /// Runs the job, and finds out what it achieved.
    func complete(_ runGuard: RunGuard) async throws(JobsError) -> JobOutcome {
        switch try await run(runGuard) {
        case .unchanged(let outcome): outcome
        case .ran(let plan, let report): try await conclude(plan, report)
        }
    }

    /// What a run achieved that an earlier agent left.
    func conclude(
        after plan: RecordedPlan, _ patience: Duration, isCancelled: @escaping @Sendable () -> Bool
    ) async throws(JobsError) -> JobOutcome {
        try await conclude(plan, nil, patience: patience, isCancelled: isCancelled)
    }

    /// Finds out what a run achieved that has just ended, or that an earlier agent left.
    ///
    /// It is not cancelled with its task: a run that is not concluded counts as unknown.
    ///
    /// - Parameters:
    ///   - report: nil when the agent ended during the run.
    ///   - patience: how long the database may be unreachable, or a backend active.
    ///   - isCancelled: whether to stop waiting.
    /// - Throws: why the job failed, or `outcomeUnknown`.
    func conclude(
        _ plan: RecordedPlan, _ report: Report?, patience: Duration = .seconds(60),
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) async throws(JobsError) -> JobOutcome {
        let concluding = Task { () -> Result<JobOutcome, JobsError> in
            do throws(Conclusion.Undecided) {
                let conclusion = try await Conclusion.reach(
                    plan, of: execution, report: report.map(conclusionReport), patience: patience,
                    isCancelled: isCancelled)
                do throws(JobsError) {
                    return .success(try await outcome(conclusion, report))
                } catch {
                    return .failure(error)
                }
            } catch {
                return .failure(.unknown(error.reason, wasInterrupted: report == nil))
            }
        }
        return try await concluding.value.get()
    }
}

extension JobsError {
    /// - Parameter wasInterrupted: whether the agent ended during the run.
    static func unknown(_ reason: String, wasInterrupted: Bool) -> JobsError {
        JobsError(
            .outcomeUnknown,
            wasInterrupted
                ? "the agent ended during the job, and what the job did is not known: \(reason)"
                : "the outcome of the run is not known: \(reason)")
    }

    /// The job was interrupted before it achieved what it was to do.
    static func interrupted(_ conclusion: Conclusion) -> JobsError {
        JobsError(message: "the agent ended during the job; 'diagnose' shows the current state", conclusion)
    }
}
