/// The one word for a database's state: the worst of what was found.
///
/// Declared, and compared, from worst to best, so that `min()` of several verdicts is the answer.
public enum Verdict: String, Codable, Hashable, Sendable, CaseIterable, Comparable {
    /// The server does not answer.
    case unreachable
    /// The server answers and refuses: the password, the database or the version table.
    case permissionDenied
    /// The Alembic project cannot be read or run, or works on another database than the configured one.
    case projectInvalid
    /// The version table's rows are none that Alembic could have written.
    case corrupt
    /// Application tables without version rows.
    case unmanaged
    /// A row names a revision that this project does not have.
    case ahead
    /// A fresh database: no application tables and no version rows.
    case empty
    /// Revisions are pending.
    case behind
    /// The rows are at the heads and the schema is not.
    case drifted
    /// The rows are at the heads and the schema was not compared.
    case unverified
    /// Rows and schema are what the project says.
    case inSync

    private var rank: Int { Self.ranks[self] ?? 0 }

    private static let ranks = Dictionary(uniqueKeysWithValues: zip(allCases, allCases.indices))

    public static func < (left: Verdict, right: Verdict) -> Bool { left.rank < right.rank }
}

/// What the version table is, in the words of the contract's `versionTable.state`.
public enum VersionTableState: String, Codable, Hashable, Sendable, CaseIterable {
    /// Rows that Alembic could have written, all of them known.
    case legitimate
    /// No rows.
    case empty
    /// No such table.
    case missing
    /// At least one row that Alembic could not have written.
    case corrupt
    /// Rows of revisions that this project does not have, and no other fault.
    case unknownRows
    /// A view or another thing of that name.
    case notATable
    /// The role may not read it.
    case denied
}
