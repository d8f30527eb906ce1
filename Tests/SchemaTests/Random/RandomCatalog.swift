import Schema

/// Plausible random catalogs, with names that are hard to handle.
struct RandomCatalog {
    static let schemas = ["public", "crm", "Audit Log"]
    /// The last two are canonically equivalent and differ in their bytes.
    static let names = [
        "users", "orders", "Order", "select", "a.b", "quo\"te", "ta ble", "日本", "x'y", "100%", "back\\slash", "🙂",
        "audit_log", "USERS", "café", "cafe\u{301}",
    ]
    static let columnNames = [
        "email", "name", "From", "user", "a.b", "créé", "cre\u{301}e\u{301}", "quo\"te", "ta ble", "note", "amount",
        "created_at", "日", "$1", "Email",
    ]
    static let types = [
        "integer", "bigint", "text", "character varying(255)", "character varying", "numeric(10,2)", "boolean",
        "timestamp with time zone", "timestamp(3) without time zone", "jsonb", "uuid", "text[]", "bytea", "date",
        "double precision", "public.mood", "crm.\"Level\"",
    ]

    private var random: SeededGenerator
    private var tables: [Table] = []
    private var sequences: [Schema.Sequence] = []

    init(seed: Int) { random = SeededGenerator(seed: seed) }

    mutating func make() -> Catalog {
        for schema in Self.schemas {
            for name in Self.names.shuffled(using: &random).prefix(Int.random(in: 2...5, using: &random)) {
                addTable(schema: schema, name: name)
            }
        }
        addPartitions()
        addChild()
        addViews()
        sequences.append(Sequence(schema: "crm", name: "Counter \(Int.random(in: 1...9, using: &random))", start: 100))
        return Catalog(
            serverVersion: 150_010, schemas: Self.schemas + ["empty"], tables: tables, sequences: sequences,
            types: types(), routines: routines(),
            extensions: [
                Extension(name: "citext", version: "1.6", schema: "public"),
                Extension(name: "uuid-ossp", version: "1.1", schema: "crm"),
            ])
    }

    private mutating func addTable(schema: String, name: String) {
        var table = Table(
            schema: schema, name: name, kind: .table, columns: [id(of: TableName(schema: schema, name: name))])
        for column in Self.columnNames.shuffled(using: &random).prefix(Int.random(in: 2...7, using: &random)) {
            table.columns.append(self.column(column))
        }
        let quoted = table.qualifiedName.sql()
        table.constraints = [
            Constraint(
                name: "pk of \(name)", kind: .primaryKey, columns: ["id"], definition: "PRIMARY KEY (id)")
        ]
        let columns = table.columns.dropFirst().map(\.name)
        if random.oneIn(2), let column = columns.first {
            table.constraints.append(
                Constraint(
                    name: "uq_\(column)", kind: .unique, columns: [column],
                    definition: "UNIQUE (\(SQLIdentifier.quoted(column)))"))
        }
        if random.oneIn(2), let column = columns.last {
            let sql = SQLIdentifier.quoted(column)
            table.constraints.append(
                Constraint(
                    name: "ck \"\(column)\"", kind: .check, columns: [column],
                    definition: "CHECK (((\(sql))::text = ANY ((ARRAY['a'::character varying])::text[])))"))
        }
        if random.oneIn(2), let other = tables.last {
            table.constraints.append(
                Constraint(
                    name: "fk", kind: .foreignKey, columns: ["id"],
                    definition: "FOREIGN KEY (id) REFERENCES \(other.qualifiedName.sql())(id)",
                    references: other.qualifiedName))
        }
        table.constraints.sort { $0.name < $1.name }
        for column in columns where random.oneIn(3) {
            let sql = SQLIdentifier.quoted(column)
            table.indexes.append(
                Index(
                    name: "ix_\(name)_\(column)",
                    definition: random.oneIn(2) ? "USING btree (\(sql))" : "USING btree (lower(\(sql))) WHERE (id > 0)",
                    isUnique: random.oneIn(3)))
        }
        if random.oneIn(3) {
            table.triggers = [
                Trigger(
                    name: "touch",
                    definition: "CREATE TRIGGER touch BEFORE UPDATE ON \(quoted) EXECUTE FUNCTION public.f()")
            ]
        }
        if random.oneIn(3) {
            table.policies = [Policy(name: "mine only", command: "SELECT", roles: ["app"], using: "(id = 1)")]
            table.rowSecurity = .enabled
        }
        table.isUnlogged = random.oneIn(8)
        table.comment = random.oneIn(2) ? "about \(name)" : nil
        tables.append(table)
    }

    private mutating func id(of table: TableName) -> Column {
        switch Int.random(in: 0..<3, using: &random) {
        case 0: return Column(name: "id", type: "bigint", nullable: false, identity: .byDefault)
        case 1: return Column(name: "id", type: "uuid", nullable: false, default: "gen_random_uuid()")
        default:
            let sequence = Sequence(
                schema: table.schema, name: "\(table.name)_id_seq", type: "integer", maximum: 2_147_483_647,
                owner: Sequence.Owner(table: table, column: "id"))
            sequences.append(sequence)
            return Column(name: "id", type: "integer", nullable: false, default: nextValue(of: sequence))
        }
    }

    private mutating func column(_ name: String) -> Column {
        let type = random.pick(Self.types)
        let isText = type == "text"
        return Column(
            name: name, type: type, nullable: random.oneIn(2), default: random.oneIn(4) ? "NULL::\(type)" : nil,
            collation: isText && random.oneIn(3) ? "pg_catalog.\"C\"" : nil, comment: random.oneIn(4) ? "col" : nil)
    }

    /// A partitioned table with two partitions.
    private mutating func addPartitions() {
        var parent = Table(
            schema: "public", name: "Events", kind: .partitioned,
            columns: [
                Column(name: "id", type: "bigint", nullable: false),
                Column(name: "At", type: "timestamp with time zone", nullable: false),
                Column(name: "kind", type: "text", nullable: true),
            ], indexes: [Index(name: "ix_events", definition: "USING btree (kind)")], partitionKey: "RANGE (\"At\")")
        parent.constraints = [
            Constraint(
                name: "ev_ck", kind: .check, columns: ["kind"], definition: "CHECK ((kind <> ''::text))")
        ]
        tables.append(parent)
        for year in [2024, 2025] { tables.append(Self.partition(of: parent, year: year)) }
    }

    static func partition(of parent: Table, year: Int) -> Table {
        Table(
            schema: parent.schema, name: "events_\(year)", kind: .table,
            columns: parent.columns.map { column in
                var copy = column
                copy.isInherited = true
                return copy
            },
            constraints: parent.constraints.map { constraint in
                var copy = constraint
                copy.isInherited = true
                return copy
            },
            indexes: parent.indexes.map {
                Index(name: "events_\(year)_\($0.name)", definition: $0.definition, isInherited: true)
            }, partitionBound: "FOR VALUES FROM ('\(year)-01-01') TO ('\(year + 1)-01-01')",
            parents: [parent.qualifiedName])
    }

    private mutating func addChild() {
        guard let parent = tables.first(where: { $0.kind == .table && $0.constraints.contains { $0.kind == .check } })
        else { return }
        let columns = parent.columns.dropFirst().map { column in
            var copy = column
            copy.isInherited = true
            return copy
        }
        let checks = parent.constraints.filter { $0.kind == .check }.map { constraint in
            var copy = constraint
            copy.isInherited = true
            return copy
        }
        tables.append(
            Table(
                schema: "crm", name: "child", kind: .table,
                columns: columns + [Column(name: "own", type: "text", nullable: true)], constraints: checks,
                parents: [parent.qualifiedName]))
    }

    private mutating func addViews() {
        for (name, kind) in [("Report", Table.Kind.view), ("totals", .materializedView)] {
            tables.append(
                Table(
                    schema: random.pick(Self.schemas), name: name, kind: kind,
                    columns: [Column(name: "n", type: "bigint", nullable: true)],
                    indexes: kind == .view ? [] : [Index(name: "ix_totals", definition: "USING btree (n)")],
                    definition: " SELECT count(*) AS n\n   FROM \(random.pick(tables).qualifiedName.sql());"))
        }
    }

    private func types() -> [UserType] {
        [
            UserType(schema: "public", name: "mood", definition: .enumeration(labels: ["sad", "ok", "it's", "häppy"])),
            UserType(schema: "crm", name: "Level", definition: .enumeration(labels: ["low", "high"])),
            UserType(
                schema: "public", name: "email",
                definition: .domain(
                    base: "text", nullable: true, default: nil, checks: ["email_check": "CHECK ((VALUE ~ '@'::text))"])),
            UserType(
                schema: "public", name: "point3",
                definition: .composite(attributes: [Column(name: "x", type: "integer", nullable: true)])),
            UserType(schema: "crm", name: "span", definition: .range(subtype: "double precision")),
        ]
    }

    private func routines() -> [Routine] {
        [
            Routine(
                schema: "public", signature: "f()", definition: "CREATE OR REPLACE FUNCTION public.f() … 'return (1)'"),
            Routine(schema: "crm", signature: "area(numeric, numeric)", definition: "CREATE … area … a * b"),
        ]
    }
}

/// The default of a serial column.
func nextValue(of sequence: Schema.Sequence) -> String {
    let name = sequence.qualifiedName.sql().split(separator: "'", omittingEmptySubsequences: false)
    return "nextval('\(name.joined(separator: "''"))'::regclass)"
}
