/// One difference between the models, the migrations and the live database: an entry of `differences` and of `advice`.
public struct SchemaDifference: Codable, Hashable, Sendable {
    /// Which side caused the difference, where that is known.
    public enum Blame: String, Codable, Hashable, Sendable, CaseIterable {
        /// The migrations create the object, and the live database lacks it or has another definition.
        case drift
        /// The live database has the object, and no migration creates it.
        case handMade
        /// The models have the object, and the migrations lack it or have another definition.
        case missingMigration
        /// The migrations create the object, and the models lack it.
        case modelsBehind
    }

    public var kind: Kind
    /// The object's name, quoted for SQL where needed; the schema is left out when it is the default one. A column,
    /// constraint, trigger or policy follows its table's name and a dot; an index is named like a table.
    public var object: String
    /// The definition on each side; nil where that side lacks the object or was not read.
    public var models: String?
    public var migrations: String?
    public var live: String?
    /// Nil where a side that decides it was not read, and where a pending revision creates the object.
    public var blame: Blame?
    /// Whether statements of the application's models fail because of it.
    public var breaking: Bool
    /// A guess: an extra object with the definition of the missing one, under this name. Formatted like `object`; of a
    /// column the bare name.
    public var renamedTo: String?
    /// The revision that creates the object: one that has run where `blame` is `drift`, a pending one where it is nil.
    public var revision: String?

    public init(
        kind: Kind, object: String, models: String? = nil, migrations: String? = nil, live: String? = nil,
        blame: Blame? = nil, breaking: Bool, renamedTo: String? = nil, revision: String? = nil
    ) {
        self.kind = kind
        self.object = object
        self.models = models
        self.migrations = migrations
        self.live = live
        self.blame = blame
        self.breaking = breaking
        self.renamedTo = renamedTo
        self.revision = revision
    }

    /// Writes every member, absent ones as `null`, so that each entry has the same members. Only `renamedTo` and
    /// `revision` are left out where they are absent.
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
        try container.encodeIfPresent(revision, forKey: .revision)
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
