import Diagnosis
import Schema
import Tokens
import Wire

/// The columns that the migrations at the live rows have and the database lacks. A pure value.
struct AlignPlan: Sendable {
    private(set) var columns: [Align.Column] = []
    private(set) var advice: [Align.Advice] = []
    private let defaultSchema: String

    /// - Throws: `precondition` when it is not known what the migrations make.
    init(_ survey: Survey) throws(WireError) {
        defaultSchema = survey.reading.versionTable.schema
        guard let expected = survey.expected else {
            throw WireError(
                .precondition,
                "what the migrations make at the live rows is not known (yet): 'diagnose' says why; nothing was changed"
            )
        }
        let live = survey.reading.catalog
        for table in expected.tables where table.kind.storesRows && !table.isPartition {
            guard let present = live.tables.first(where: { $0.key == table.key && $0.kind == table.kind }) else {
                continue
            }
            for column in table.columns where !column.isInherited && present.column(column.name) == nil {
                add(column, to: table)
            }
        }
        let comparison = survey.observation.result.schema
        for difference in comparison.differences ?? []
        where difference.kind == .missingColumn && difference.migrations == nil {
            advice.append(
                Align.Advice(
                    object: difference.object,
                    reason: difference.blame == .missingMigration
                        ? "only the models have it: write a revision; added by hand it would break that revision later"
                        : "no revision that has run made it: a pending one may, see 'plan'"))
        }
    }

    private mutating func add(_ column: Column, to table: Table) {
        if column.generated != nil || column.identity != nil {
            let object = table.qualifiedName.sql(defaultSchema: defaultSchema) + "." + SQLIdentifier.quoted(column.name)
            advice.append(
                Align.Advice(object: object, reason: "the database computes its values: add it as its revision has it"))
            return
        }
        let collation = column.collation.map { " COLLATE " + $0 } ?? ""
        columns.append(
            Align.Column(
                schema: table.schema, table: table.name, column: column.name, type: column.type + collation))
    }

    /// Names this plan: the same columns give the same id.
    var id: String? {
        guard !columns.isEmpty else { return nil }
        return SHA256.hash(Array(statements.joined(separator: "\n").utf8)).prefix(8).hexadecimal
    }

    var statements: [String] { columns.map(\.statement) }

    /// The plan as an answer.
    var result: Align.Result {
        Align.Result(
            state: columns.isEmpty ? .nothingToDo : .planned, plan: id, columns: columns, sql: statements,
            advice: advice)
    }
}

extension Align.Column {
    /// Adds it, nullable and without a default; nothing happens where it exists.
    var statement: String {
        "ALTER TABLE \(TableName(schema: schema, name: table).sql()) ADD COLUMN IF NOT EXISTS "
            + "\(SQLIdentifier.quoted(column)) \(type)"
    }

    /// Whether a catalog has it.
    func exists(in catalog: Catalog) -> Bool {
        let key = ObjectKey(table: TableName(schema: schema, name: table))
        return catalog.tables.contains { $0.key == key && $0.column(column) != nil }
    }
}
