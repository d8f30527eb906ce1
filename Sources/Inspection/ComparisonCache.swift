import Diagnosis
import Schema
import Synchronization

/// The last comparison of a database with its inputs: in most diagnoses nothing has changed.
final class ComparisonCache: Sendable {
    /// Identifies everything that a comparison depends on, except the settings, which do not change.
    struct Key: Hashable, Sendable {
        /// Of the live catalog.
        var fingerprint: String
        var hasDefinitions: Bool
        var position: Position
        /// How many expressions a shadow has normalized; the number only grows.
        var normalizedExpressions: Int
        var canNormalizeMore: Bool
        /// How often the baseline has been read.
        var baselineReads: Int
    }

    /// The database's position in the project's history.
    struct Position: Hashable, Sendable {
        /// Identifies the scripts, the models and everything else that env.py loaded.
        var project: String
        /// Identifies what they create in the shadow, or says why that is unknown.
        var expectation: String
        var rows: [String?]?
        var versionTable: TableName
    }

    private struct Content {
        var facts: (key: Key, value: SchemaFacts)?
        var migrations: (position: Position, value: MigrationsAtRows)?
    }

    private let content = Mutex(Content())

    /// The comparison for these inputs: the last one if they have not changed, otherwise a new one.
    func facts(_ key: Key, _ make: () -> SchemaFacts) -> SchemaFacts {
        if let known = content.withLock({ $0.facts }), known.key == key { return known.value }
        let made = make()
        content.withLock { $0.facts = (key, made) }
        return made
    }

    /// What the migrations create at this position.
    func migrations(_ position: Position, _ make: () -> MigrationsAtRows) -> MigrationsAtRows {
        if let known = content.withLock({ $0.migrations }), known.position == position { return known.value }
        let made = make()
        content.withLock { $0.migrations = (position, made) }
        return made
    }
}

/// What the migrations create at the live rows, or why that is unknown: a clause without a full stop.
enum MigrationsAtRows: Sendable {
    case known(SchemaSides.Migrations)
    case unknown(String)
}
