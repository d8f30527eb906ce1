package import Diagnosis

extension Verdict {
    /// The meaning of the verdict for an operator, in less than a line of 80 columns; nil where there is nothing to do.
    package var meaning: String? {
        switch self {
        case .unreachable: "Nothing could be read: the state of rows and schema is unknown."
        case .permissionDenied: "The server denies the agent's role access; nothing is assumed to be missing."
        case .projectInvalid: "The project's scripts or its env.py cannot be used; migrate is refused."
        case .corrupt: "The version table holds rows that Alembic cannot have written; upgrades fail."
        case .unmanaged: "Tables exist without version rows: an upgrade would run every revision again."
        case .ahead: "The version rows name a revision that this project does not have."
        case .empty: "Nothing of this project is in the database: no revision has run."
        case .behind: "Revisions are pending: code that needs them fails until they have run."
        case .drifted: "The version rows are at the heads, but the schema is not the expected one."
        case .unverified: "The schema could not be compared: whether it is the expected one is unknown."
        case .inSync: nil
        }
    }
}
