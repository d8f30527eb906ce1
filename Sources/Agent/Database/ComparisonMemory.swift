import Diagnosis
import Schema
import Synchronization

/// The last comparison of a database, and what went into it: most diagnoses find everything as it was.
final class ComparisonMemory: Sendable {
    /// Names everything that a comparison depends on, but for the settings, which stay.
    struct Key: Hashable, Sendable {
        /// Of the live catalog.
        var fingerprint: String
        var hasDefinitions: Bool
        var position: Position
        /// What a shadow has read back: it only grows.
        var readBack: Int
        var isReadBackComing: Bool
        /// Counts the times that the baseline was read.
        var baseline: Int
    }

    /// Where the database stands in the project's history.
    struct Position: Hashable, Sendable {
        /// Names the scripts, the models and everything else that env.py loaded.
        var project: String
        /// Names what the shadow made of them, or says why there is nothing.
        var expectation: String
        var rows: [String?]?
        var versionTable: TableName
        /// Whether tables without version rows tell that somebody has used the database.
        var isUsed: Bool
    }

    private struct Content {
        var facts: (key: Key, value: SchemaFacts)?
        var migrations: (position: Position, value: MigrationsAtRows)?
    }

    private let content = Mutex(Content())

    /// The comparison of exactly this, made where it is not the last one.
    func facts(_ key: Key, _ make: () -> SchemaFacts) -> SchemaFacts {
        if let known = content.withLock({ $0.facts }), known.key == key { return known.value }
        let made = make()
        content.withLock { $0.facts = (key, made) }
        return made
    }

    /// What the migrations make at exactly this position.
    func migrations(_ position: Position, _ make: () -> MigrationsAtRows) -> MigrationsAtRows {
        if let known = content.withLock({ $0.migrations }), known.position == position { return known.value }
        let made = make()
        content.withLock { $0.migrations = (position, made) }
        return made
    }
}

/// What the migrations make at the live rows, or why that cannot be told: one clause that completes "because …".
enum MigrationsAtRows: Sendable {
    case known(SchemaSides.Migrations)
    case unknown(String)
}
