/// The state of a database in one word: the worst that its findings cause.
///
/// Declared and ordered from worst to best, so that `min()` returns the worst of several verdicts.
public enum Verdict: String, Codable, Hashable, Sendable, CaseIterable, Comparable {
    /// The server does not respond.
    case unreachable
    /// The server responds, but rejects the role, or refuses access to the database or the version table.
    case permissionDenied
    /// The Alembic project cannot be read or run, or connects to another database than the configured one.
    case projectInvalid
    /// The version table has rows that Alembic cannot have written.
    case corrupt
    /// Application tables without version rows.
    case unmanaged
    /// A row names a revision that this project does not have.
    case ahead
    /// A fresh database: no application tables and no version rows.
    case empty
    /// Revisions are pending.
    case behind
    /// The rows are at the heads, but the schema differs.
    case drifted
    /// The rows are at the heads, but the schema was not compared.
    case unverified
    /// Rows and schema match the project.
    case inSync

    private var rank: Int { Self.ranks[self] ?? 0 }

    private static let ranks = Dictionary(uniqueKeysWithValues: zip(allCases, allCases.indices))

    public static func < (left: Verdict, right: Verdict) -> Bool { left.rank < right.rank }
}

/// The state of the version table, as in the contract's `versionTable.state`.
public enum VersionTableState: String, Codable, Hashable, Sendable, CaseIterable {
    /// Rows that Alembic can have written, all of known revisions.
    case legitimate
    /// No rows.
    case empty
    /// No such table.
    case missing
    /// At least one row that Alembic cannot have written.
    case corrupt
    /// Rows of revisions that this project does not have, and no other fault.
    case unknownRows
    /// A view or another relation of that name.
    case notATable
    /// The role may not read it.
    case denied
}
