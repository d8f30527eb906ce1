extension SchemaDifference {
    /// What differs. `missing…`: the expected side has the object and the other lacks it; `extra…`: the
    /// reverse. All others: both sides have the object, with different definitions.
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
        /// One side is logged, the other unlogged.
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
        /// The default, also of serial columns, whose default is the next value of a sequence that they own.
        case `default`
        /// `GENERATED … AS IDENTITY` on one side; another kind of identity, a serial column or neither on the other.
        case identity
        /// The expression of a generated column.
        case generated
        case collation

        case missingConstraint
        case extraConstraint
        case constraint
        /// The same constraint under another name.
        case constraintName
        /// `NOT VALID`: existing rows have not been checked.
        case constraintNotValidated
        /// Validated, where the expected side has not validated it.
        case constraintValidated

        case missingIndex
        case extraIndex
        case index
        /// The same index under another name.
        case indexName
        /// An index that a failed `CREATE INDEX CONCURRENTLY` left behind: updated by writes, never used by queries.
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

        /// All definition texts of a table, domain or routine. Only in what was not compared; never a difference.
        case definitions

        /// Whether the difference needs no action: a name, a version, a schema of an extension, a comment, or a state
        /// that is better than expected.
        public var isInformational: Bool {
            switch self {
            case .constraintName, .constraintValidated, .indexName, .extension, .extensionVersion, .comment: true
            default: false
            }
        }

        /// Whether a whole table, view or column is missing.
        public var isMissingRelationOrColumn: Bool {
            switch self {
            case .missingTable, .missingView, .missingColumn: true
            default: false
            }
        }

        /// Whether the expected side has the object and the other lacks it.
        var isMissing: Bool {
            switch self {
            case .missingSchema, .missingExtension, .missingTable, .missingColumn, .missingConstraint, .missingIndex,
                .missingTrigger, .missingPolicy, .missingView, .missingSequence, .missingEnum, .missingType,
                .missingFunction:
                true
            default: false
            }
        }

        /// Whether the expected side lacks an object that the other has.
        var isExtra: Bool {
            switch self {
            case .extraSchema, .extraExtension, .extraTable, .extraColumn, .extraConstraint, .extraIndex, .extraTrigger,
                .extraPolicy, .extraView, .extraSequence, .extraEnum, .extraType, .extraFunction:
                true
            default: false
            }
        }

        /// Whether the difference is about an index.
        public var isAboutIndex: Bool {
            switch self {
            case .missingIndex, .extraIndex, .index, .indexName, .indexInvalid: true
            default: false
            }
        }

        /// The position in the order of declaration, for sorting.
        var rank: Int { Self.ranks[self] ?? 0 }

        private static let ranks = Dictionary(uniqueKeysWithValues: zip(allCases, allCases.indices))
    }
}
