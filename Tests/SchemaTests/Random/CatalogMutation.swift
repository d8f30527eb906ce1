import Schema

/// One manual change to a database, and the differences that a comparison must report.
struct CatalogMutation: Sendable {
    struct Found: Hashable, CustomStringConvertible {
        var kind: SchemaDifference.Kind
        var object: String
        var blame: SchemaDifference.Blame
        var breaking: Bool

        init(
            _ kind: SchemaDifference.Kind, _ object: String, _ blame: SchemaDifference.Blame = .drift,
            breaking: Bool = false
        ) {
            self.kind = kind
            self.object = object
            self.blame = blame
            self.breaking = breaking
        }

        var description: String { "\(kind) \(object) \(blame)\(breaking ? " breaking" : "")" }
    }

    let name: String
    /// Changes the catalog and returns the expected differences; nil if there is nothing to change.
    let apply: @Sendable (inout Catalog, inout SeededGenerator) -> [Found]?

    init(_ name: String, _ apply: @escaping @Sendable (inout Catalog, inout SeededGenerator) -> [Found]?) {
        self.name = name
        self.apply = apply
    }

    /// Changes one of the tables that satisfy `isFit`.
    static func table(
        _ name: String, where isFit: @escaping @Sendable (Table) -> Bool = { $0.isOrdinary },
        _ change: @escaping @Sendable (inout Table, inout SeededGenerator) -> [Found]?
    ) -> CatalogMutation {
        CatalogMutation(name) { catalog, random in
            let fit = catalog.tables.indices.filter { isFit(catalog.tables[$0]) }
            guard !fit.isEmpty else { return nil }
            return change(&catalog.tables[random.pick(fit)], &random)
        }
    }

    /// Changes one column of an ordinary table.
    static func column(
        _ name: String, where isFit: @escaping @Sendable (Column) -> Bool = { _ in true },
        _ change: @escaping @Sendable (inout Column, String, inout SeededGenerator) -> [Found]?
    ) -> CatalogMutation {
        table(name, where: { table in table.isOrdinary && table.columns.dropFirst().contains(where: isFit) }) {
            table, random in
            let index = random.pick(table.columns.indices.dropFirst().filter { isFit(table.columns[$0]) })
            return change(&table.columns[index], table.sql(table.columns[index].name), &random)
        }
    }
}

extension Table {
    /// Whether the table is neither partitioned nor a partition, parent or child, so that a change affects only it.
    var isOrdinary: Bool { kind == .table && parents.isEmpty && !constraints.contains { $0.kind == .check } }

    /// The displayed name of the table, or of a part of it.
    func sql(_ part: String? = nil) -> String {
        let name = qualifiedName.sql(defaultSchema: "public")
        return part.map { name + "." + SQLIdentifier.quoted($0) } ?? name
    }

    /// The displayed name of an index.
    func index(_ name: String) -> String { TableName(schema: schema, name: name).sql(defaultSchema: "public") }

    /// Whether a constraint or index uses the column.
    func uses(_ column: Column) -> Bool {
        constraints.contains { $0.columns.contains(column.name) }
            || indexes.contains { $0.definition.contains(SQLIdentifier.quoted(column.name)) }
    }
}
