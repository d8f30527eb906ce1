import Schema
import Testing

@testable import Plans

/// Which columns would be added, decided from two catalogs.
@Suite struct AlignmentPlanTests {
    private static func table(_ name: String, _ columns: [Column], kind: Table.Kind = .table) -> Table {
        Table(schema: "public", name: name, kind: kind, columns: columns)
    }

    private static func plan(
        _ expected: [Table]?, _ live: [Table], _ differences: [SchemaDifference] = []
    ) throws(PlansError) -> AlignmentPlan {
        try AlignmentPlan(
            expected: expected.map { Catalog(tables: $0) }, live: Catalog(tables: live), differences: differences,
            defaultSchema: "public")
    }

    private static let id = Column(name: "id", type: "integer", nullable: true)

    @Test func missingColumnsAreAdded() throws {
        let expected = [
            Self.table("users", [Self.id, Column(name: "Name", type: "character varying(20)", nullable: true)]),
            Self.table("gone", [Self.id]), Self.table("same", [Self.id]),
        ]
        let plan = try Self.plan(expected, [Self.table("users", [Self.id]), Self.table("same", [Self.id])])
        #expect(plan.columns.map(\.column) == ["Name"])
        #expect(
            plan.columns.first?.statement
                == "ALTER TABLE public.users ADD COLUMN IF NOT EXISTS \"Name\" character varying(20)")
        #expect(plan.id?.count == 16)
        #expect(plan.advice.isEmpty)
    }

    @Test func nothingIsMissing() throws {
        let tables = [Self.table("users", [Self.id])]
        let plan = try Self.plan(tables, tables)
        #expect(plan.columns.isEmpty && plan.id == nil)
    }

    @Test func anUnknownExpectationIsRefused() {
        #expect(throws: PlansError.self) { try Self.plan(nil, []) }
    }

    /// PostgreSQL computes such columns; a plain column in their place would be wrong.
    @Test func computedColumnsAreAdvice() throws {
        var generated = Column(name: "total", type: "integer", nullable: true)
        generated.generated = "a + b"
        let plan = try Self.plan([Self.table("t", [Self.id, generated])], [Self.table("t", [Self.id])])
        #expect(plan.columns.isEmpty)
        #expect(plan.advice.map(\.object) == ["t.total"])
    }

    /// A column that only the models have belongs into a revision.
    @Test func columnsOfTheModelsAreAdvice() throws {
        var difference = SchemaDifference(
            kind: .missingColumn, object: "public.t.x", models: "integer", breaking: true)
        difference.blame = .missingMigration
        let tables = [Self.table("t", [Self.id])]
        let plan = try Self.plan(tables, tables, [difference])
        #expect(plan.columns.isEmpty)
        #expect(plan.advice.map(\.object) == ["public.t.x"])
        #expect(plan.advice.first?.reason.contains("write a revision") == true)
    }

    /// An empty column beside the one with the values would be wrong.
    @Test func renamedColumnsAreAdvice() throws {
        let difference = SchemaDifference(
            kind: .missingColumn, object: "t.title", migrations: "text", blame: .drift, breaking: true,
            renamedTo: "name")
        let column = { (name: String) in Column(name: name, type: "text", nullable: true) }
        let plan = try Self.plan(
            [Self.table("t", [Self.id, column("title"), column("note")])],
            [Self.table("t", [Self.id, column("name")])],
            [difference])
        #expect(plan.columns.map(\.column) == ["note"])
        #expect(plan.advice.map(\.object) == ["t.title"])
        #expect(plan.advice.first?.reason == "perhaps renamed to name: ALTER TABLE t RENAME COLUMN name TO title;")
    }

    /// Views store no rows, and a partition takes its columns from its parent.
    @Test func onlyTablesWithRowsOfTheirOwn() throws {
        let live = [Self.table("v", [Self.id], kind: .view)]
        let plan = try Self.plan(
            [Self.table("v", [Self.id, Column(name: "x", type: "text", nullable: true)], kind: .view)], live)
        #expect(plan.columns.isEmpty)
    }

    @Test func missingAfterwards() throws {
        let expected = [Self.table("t", [Self.id, Column(name: "x", type: "text", nullable: true)])]
        let plan = try Self.plan(expected, [Self.table("t", [Self.id])])
        #expect(Catalog(tables: expected).missing(plan.columns).isEmpty)
        #expect(Catalog(tables: [Self.table("t", [Self.id])]).missing(plan.columns) == plan.columns)
        #expect(Catalog(tables: []).missing(plan.columns) == plan.columns)
    }

    /// The time of a plan grows with the number of tables, and not with its square.
    @Test func manyTables() throws {
        func time(_ count: Int) throws -> Duration {
            let columns = (0..<8).map { Column(name: "c\($0)", type: "integer", nullable: true) }
            let expected = Catalog(tables: (0..<count).map { Self.table("table_\($0)", columns) })
            let live = Catalog(tables: (0..<count).map { Self.table("table_\($0)", columns.dropLast()) })
            let clock = ContinuousClock()
            return try (0..<5).map { _ in
                try clock.measure {
                    let plan = try AlignmentPlan(
                        expected: expected, live: live, differences: [], defaultSchema: "public")
                    #expect(plan.columns.count == count && expected.missing(plan.columns).isEmpty)
                }
            }.min() ?? .zero
        }
        let few = try time(500)
        let many = try time(8000)
        // 16 times as many tables: about 16 times as long, where a square would be 256 times.
        #expect(many < few * 64, "\(few) and \(many)")
    }

    /// PostgreSQL allows 1,600 columns.
    @Test func manyColumns() throws {
        func columns(_ prefix: String, _ count: Int) -> [Column] {
            (0..<count).map { Column(name: "\(prefix)\($0)", type: "integer", nullable: true) }
        }
        let plan = try Self.plan(
            [Self.table("t", columns("a", 800) + columns("b", 800))], [Self.table("t", columns("a", 800))])
        #expect(plan.columns.map(\.column) == (0..<800).map { "b\($0)" })
    }
}
