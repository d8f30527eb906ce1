/// One difference between the models, the migrations and the live database: an entry of `differences`.
public struct SchemaDifference: Codable, Hashable, Sendable {
    /// What differs.
    public enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
        case missingTable, missingColumn
    }

    /// Who moved, where that is known.
    public enum Blame: String, Codable, Hashable, Sendable, CaseIterable {
        /// The migrations have it, the live database no longer does.
        case drift
        /// The live database has it, no migration does.
        case handMade
        /// The models have it, no migration does.
        case missingMigration
        /// The migrations have it, the models do not.
        case modelsBehind
    }

    public var kind: Kind
    /// The object's name, quoted for SQL where needed; the schema is left out when it is the default one.
    public var object: String
    /// The definition on each side; nil where that side lacks the object or was not looked at.
    public var models: String?
    public var migrations: String?
    public var live: String?
    /// nil while one of the sides that would tell was not looked at.
    public var blame: Blame?
    /// Whether statements of the application's models fail because of it.
    public var breaking: Bool

    public init(
        kind: Kind, object: String, models: String? = nil, migrations: String? = nil, live: String? = nil,
        blame: Blame? = nil, breaking: Bool
    ) {
        self.kind = kind
        self.object = object
        self.models = models
        self.migrations = migrations
        self.live = live
        self.blame = blame
        self.breaking = breaking
    }

    /// Writes every member, absent ones as `null`: readers of the contract find the same members in each entry.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind, forKey: .kind)
        try container.encode(object, forKey: .object)
        try container.encode(models, forKey: .models)
        try container.encode(migrations, forKey: .migrations)
        try container.encode(live, forKey: .live)
        try container.encode(blame, forKey: .blame)
        try container.encode(breaking, forKey: .breaking)
    }
}

/// A column that the models map and the live table lacks: an entry of `missingColumns`.
public struct MissingColumn: Codable, Hashable, Sendable {
    /// The table's name, quoted for SQL where needed; the schema is left out when it is the default one.
    public var table: String
    /// The bare name.
    public var column: String
    /// The models' type.
    public var type: String

    public init(table: String, column: String, type: String) {
        self.table = table
        self.column = column
        self.type = type
    }
}
