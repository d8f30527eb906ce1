import Text

/// Compares two catalogs: what is missing, what is extra, what differs, and what could not be decided.
struct CatalogComparison {
    private(set) var discrepancies: [Discrepancy]
    /// The objects left out because the same difference of a parent table explains theirs.
    private(set) var explained: [ObjectPath] = []
    let undecided: [Undecided]
    /// The objects that only the actual side has and that no migration manages.
    let unmanaged: [ObjectPath]
    /// The texts of both sides that a server would have to parse again for a final decision.
    let wantedTexts: Set<ExpressionText>

    /// - Parameters:
    ///   - versionTables: Alembic's own tables, left out of the comparison.
    ///   - comparesDefinitions: false where one side has no definition texts and the other was stripped of them.
    ///   - isManaged: whether the expected side manages an object, so that having it in excess is a discrepancy.
    init(
        expected: CatalogIndex, actual: CatalogIndex, versionTables: Set<ObjectKey>, defaultSchema: String,
        parsedTexts: [ExpressionText: String], comparesDefinitions: Bool = true,
        isManaged: @escaping (ObjectKey) -> Bool
    ) {
        let rules = TextRules(
            parsed: parsedTexts, expectedVersion: expected.catalog.serverVersion,
            actualVersion: actual.catalog.serverVersion,
            moves: ExtensionMoves(expected: expected.catalog.extensions, actual: actual.catalog.extensions))
        let context = ComparisonContext(
            expected: expected, actual: actual, versionTables: versionTables, defaultSchema: defaultSchema,
            comparesDefinitions: comparesDefinitions, rules: rules)
        var collector = DiscrepancyCollector(rules, isManaged: isManaged)
        let objects = ObjectComparison(context: context)
        objects.compareSchemas(into: &collector)
        objects.compareExtensions(into: &collector)
        objects.compareTypes(into: &collector)
        RelationComparison(context: context).compare(into: &collector)
        SequenceComparison(context: context).compare(into: &collector)
        objects.compareRoutines(into: &collector)

        discrepancies = collector.discrepancies
        undecided = collector.undecided
        unmanaged = collector.unmanaged
        wantedTexts = collector.texts.wanted
        dropInherited()
        RenameDetection(context: context).markRenamedObjects(in: &discrepancies)
    }

    /// Drops what a difference of the parent explains: a column that the parent lost is lost in its children too.
    private mutating func dropInherited() {
        guard discrepancies.contains(where: { !$0.parents.isEmpty }) else { return }
        let seen = Set(discrepancies.map { InheritedKey($0.kind, $0.path, table: $0.path.table ?? "") })
        let isExplained = { (discrepancy: Discrepancy) in
            discrepancy.parents.contains {
                var path = discrepancy.path
                path.schema = $0.schema
                return seen.contains(InheritedKey(discrepancy.kind, path, table: $0.name))
            }
        }
        explained = discrepancies.filter(isExplained).map(\.path)
        discrepancies.removeAll(where: isExplained)
    }
}

/// What one difference has in common on a parent table and on its children.
private struct InheritedKey: Hashable {
    let kind: SchemaDifference.Kind
    let schema: ExactString
    let table: ExactString
    let name: ExactString

    init(_ kind: SchemaDifference.Kind, _ path: ObjectPath, table: String) {
        self.kind = kind
        schema = ExactString(path.schema)
        self.table = ExactString(table)
        // An inherited index has a name of its own, so any index of the parent explains it.
        name = ExactString(path.kind == .index ? "" : path.name)
    }
}
