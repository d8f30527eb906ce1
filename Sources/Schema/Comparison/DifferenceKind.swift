extension SchemaDifference {
    /// What differs. `missing…` is what the expected side has and the other lacks, `extra…` the other way round; a kind
    /// without either says that both have the object and not the same.
    public enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
        case missingSchema
        case extraSchema

        case missingExtension
        case extraExtension
        /// It is installed in another schema.
        case `extension`
        case extensionVersion

        case missingTable
        case extraTable
        /// A table where a view is expected, a plain table where a partitioned one is, and so on.
        case tableKind
        /// Logged and unlogged.
        case unlogged
        /// The partition key, the bounds of a partition, or what it is a partition of.
        case partitioning
        /// The tables that it inherits from.
        case inheritance
        /// Whether row-level security is off, enabled or forced.
        case rowSecurity

        case missingColumn
        case extraColumn
        case type
        case nullability
        /// The default; serial columns, whose default is the next value of a sequence that they own, included.
        case `default`
        /// `GENERATED … AS IDENTITY`, against another kind of it, a serial column or none.
        case identity
        /// The expression of a generated column.
        case generated
        case collation

        case missingConstraint
        case extraConstraint
        case constraint
        /// The same constraint under another name.
        case constraintName
        /// `NOT VALID`: existing rows were never checked.
        case constraintNotValidated
        /// Validated where it is expected not to be.
        case constraintValidated

        case missingIndex
        case extraIndex
        case index
        /// The same index under another name.
        case indexName
        /// What a failed `CREATE INDEX CONCURRENTLY` leaves behind: kept up to date and never used.
        case indexInvalid

        case missingTrigger
        case extraTrigger
        case trigger

        case missingPolicy
        case extraPolicy
        case policy

        case missingView
        case extraView
        case view

        case missingSequence
        case extraSequence
        /// Its parameters, or the column that owns it.
        case sequence

        case missingEnum
        case extraEnum
        /// The labels or their order.
        case enumLabels
        case missingType
        case extraType
        /// The definition of a domain, composite or range type.
        case typeDefinition

        /// Functions, procedures and aggregates.
        case missingFunction
        case extraFunction
        case function

        case comment
        case privileges

        /// All texts of a table, domain or routine; never a difference, only what was not compared.
        case definitions

        /// Whether it is worth knowing and never a reason to act: a name, a version, a place, a comment, or something
        /// that is better than expected.
        public var isInformational: Bool {
            switch self {
            case .constraintName, .constraintValidated, .indexName, .extension, .extensionVersion, .comment: true
            default: false
            }
        }

        /// Whether it is about an index.
        public var isAboutIndex: Bool {
            switch self {
            case .missingIndex, .extraIndex, .index, .indexName, .indexInvalid: true
            default: false
            }
        }

        /// In the order of declaration, for sorting.
        var rank: Int { Self.ranks[self] ?? 0 }

        private static let ranks = Dictionary(uniqueKeysWithValues: zip(allCases, allCases.indices))
    }
}
