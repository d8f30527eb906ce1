import Text

/// Writes the statements for the differences between two catalogs.
///
/// Each object that is missing becomes a draft, those too that only the statements of another one need; so does each
/// change. The drafts are then ordered by what they need.
struct RestorationBuilder {
    /// What a draft can need.
    enum Node: Hashable {
        case schema(ExactString), `extension`(ExactString)
        case type(QualifiedName), sequence(QualifiedName), relation(QualifiedName)
        /// All functions of a name.
        case routine(QualifiedName)
        /// The primary key, unique constraints and unique indexes of a table.
        case keys(QualifiedName)
    }

    /// The order of drafts that do not need each other.
    enum Rank: Int {
        case rename, schema, `extension`, type, sequence, routine, relation, column, change, key, constraint, index
        case foreignKey, view, ownership, trigger, other
    }

    struct Draft {
        var rank: Rank
        var notes: [String] = []
        var statements: [String] = []
        var resolves: [RestorationScript.Target] = []
        /// Texts of the expected side whose names it needs.
        var references = NameReferences()
        var needs: Set<Node> = []
        /// The table whose columns the texts may use without naming it.
        var table: TableName?
        /// The drafts that must come before.
        var after: Set<Int> = []
        var isAlignment = false
    }

    struct ColumnKey: Hashable {
        let table: QualifiedName
        let column: ExactString

        init(_ table: TableName, _ column: String) {
            self.table = QualifiedName(table)
            self.column = ExactString(column)
        }
    }

    /// With its definitions.
    let expected: CatalogIndex
    /// As it is after the renamed objects have their former names again.
    var live: CatalogIndex
    let defaultSchema: String
    /// The schema that statements leave out. A session of psql finds it only if it has the usual name.
    private let omittedSchema: String?

    var drafts: [Draft] = []
    private var providers: [Node: [Int]] = [:]
    /// The drafts that create each missing object, its later parts included.
    var created: [Node: [Int]] = [:]
    /// The drafts that add a column or change its type.
    private var columnDrafts: [QualifiedName: [(column: ExactString, draft: Int)]] = [:]
    /// The drafts that make a column the owner of a sequence.
    var ownerships: [QualifiedName: Int] = [:]
    private let routines: [QualifiedName: [Routine]]
    /// The names of the live tables, indexes and sequences.
    private(set) lazy var taken = takenNames()
    /// The live views with the names in their definitions.
    private(set) lazy var views: [(view: Table, names: NameReferences)] = live.catalog.tables.filter(\.isView).map {
        ($0, NameReferences([$0.definition]))
    }
    /// The sequences that columns of a table own.
    let ownedSequences: [QualifiedName: [Sequence]]
    /// The columns that take their values from a sequence.
    let sequenceUsers: [QualifiedName: [(table: Table, column: String)]]
    /// The partitions of each table.
    let partitions: [QualifiedName: [Table]]

    init(expected: CatalogIndex, live: CatalogIndex, defaultSchema: String) {
        self.expected = CatalogIndex(expected.catalog.withSortedParts)
        self.live = live
        self.defaultSchema = defaultSchema
        omittedSchema = defaultSchema == "public" ? defaultSchema : nil
        let catalog = expected.catalog
        routines = Dictionary(grouping: catalog.routines) { QualifiedName($0.schema, $0.bareName) }
        var (owned, users, partitions) = (
            [QualifiedName: [Sequence]](), [QualifiedName: [(table: Table, column: String)]](),
            [QualifiedName: [Table]]()
        )
        for sequence in catalog.sequences {
            if let owner = sequence.owner { owned[QualifiedName(owner.table), default: []].append(sequence) }
        }
        for table in catalog.tables {
            if table.isPartition {
                for parent in table.parents { partitions[QualifiedName(parent), default: []].append(table) }
            }
            for column in table.columns where !column.isInherited {
                guard let text = column.default, let sequence = SequenceDefault(text)?.sequence else { continue }
                users[QualifiedName(sequence), default: []].append((table, column.name))
            }
        }
        (ownedSequences, sequenceUsers, self.partitions) = (owned, users, partitions)
    }

    /// - Parameter compare: compares the expected catalog with another one.
    mutating func script(
        for discrepancies: [Discrepancy], comparedWith compare: (CatalogIndex) -> [Discrepancy]
    ) -> RestorationScript {
        let rest = renameBack(Self.sorted(discrepancies), compare)
        var columns: [ColumnKey: [Discrepancy]] = [:]
        for discrepancy in rest where discrepancy.kind.isColumnChange {
            let path = discrepancy.path
            let table = TableName(schema: path.schema, name: path.table ?? "")
            columns[ColumnKey(table, path.name), default: []].append(discrepancy)
        }
        for discrepancy in rest {
            if discrepancy.kind.isColumnChange {
                let path = discrepancy.path
                let table = TableName(schema: path.schema, name: path.table ?? "")
                if let group = columns.removeValue(forKey: ColumnKey(table, path.name)) {
                    changeColumn(table, path.name, group)
                }
            } else {
                add(discrepancy)
            }
        }
        return finished()
    }

    /// In an order that does not depend on that of the catalogs' lists; columns keep theirs.
    private static func sorted(_ discrepancies: [Discrepancy]) -> [Discrepancy] {
        let keys = discrepancies.map { discrepancy in
            let path = discrepancy.path
            return [path.schema, path.table ?? path.name, path.kind == .column ? "" : path.name].map(ExactString.init)
        }
        return discrepancies.indices.sorted { left, right in
            for (mine, theirs) in zip(keys[left], keys[right]) where mine != theirs {
                return mine.text.precedesInBytes(theirs.text)
            }
            let ranks = (discrepancies[left].kind.rank, discrepancies[right].kind.rank)
            return ranks.0 == ranks.1 ? left < right : ranks.0 < ranks.1
        }.map { discrepancies[$0] }
    }

    // MARK: Names

    func name(_ table: TableName) -> String { table.sql(defaultSchema: omittedSchema) }

    func quoted(_ name: String) -> String { SQLIdentifier.quoted(name) }

    /// A name that includes SQL: a function with the types of its arguments.
    func signature(_ routine: Routine) -> String {
        routine.schema == omittedSchema ? routine.signature : quoted(routine.schema) + "." + routine.signature
    }

    func target(_ discrepancy: Discrepancy) -> RestorationScript.Target {
        target(discrepancy.kind, discrepancy.path)
    }

    func target(_ kind: SchemaDifference.Kind, _ path: ObjectPath) -> RestorationScript.Target {
        RestorationScript.Target(kind, path.sql(defaultSchema: defaultSchema))
    }

    private func takenNames() -> Set<QualifiedName> {
        var names: Set<QualifiedName> = []
        for table in live.catalog.tables {
            names.insert(QualifiedName(table.qualifiedName))
            for index in table.indexes { names.insert(QualifiedName(table.schema, index.name)) }
            for constraint in table.constraints where constraint.kind.hasIndex {
                names.insert(QualifiedName(table.schema, constraint.name))
            }
        }
        for sequence in live.catalog.sequences { names.insert(QualifiedName(sequence.qualifiedName)) }
        return names
    }

    // MARK: Drafts

    /// Adds a draft, and those of the missing objects that it needs.
    @discardableResult
    mutating func add(_ draft: Draft, providing nodes: [Node] = []) -> Int {
        let id = drafts.count
        drafts.append(draft)
        for node in nodes { providers[node, default: []].append(id) }
        if let table = draft.table { need(.relation(QualifiedName(table)), by: id) }
        for name in draft.references.qualified.sorted() { require(name, by: id) }
        return id
    }

    /// Adds a draft that changes a column, so that what uses the column comes later.
    mutating func add(_ draft: Draft, changing column: String, of table: TableName) -> Int {
        let id = add(draft)
        columnDrafts[QualifiedName(table), default: []].append((ExactString(column), id))
        return id
    }

    mutating func need(_ node: Node, by id: Int) { drafts[id].needs.insert(node) }

    /// Creates the missing objects of a name that a draft mentions.
    private mutating func require(_ name: QualifiedName, by id: Int) {
        let (schema, text) = (name.schema.text, name.name.text)
        var isKnown = false
        if let type = expected.type(schema: schema, name: text) {
            isKnown = true
            need(.type(name), by: id)
            if live.type(schema: schema, name: text) == nil { create(type) }
        }
        if let table = expected.table(name.table) {
            isKnown = true
            need(.relation(name), by: id)
            if live.table(name.table) == nil { create(table) }
        }
        if let sequence = expected.catalog.sequence(schema, text) {
            isKnown = true
            need(.sequence(name), by: id)
            if live.catalog.sequence(schema, text) == nil { create(sequence) }
        }
        for routine in routines[name] ?? [] {
            isKnown = true
            need(.routine(name), by: id)
            if live.catalog.routine(routine) == nil { create(routine) }
        }
        if !isKnown { requireExtensions(in: schema, by: id) }
    }

    /// What no other list has may belong to an extension that is installed there.
    private mutating func requireExtensions(in schema: String, by id: Int) {
        for value in expected.catalog.extensions where value.schema.hasSameBytes(as: schema) {
            need(.extension(ExactString(value.name)), by: id)
            if live.catalog.extension(value.name) == nil { create(value) }
        }
    }

    /// The drafts that create an object, each with another difference that it resolves.
    ///
    /// - Returns: whether the object was created before.
    mutating func wasCreated(_ node: Node, _ targets: [RestorationScript.Target]) -> Bool {
        guard let ids = created[node] else { return false }
        for id in ids { drafts[id].resolves += targets.filter { !drafts[id].resolves.contains($0) } }
        return true
    }

    // MARK: Order

    private mutating func finished() -> RestorationScript {
        // What only another object needs is resolved with that object.
        for (sequence, id) in ownerships.sorted(by: { $0.value < $1.value }) {
            for draft in drafts where draft.needs.contains(.sequence(sequence)) {
                drafts[id].resolves += draft.resolves.filter { !drafts[id].resolves.contains($0) }
            }
        }
        let required = drafts.indices.map(requirements)
        var positions: [Int: Int] = [:]
        var steps: [RestorationScript.Step] = []
        var isOpen = Set<Int>()
        let order = drafts.indices.sorted { (drafts[$0].rank.rawValue, $0) < (drafts[$1].rank.rawValue, $1) }
        // Depth first, without recursion: chains of views and foreign keys may be long.
        for start in order where positions[start] == nil {
            var path: [(id: Int, open: [Int])] = [(start, required[start])]
            isOpen.insert(start)
            while let id = path.last?.id {
                if let next = path[path.count - 1].open.popLast() {
                    if positions[next] == nil, isOpen.insert(next).inserted { path.append((next, required[next])) }
                    continue
                }
                path.removeLast()
                let draft = drafts[id]
                positions[id] = steps.count
                steps.append(
                    RestorationScript.Step(
                        notes: draft.notes, statements: draft.statements, resolves: draft.resolves,
                        // What needs each other in a circle keeps the order in which it was found.
                        requires: required[id].compactMap { positions[$0] }.sorted(), isAlignment: draft.isAlignment))
            }
        }
        return RestorationScript(steps: steps)
    }

    /// The drafts that must come before one, in the reverse of their order.
    private func requirements(of id: Int) -> [Int] {
        let draft = drafts[id]
        var result = draft.after
        for node in draft.needs { result.formUnion(providers[node] ?? []) }
        let tables = draft.references.qualified.union(draft.table.map { [QualifiedName($0)] } ?? [])
        for table in tables {
            for (column, other) in columnDrafts[table] ?? [] where draft.references.words.contains(column) {
                result.insert(other)
            }
        }
        result.remove(id)
        return result.sorted { (drafts[$0].rank.rawValue, $0) > (drafts[$1].rank.rawValue, $1) }
    }
}

extension SchemaDifference.Kind {
    /// Whether the column exists on both sides and something about it differs.
    var isColumnChange: Bool {
        switch self {
        case .type, .collation, .default, .identity, .generated, .nullability: true
        default: false
        }
    }
}

extension Constraint.Kind {
    /// Whether PostgreSQL creates an index of the same name for it.
    var hasIndex: Bool {
        switch self {
        case .primaryKey, .unique, .exclude: true
        case .check, .foreignKey: false
        }
    }
}

extension Catalog {
    /// With the parts of each table in the order of their names.
    fileprivate var withSortedParts: Catalog {
        var result = self
        for index in result.tables.indices {
            result.tables[index].constraints.sort { $0.name.precedesInBytes($1.name) }
            result.tables[index].indexes.sort { $0.name.precedesInBytes($1.name) }
            result.tables[index].triggers.sort { $0.name.precedesInBytes($1.name) }
            result.tables[index].policies.sort { $0.name.precedesInBytes($1.name) }
        }
        return result
    }

    func sequence(_ schema: String, _ name: String) -> Sequence? {
        sequences.position(ofSchema: schema, name: name).map { sequences[$0] }
    }

    func routine(_ other: Routine) -> Routine? {
        routines.position(ofSchema: other.schema, name: other.signature).map { routines[$0] }
    }

    func `extension`(_ name: String) -> Extension? {
        extensions.position(ofSchema: "", name: name).map { extensions[$0] }
    }
}
