import FoundationEssentials
import Journal
package import Plans
package import Postgres
import Wire

/// One kind of mutation. The engine knows kinds only by their registered names.
package protocol JobKind: Sendable {
    /// The parameters of a request for such a job; stored with the job as JSON.
    associatedtype Parameters: Codable & Sendable

    /// The name in the journal.
    static var name: String { get }

    init(_ execution: JobExecution, _ parameters: Parameters)

    /// The outcome when nothing has to be changed, found without the lock; nil when the job has to run.
    func outcomeWithoutRunning() async throws(JobsError) -> JobOutcome?

    /// Runs the job. No other job changes the database meanwhile.
    func run(_ runGuard: RunGuard) async throws(JobsError) -> JobOutcome

    /// How the job ended, found after the agent ended while it was running.
    ///
    /// - Parameters:
    ///   - plan: what the job recorded before it began.
    ///   - progress: what the version table says now.
    func recover(_ plan: RecordedPlan, _ progress: RecordedProgress) async throws(JobsError) -> JobOutcome
}

extension JobKind {
    package func outcomeWithoutRunning() async throws(JobsError) -> JobOutcome? { nil }

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
}

/// What a job knew when it began: enough to find out after a crash what it did.
package struct RecordedPlan: Codable, Hashable, Sendable {
    /// The rows before; a NULL row is null.
    package var from: [String?]
    /// The rows after a success.
    package var to: [String?]
    /// The revisions that were to run, oldest first; empty for other jobs.
    package var steps: [String]
    /// Where the version table is.
    package var schema: String?
    package var table: String
    /// The columns that were to be added; nil for other jobs.
    package var columns: [AlignmentPlan.Column]?
    /// Where the job ran; what another server says later does not tell what it did.
    package var server: DatabaseIdentity?

    package init(
        from: [String?], to: [String?], steps: [String], schema: String?, table: String,
        columns: [AlignmentPlan.Column]? = nil, server: DatabaseIdentity? = nil
    ) {
        self.from = from
        self.to = to
        self.steps = steps
        self.schema = schema
        self.table = table
        self.columns = columns
        self.server = server
    }
}
