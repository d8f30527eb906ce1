import FoundationEssentials
import Schema
import Testing

@Suite("Rules and baselines")
struct IgnoreRuleTests {
    static let catalog = Catalog(
        schemas: ["public", "other"],
        tables: [
            table("public", "audit_log"), table("public", "users"), table("other", "audit_log"),
            table("public", "Odd.Name"),
            Table(schema: "public", name: "v", kind: .view, columns: [], definition: "SELECT 1"),
        ],
        sequences: [Sequence(schema: "public", name: "s"), Sequence(schema: "other", name: "s")],
        types: [UserType(schema: "public", name: "mood", definition: .enumeration(labels: []))],
        routines: [Routine(schema: "public", signature: "area(numeric, public.mood)")],
        extensions: [Extension(name: "citext", version: "1", schema: "public")])

    static func table(_ schema: String, _ name: String) -> Table {
        Table(
            schema: schema, name: name, kind: .table,
            columns: ["id", "legacy_a"].map { Column(name: $0, type: "text", nullable: true) },
            constraints: [Constraint(name: "ck", kind: .check, columns: [], definition: "CHECK (true)")],
            indexes: [Index(name: "ix_\(name)", definition: "USING btree (id)")],
            triggers: [Trigger(name: "tr", definition: "…")], policies: [Policy(name: "p")])
    }

    /// The same catalog without the parts of its tables.
    static let changed: Catalog = {
        var catalog = Catalog(tables: Self.catalog.tables)
        for index in catalog.tables.indices {
            catalog.tables[index].columns.removeAll { $0.name == "legacy_a" }
            catalog.tables[index].constraints = []
            catalog.tables[index].indexes = []
            catalog.tables[index].triggers = []
            catalog.tables[index].policies = []
            catalog.tables[index].definition? += "!"
        }
        return catalog
    }()

    static func compare(_ rules: [String], baseline: Baseline? = nil) throws -> SchemaComparison {
        let rules = try rules.map { try IgnoreRule(parsing: $0) }
        return SchemaComparison(
            SchemaSides(
                live: changed, migrations: .init(expected: catalog, heads: nil, managed: Set(catalog.keys))),
            options: ComparisonOptions(ignore: rules, baseline: baseline))
    }

    @Test(arguments: [
        ("table:audit_*", ["audit_log.legacy_a", "audit_log.ck", "ix_audit_log", "audit_log.tr", "audit_log.p"]),
        (
            "table:other.*",
            [
                "other.audit_log.legacy_a", "other.audit_log.ck", "other.ix_audit_log", "other.audit_log.tr",
                "other.audit_log.p",
            ]
        ),
        ("index:public.ix_*", ["\"ix_Odd.Name\"", "ix_audit_log", "ix_users"]), ("index:ix_users", ["ix_users"]),
        ("column:users.legacy_?", ["users.legacy_a"]), ("column:other.*.legacy*", ["other.audit_log.legacy_a"]),
        ("column:\"Odd.Name\".*", ["\"Odd.Name\".legacy_a"]), ("column:Odd.Name.*", []),
        ("constraint:*.ck", ["audit_log.ck", "users.ck", "\"Odd.Name\".ck"]), ("trigger:users.tr", ["users.tr"]),
        ("policy:users.*", ["users.p"]), ("view:*", ["v"]), ("sequence:s", ["s"]), ("sequence:*.s", ["s", "other.s"]),
        ("type:mood", ["mood"]), ("function:area", ["area(numeric, public.mood)"]),
        ("function:public.area(*, public.mood)", ["area(numeric, public.mood)"]), ("function:area(text)", []),
        ("extension:cite*", ["citext"]),
        (
            "schema:other",
            [
                "other", "other.audit_log.legacy_a", "other.audit_log.ck", "other.ix_audit_log",
                "other.audit_log.tr", "other.audit_log.p", "other.s",
            ]
        ),
        (
            "*:other.*",
            [
                "other", "other.audit_log.legacy_a", "other.audit_log.ck", "other.ix_audit_log",
                "other.audit_log.tr", "other.audit_log.p", "other.s",
            ]
        ),
        ("*:users", ["users.legacy_a", "users.ck", "ix_users", "users.tr", "users.p"]),
        ("*:users.legacy_a", ["users.legacy_a"]), ("*:public.users.p", ["users.p"]), ("*:s", ["s"]),
        ("*:citext", ["citext"]), ("table:nothing", []), ("table:AUDIT_*", []), ("table:\"audit_*\"", []),
    ])
    func whatARuleCovers(text: String, objects: [String]) throws {
        let all = try Self.compare([])
        let comparison = try Self.compare([text])
        #expect(Set(comparison.ignored.map(\.difference.object)) == Set(objects))
        #expect(comparison.ignored.allSatisfy { $0.rule == text })
        #expect(comparison.differences.count + comparison.ignored.count == all.differences.count)
        #expect(Set(comparison.differences).isDisjoint(with: comparison.ignored.map(\.difference)))
        // Ignored columns are not listed as missing.
        #expect(!comparison.missingColumns.contains { objects.contains("\($0.table).\($0.column)") })
    }

    @Test(arguments: [
        ("audit_*", SchemaError.Code.noKind), ("tables:a", .unknownKind("tables")), (":a", .unknownKind("")),
        ("table:", .emptyName), ("table:a.", .emptyName), ("column:.a", .emptyName), ("table:\"\"", .emptyName),
        ("table:\"a", .openQuote), ("table: a", .surroundedBySpace), ("table:a ", .surroundedBySpace),
        ("table:a.b.c", .names(1...2, .table)), ("column:a", .names(2...3, .column)),
        ("extension:a.b", .names(1...1, .extension)), ("*:a.b.c.d", .names(1...3, .any)),
    ])
    func malformedRules(text: String, code: SchemaError.Code) {
        let error = #expect(throws: SchemaError.self) { try IgnoreRule(parsing: text) }
        #expect(error?.rule == text)
        #expect(error?.code == code)
        #expect(error?.description.contains("'\(text)'") == true)
    }

    @Test func aRuleIsEncodedAsItsText() throws {
        let rules = try JSONDecoder().decode([IgnoreRule].self, from: Data(#"["table:a.\"B c\"", "*:x"]"#.utf8))
        #expect(rules.map(\.text) == ["table:a.\"B c\"", "*:x"])
        #expect(try JSONDecoder().decode([IgnoreRule].self, from: JSONEncoder().encode(rules)) == rules)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([IgnoreRule].self, from: Data(#"["x"]"#.utf8)) }
    }

    @Test func manyStarsMatchQuickly() throws {
        let rule = String(repeating: "*a", count: 40)
        #expect(try Self.compare(["table:\(rule)b"]).ignored.isEmpty)
    }

    @Test func aBaselineAcceptsTheDifferencesItWasMadeFrom() throws {
        let all = try Self.compare([])
        let baseline = Baseline(accepting: all.differences, createdAt: "2025-01-01T00:00:00Z", note: "by hand")
        let comparison = try Self.compare([], baseline: baseline)
        #expect(comparison.differences.isEmpty)
        #expect(comparison.missingColumns.isEmpty)
        #expect(comparison.accepted == all.differences)
        #expect(!comparison.isBreaking && all.isBreaking)
    }

    @Test func aFurtherChangeIsReportedAgain() throws {
        let column = { (type: String) in
            Catalog(tables: [
                Table(
                    schema: "public", name: "t", kind: .table, columns: [Column(name: "c", type: type, nullable: true)])
            ])
        }
        let compare = { (live: String, expected: String, baseline: Baseline?) in
            BlameTests.compare(
                live: column(live), expected: column(expected), models: nil,
                options: ComparisonOptions(baseline: baseline))
        }
        let baseline = Baseline(accepting: compare("text", "uuid", nil).differences, createdAt: "")
        #expect(compare("text", "uuid", baseline).differences.isEmpty)
        #expect(compare("bytea", "uuid", baseline).differences.count == 1)
        #expect(compare("text", "inet", baseline).differences.count == 1)
        #expect(compare("uuid", "uuid", baseline).accepted.isEmpty)
    }

    @Test func aBaselineIsReadable() throws {
        let difference = SchemaDifference(
            kind: .type, object: "t.c", models: "uuid", migrations: "uuid", live: "text", blame: .drift, breaking: true)
        let baseline = Baseline(
            accepting: [difference, difference], createdAt: "2025-01-01T00:00:00Z", note: "on purpose")
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        let json = try encoder.encode(baseline)
        #expect(
            String(decoding: json, as: UTF8.self) == """
                {
                  "accepted" : [
                    {
                      "kind" : "type",
                      "live" : "text",
                      "migrations" : "uuid",
                      "object" : "t.c"
                    }
                  ],
                  "createdAt" : "2025-01-01T00:00:00Z",
                  "note" : "on purpose",
                  "version" : 1
                }
                """)
        #expect(try JSONDecoder().decode(Baseline.self, from: json) == baseline)
        let later = Data(#"{"version": 2, "createdAt": "", "accepted": []}"#.utf8)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(Baseline.self, from: later) }
    }
}
