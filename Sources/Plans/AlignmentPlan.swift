package import Schema
import Text

/// The columns that the migrations at the live rows have and the database lacks. A pure value.
package struct AlignmentPlan: Sendable {
    /// A column to add, by its bare names.
    package struct Column: Codable, Hashable, Sendable {
        package var schema: String
        package var table: String
        package var column: String
        /// The type that the migrations gave it, with its collation.
        package var type: String

        package init(schema: String, table: String, column: String, type: String) {
            self.schema = schema
            self.table = table
            self.column = column
            self.type = type
        }

        /// Adds the column, nullable and without a default; does nothing where it exists.
        package var statement: String {
            "ALTER TABLE \(tableName.sql()) ADD COLUMN IF NOT EXISTS \(SQLIdentifier.quoted(column)) \(type)"
        }

        package var tableName: TableName { TableName(schema: schema, name: table) }
    }

    /// Something that is missing and that this command does not add.
    package struct Advice: Hashable, Sendable {
        /// Quoted for SQL where needed.
        package var object: String
        package var reason: String
    }

    package private(set) var columns: [Column] = []
    package private(set) var advice: [Advice] = []
    private let defaultSchema: String

    /// - Parameters:
    ///   - expected: what the migrations create at the live rows; nil while that is unknown.
    ///   - differences: of the models, the migrations and the live database.
    ///   - defaultSchema: the schema that is left out of names in messages.
    /// - Throws: `precondition` when it is unknown what the migrations create.
    package init(
        expected: Catalog?, live: Catalog, differences: [SchemaDifference], defaultSchema: String
    ) throws(PlansError) {
        self.defaultSchema = defaultSchema
        guard let expected else {
            throw PlansError(
                .precondition,
                "it is not yet known what the migrations create: 'diagnose' says why; nothing was changed"
            )
        }
        let present = live.tablesByKey
        let renamed = Dictionary(
            differences.compactMap { difference in
                difference.kind == .missingColumn
                    ? difference.renamedTo.map { (ExactString(difference.object), $0) } : nil
            }, uniquingKeysWith: { first, _ in first })
        for table in expected.tables where table.kind.storesRows && !table.isPartition {
            guard let present = present[table.key], present.kind == table.kind else { continue }
            let names = Set(present.columns.map { ExactString($0.name) })
            for column in table.columns where !column.isInherited && !names.contains(ExactString(column.name)) {
                let place = table.qualifiedName.sql(defaultSchema: defaultSchema)
                let object = place + "." + SQLIdentifier.quoted(column.name)
                if let name = renamed[ExactString(object)] {
                    // An empty column beside the one with the values would be wrong.
                    let new = SQLIdentifier.quoted(name)
                    let old = SQLIdentifier.quoted(column.name)
                    advice.append(
                        Advice(
                            object: object,
                            reason: "perhaps renamed to \(new): ALTER TABLE \(place) RENAME COLUMN \(new) TO \(old);"))
                } else {
                    add(column, to: table, object)
                }
            }
        }
        for difference in differences where difference.kind == .missingColumn && difference.migrations == nil {
            advice.append(
                Advice(
                    object: difference.object,
                    reason: difference.blame == .missingMigration
                        ? "only the models have it: write a revision; if added by hand now, that revision would fail"
                        : "no applied revision creates it: a pending one may, see 'plan'"))
        }
    }

    private mutating func add(_ column: CatalogColumn, to table: Table, _ object: String) {
        if column.generated != nil || column.identity != nil {
            advice.append(
                Advice(object: object, reason: "the database computes its values: add it as its revision defines it"))
            return
        }
        let collation = column.collation.map { " COLLATE " + $0 } ?? ""
        columns.append(
            Column(schema: table.schema, table: table.name, column: column.name, type: column.type + collation))
    }

    /// The same columns give the same id; nil when there is nothing to add.
    package var id: String? {
        columns.isEmpty ? nil : PlanIdentity.digest(of: columns.map(\.statement).joined(separator: "\n"))
    }
}

private typealias CatalogColumn = Schema.Column

extension Catalog {
    /// Those of the columns that the catalog does not have.
    package func missing(_ columns: [AlignmentPlan.Column]) -> [AlignmentPlan.Column] {
        let tables = tablesByKey
        return columns.filter { tables[ObjectKey(table: $0.tableName)]?.column($0.column) == nil }
    }

    fileprivate var tablesByKey: [ObjectKey: Table] {
        Dictionary(tables.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    }
}
