import Text

/// What a comparison has found, before it is sorted and before ignore rules and the baseline are applied.
struct CollectedDifferences {
    struct Entry {
        var path: ObjectPath
        var difference: SchemaDifference
        /// The models' type of a missing column, or that of the migrations.
        var columnType: String?
        /// Whether the models map the object; nil where the models are not known.
        var isMapped: Bool?
    }

    /// The schema that is left out of displayed names.
    let defaultSchema: String
    var differences: [Entry] = []
    var advice: [Entry] = []
    var pending: [PendingRevision] = []
    var unmanaged: [ObjectPath] = []
    var undecided: [Undecided] = []
    var tablesCompared = 0
    var restoration = RestorationScript()
    /// The texts that a server would have to parse again.
    var wantedTexts: Set<ExpressionText> = []

    init(defaultSchema: String) { self.defaultSchema = defaultSchema }

    /// The finished comparison: sorted, with what is ignored or accepted in lists of its own.
    func comparison(_ options: ComparisonOptions) -> SchemaComparison {
        let rule = { (path: ObjectPath) in
            options.ignore.first { $0.covers(path, defaultSchema: defaultSchema) }?.text
        }
        var result = SchemaComparison(tablesCompared: tablesCompared, textsToParse: sortedTexts)
        result.restoration = restoration
        let accepted = Set(options.baseline?.accepted ?? [])
        for entry in Self.sorted(differences) {
            if let rule = rule(entry.path) {
                result.ignored.append(IgnoredDifference(rule: rule, difference: entry.difference))
            } else if accepted.contains(Baseline.Entry(entry.difference)) {
                result.accepted.append(entry.difference)
            } else {
                add(entry, to: &result)
            }
        }
        for entry in Self.sorted(advice) {
            if let rule = rule(entry.path) {
                result.ignored.append(IgnoredDifference(rule: rule, difference: entry.difference))
            } else {
                result.advice.append(entry.difference)
            }
        }
        result.pending = pending
        result.unmanaged = unmanaged.filter { rule($0) == nil }
            .sorted { $0.precedes($1) ?? ($0.kind.rawValue < $1.kind.rawValue) }
            .map { UnmanagedObject(kind: $0.kind, object: name($0)) }
        var seen: Set<IncomparableObject> = []
        result.notComparable = undecided.filter { rule($0.path) == nil }
            .sorted { $0.path.precedes($1.path) ?? ($0.kind.rank < $1.kind.rank) }
            .map { IncomparableObject(kind: $0.kind, object: name($0.path), reason: $0.reason) }
            .filter { seen.insert($0).inserted }
        return result
    }

    private func add(_ entry: Entry, to result: inout SchemaComparison) {
        let difference = entry.difference
        result.differences.append(difference)
        guard entry.isMapped != false else { return }
        switch difference.kind {
        case .missingTable, .missingView:
            result.missingTables.append(TableName(schema: entry.path.schema, name: entry.path.name))
        case .missingColumn:
            let table = TableName(schema: entry.path.schema, name: entry.path.table ?? "")
            result.missingColumns.append(
                MissingColumn(
                    table: table.sql(defaultSchema: defaultSchema), column: entry.path.name,
                    type: entry.columnType ?? ""))
        default: break
        }
    }

    /// The texts in a fixed order.
    private var sortedTexts: [ExpressionText] {
        wantedTexts.map { (text: $0, order: "\($0.text)\u{0}\($0.context)") }
            .sorted { $0.order.precedesInBytes($1.order) }.map(\.text)
    }

    private func name(_ path: ObjectPath) -> String { path.sql(defaultSchema: defaultSchema) }

    /// By table, then by kind; columns stay in the order of their table.
    private static func sorted(_ entries: [Entry]) -> [Entry] {
        entries.enumerated().sorted { left, right in
            let (first, second) = (left.element, right.element)
            if let order = first.path.precedesByTable(second.path) { return order }
            let ranks = (first.difference.kind.rank, second.difference.kind.rank)
            if ranks.0 != ranks.1 { return ranks.0 < ranks.1 }
            if first.path.kind != .column, !first.path.name.hasSameBytes(as: second.path.name) {
                return first.path.name.precedesInBytes(second.path.name)
            }
            return left.offset < right.offset
        }.map(\.element)
    }
}

extension ObjectPath {
    /// By schema and table; nil for objects of one table.
    fileprivate func precedesByTable(_ other: ObjectPath) -> Bool? {
        if !schema.hasSameBytes(as: other.schema) { return schema.precedesInBytes(other.schema) }
        let (mine, theirs) = (table ?? name, other.table ?? other.name)
        return mine.hasSameBytes(as: theirs) ? nil : mine.precedesInBytes(theirs)
    }

    /// By schema, table and name; nil for objects of one name.
    fileprivate func precedes(_ other: ObjectPath) -> Bool? {
        precedesByTable(other) ?? (name.hasSameBytes(as: other.name) ? nil : name.precedesInBytes(other.name))
    }
}
