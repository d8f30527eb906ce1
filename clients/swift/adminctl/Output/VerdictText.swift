import Diagnosis

extension Verdict {
    /// What it means, for who is woken by it, in less than a line of 80 columns; nil where there is nothing to do.
    var meaning: String? {
        switch self {
        case .unreachable: "Nothing could be read: nothing is known of rows and schema."
        case .permissionDenied: "The server refuses the agent's role; nothing is taken for missing."
        case .projectInvalid: "The project's scripts or its env.py cannot be used: migrate is refused."
        case .corrupt: "The version table holds what Alembic cannot have written: upgrades fail."
        case .unmanaged: "Tables and no version rows: an upgrade would run every revision again."
        case .ahead: "The database has been migrated by newer code than this project."
        case .empty: "A fresh database: the first migrate makes everything."
        case .behind: "Revisions are pending: code that needs them fails until they have run."
        case .drifted: "The version rows are at the heads, and the schema is not what they promise."
        case .unverified: "The rows are at the heads; whether the schema is as they promise is not known."
        case .inSync: nil
        }
    }
}
