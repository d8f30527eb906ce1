/// One difference between the models, the migrations and the live database: an entry of `differences` and of `advice`.
public struct SchemaDifference: Codable, Hashable, Sendable {
    /// Who moved, where that is known.
    public enum Blame: String, Codable, Hashable, Sendable, CaseIterable {
        /// The migrations have it, the live database has not, or has it otherwise.
        case drift
        /// The live database has it, no migration does.
        case handMade
        /// The models have it, the migrations have not, or have it otherwise.
        case missingMigration
        /// The migrations have it, the models do not.
        case modelsBehind
    }

    public var kind: Kind
    /// The object's name, quoted for SQL where needed; the schema is left out when it is the default one. A column,
    /// constraint, trigger or policy follows its table's name and a dot; an index is named like a table.
    public var object: String
    /// The definition on each side; nil where that side lacks the object or was not looked at.
    public var models: String?
    public var migrations: String?
    public var live: String?
    /// Nil while one of the sides that would tell was not looked at, and where nobody is to blame: a pending revision
    /// brings it.
    public var blame: Blame?
    /// Whether statements of the application's models fail because of it.
    public var breaking: Bool
    /// A guess: something extra that is all that the missing object was, under this other name. Named as `object` is;
    /// of a column the bare name.
    public var renamedTo: String?

    public init(
        kind: Kind, object: String, models: String? = nil, migrations: String? = nil, live: String? = nil,
        blame: Blame? = nil, breaking: Bool, renamedTo: String? = nil
    ) {
        self.kind = kind
        self.object = object
        self.models = models
        self.migrations = migrations
        self.live = live
        self.blame = blame
        self.breaking = breaking
        self.renamedTo = renamedTo
    }

    /// Writes every member, absent ones as `null`: readers of the contract find the same members in each entry. Only
    /// the guess is left out where there is none.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind, forKey: .kind)
        try container.encode(object, forKey: .object)
        try container.encode(models, forKey: .models)
        try container.encode(migrations, forKey: .migrations)
        try container.encode(live, forKey: .live)
        try container.encode(blame, forKey: .blame)
        try container.encode(breaking, forKey: .breaking)
        try container.encodeIfPresent(renamedTo, forKey: .renamedTo)
    }
}

/// A column that the models map and the live table lacks: an entry of `missingColumns`.
public struct MissingColumn: Codable, Hashable, Sendable {
    /// The table's name, quoted for SQL where needed; the schema is left out when it is the default one.
    public var table: String
    /// The bare name.
    public var column: String
    /// The models' type; that of the migrations where the models are not known.
    public var type: String

    public init(table: String, column: String, type: String) {
        self.table = table
        self.column = column
        self.type = type
    }
}
