/// What a migration reports while it runs.
public enum RunnerEvent: Codable, Hashable, Sendable {
    /// env.py connected, and the agent agreed.
    case connected(ConnectionReport)
    /// A revision's `upgrade()` begins; `index` counts from 1.
    case revisionStarted(revision: String, index: Int, total: Int)
    /// `upgrade()` and the version row are done. Only `committed` means that it is durable already: without
    /// `transaction_per_migration` everything since the last commit still hangs on the end of the run.
    case revisionApplied(revision: String, durationMs: Int, committed: Bool)
    /// An `autocommit_block()` begins: what came before it is committed, and what runs in it cannot be rolled back.
    case autocommit(revision: String?)
}
