import Text

/// Compares the models with the migrations at the heads, without what models cannot express and without what the
/// project's env.py excludes from its own comparisons.
struct ModelAdvice {
    private(set) var discrepancies: [Discrepancy]
    private(set) var undecided: [Undecided]
    /// The texts that a server would have to parse again for a final decision.
    let wantedTexts: Set<ExpressionText>
    let classifier: BreakingClassifier

    init(
        _ models: SchemaSides.Models, _ mapped: MappedSchema, heads: CatalogIndex, versionTables: Set<ObjectKey>,
        defaultSchema: String, parsedTexts: [ExpressionText: String], options: ComparisonOptions
    ) {
        classifier = BreakingClassifier(mapped, foundIn: [heads], expectsModels: true)
        switch models {
        case .created(let catalog):
            let created = CatalogIndex(catalog)
            let comparison = CatalogComparison(
                expected: created, actual: heads, versionTables: versionTables,
                defaultSchema: defaultSchema, parsedTexts: parsedTexts, isManaged: { _ in true })
            discrepancies = comparison.discrepancies.filter { !Self.isOfSerial($0, created, heads) }
            undecided = comparison.undecided
            wantedTexts = comparison.wantedTexts
        case .described:
            let comparison = ModelComparison(mapped, against: heads, parts: [.types, .nullability, .extras])
            discrepancies = comparison.discrepancies
            undecided = comparison.undecided
            wantedTexts = []
            reportExtraTables(mapped, heads, versionTables)
        }
        let hidden = Set(options.hiddenTables.map(ObjectKey.init(table:)))
        let isHidden = { (path: ObjectPath) in
            hidden.contains(ObjectKey(.relation, schema: path.schema, name: path.table ?? path.name))
        }
        discrepancies.removeAll { !Self.isAdvice($0, heads: heads, options) || isHidden($0.path) }
        undecided.removeAll { !Self.isComparedByProjects($0.kind, options) || isHidden($0.path) }
    }

    /// Whether it is about the sequence of a serial column, whose type and limits the models do not state.
    private static func isOfSerial(_ discrepancy: Discrepancy, _ created: CatalogIndex, _ heads: CatalogIndex) -> Bool {
        let path = discrepancy.path
        guard discrepancy.kind == .sequence,
            let position = heads.catalog.sequences.position(ofSchema: path.schema, name: path.name),
            let owner = heads.catalog.sequences[position].owner,
            let column = created.table(owner.table)?.column(owner.column)
        else { return false }
        return created.isSerial(column, of: owner.table)
    }

    private mutating func reportExtraTables(
        _ mapped: MappedSchema, _ heads: CatalogIndex, _ versionTables: Set<ObjectKey>
    ) {
        let known = Set(mapped.tables.compactMap { $0.place(in: heads).map(ObjectKey.init(table:)) })
        for table in heads.catalog.tables
        where !table.isView && !table.isPartition && !known.contains(table.key) && !versionTables.contains(table.key) {
            discrepancies.append(
                Discrepancy(
                    kind: .extraTable, path: table.path, expected: nil, actual: DefinitionText.relation(table)))
        }
    }

    private static func isAdvice(_ discrepancy: Discrepancy, heads: CatalogIndex, _ options: ComparisonOptions) -> Bool
    {
        guard isComparedByProjects(discrepancy.kind, options) else { return false }
        let path = discrepancy.path
        switch discrepancy.kind {
        // A child table has the model of its parent, or none.
        case .extraTable: return heads.table(TableName(schema: path.schema, name: path.name))?.parents.isEmpty ?? true
        case .default:
            guard let expected = discrepancy.expected, let actual = discrepancy.actual else { return true }
            // Two ways to create the same column can print the same constant with different casts.
            return !UncastExpression.of(expected).hasSameBytes(as: UncastExpression.of(actual))
        // The migrations need not keep a generated name.
        case .constraintName, .indexName:
            return !GeneratedName.isLikely(discrepancy.expected ?? "", of: path.table ?? "")
        default: return true
        }
    }

    /// Whether models can express it, and the project's env.py compares it.
    private static func isComparedByProjects(_ kind: SchemaDifference.Kind, _ options: ComparisonOptions) -> Bool {
        switch kind {
        case .type: options.compareType
        case .default: options.compareServerDefault
        case .missingSchema, .missingTable, .extraTable, .missingColumn, .extraColumn, .nullability, .identity,
            .generated, .collation, .missingConstraint, .extraConstraint, .constraint, .constraintName, .missingIndex,
            .extraIndex, .index, .indexName, .missingSequence, .sequence, .missingEnum, .enumLabels, .missingType,
            .typeDefinition, .comment:
            true
        case .extraSchema, .missingExtension, .extraExtension, .extension, .extensionVersion, .tableKind, .unlogged,
            .partitioning, .inheritance, .rowSecurity, .constraintNotValidated, .constraintValidated, .indexInvalid,
            .missingTrigger, .extraTrigger, .trigger, .missingPolicy, .extraPolicy, .policy, .missingView, .extraView,
            .view, .extraSequence, .extraEnum, .extraType, .missingFunction, .extraFunction, .function, .privileges,
            .definitions:
            false
        }
    }
}
