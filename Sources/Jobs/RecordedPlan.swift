import FoundationEssentials
import Journal
package import Plans
package import Postgres

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

extension RecordedPlan {
    /// What the job recorded when it began; nil when it has not begun, or when the record cannot be read.
    init?(of job: Job) {
        guard let context = job.context,
            let plan = try? JSONDecoder().decode(RecordedPlan.self, from: Data(context.utf8))
        else { return nil }
        self = plan
    }
}
