/// One catalog held against another: what is missing, what is extra, what differs, and what cannot be told.
struct CatalogComparison {
    let expected: CatalogIndex
    let actual: CatalogIndex
    /// Alembic's own tables.
    let versionTables: Set<ObjectKey>
    /// Whether the expected side is in charge of an object, so that having it without need is a discrepancy.
    let isManaged: (ObjectKey) -> Bool
    let defaultSchema: String
    /// False where one side has no definition texts and the other was stripped of them.
    let comparesDefinitions: Bool
    var texts: TextComparison

    private(set) var discrepancies: [Discrepancy] = []
    /// What was left out because the same difference of a parent explains it.
    private(set) var explained: [ObjectPath] = []
    private(set) var undecided: [Undecided] = []
    /// What the actual side has and nobody manages.
    private(set) var unmanaged: [ObjectPath] = []

    init(
        expected: CatalogIndex, actual: CatalogIndex, versionTables: Set<ObjectKey>, defaultSchema: String,
        parsedTexts: [ExpressionText: String], comparesDefinitions: Bool = true,
        isManaged: @escaping (ObjectKey) -> Bool
    ) {
        self.expected = expected
        self.actual = actual
        self.versionTables = versionTables
        self.isManaged = isManaged
        self.defaultSchema = defaultSchema
        self.comparesDefinitions = comparesDefinitions
        texts = TextComparison(
            TextRules(
                parsed: parsedTexts, expectedVersion: expected.catalog.serverVersion,
                actualVersion: actual.catalog.serverVersion,
                moves: ExtensionMoves(expected: expected.catalog.extensions, actual: actual.catalog.extensions)))
        compareSchemas()
        compareExtensions()
        compareTypes()
        compareRelations()
        compareSequences()
        compareRoutines()
        dropInherited()
        guessRenames()
    }

    mutating func report(_ discrepancy: Discrepancy) { discrepancies.append(discrepancy) }

    mutating func report(
        _ kind: SchemaDifference.Kind, _ path: ObjectPath, expected: String?, actual: String?, parents: [TableName] = []
    ) {
        discrepancies.append(
            Discrepancy(kind: kind, path: path, expected: expected, actual: actual, parents: parents))
    }

    mutating func leaveUndecided(_ kind: SchemaDifference.Kind, _ path: ObjectPath, because reason: String) {
        undecided.append(Undecided(kind: kind, path: path, reason: reason))
    }

    /// Reports what the verdict about two texts calls for.
    mutating func report(
        _ kind: SchemaDifference.Kind, _ path: ObjectPath, _ verdict: TextVerdict, expected: String, actual: String,
        parents: [TableName] = []
    ) {
        switch verdict {
        case .same: break
        case .different: report(kind, path, expected: expected, actual: actual, parents: parents)
        case .unknown(let reason): leaveUndecided(kind, path, because: reason)
        }
    }

    /// Reports an object that only the actual side has: as extra where it is managed, as unmanaged otherwise.
    mutating func reportExtra(
        _ kind: SchemaDifference.Kind, _ path: ObjectPath, _ key: ObjectKey, definition: String
    ) {
        if isManaged(key) {
            report(kind, path, expected: nil, actual: definition)
        } else {
            noteUnmanaged(path)
        }
    }

    mutating func noteUnmanaged(_ path: ObjectPath) { unmanaged.append(path) }

    /// Drops what a difference of the parent explains: a column that the parent lost is lost in its children.
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

    mutating func mark(_ index: Int, renamedTo path: ObjectPath) { discrepancies[index].renamedTo = path }
}

/// What the same difference has in common on a table and on its children.
private struct InheritedKey: Hashable {
    let kind: SchemaDifference.Kind
    let schema: ExactText
    let table: ExactText
    let name: ExactText

    init(_ kind: SchemaDifference.Kind, _ path: ObjectPath, table: String) {
        self.kind = kind
        schema = ExactText(path.schema)
        self.table = ExactText(table)
        // An inherited index has a name of its own, so that any of the parent's explains it.
        name = ExactText(path.kind == .index ? "" : path.name)
    }
}
