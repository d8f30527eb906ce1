/// One step of a job, as it happened. Steps are only appended; they say what a run did itself.
public struct JobStep: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The job was recorded as queued.
        case admitted
        /// The plan is recorded; from now on the job may change something.
        case started
        /// env.py connected, and the connection was proven.
        case connected
        /// The `upgrade()` of the revision begins.
        case revisionStarted
        /// Statements of the revision are persisted, or are about to be, whatever becomes of the revision.
        case autocommit
        /// COMMIT of the transaction is about to be sent. It changes the row of the revision, if the step has one.
        case committing
        /// COMMIT has returned.
        case committed
        /// The outcome is recorded.
        case concluded
    }

    /// Unix milliseconds.
    public var at: Int64
    public var kind: Kind
    public var revision: String?
    /// The id of the transaction, from `pg_current_xact_id()`.
    public var transaction: String?
    /// SHA-256 in hexadecimal of the revision's script.
    public var scriptHash: String?

    public init(
        _ kind: Kind, at time: Int64, revision: String? = nil, transaction: String? = nil, scriptHash: String? = nil
    ) {
        at = time
        self.kind = kind
        self.revision = revision
        self.transaction = transaction
        self.scriptHash = scriptHash
    }
}
