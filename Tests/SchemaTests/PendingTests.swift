import Schema
import Testing

/// Which changes of the pending revisions a database has already.
@Suite("Pending revisions that a database has in part")
struct PendingTests {
    static let id = Column(name: "id", type: "integer", nullable: false)
    static let a = Column(name: "a", type: "text", nullable: true)
    static let b = Column(name: "b", type: "text", nullable: true)

    static func table(_ name: String = "t", _ columns: Column...) -> Table {
        Table(schema: "public", name: name, kind: .table, columns: columns)
    }

    static let mood = UserType(schema: "public", name: "mood", definition: .enumeration(labels: ["x"]))

    /// r1 makes t, r2 adds a and the table u, r3 changes data, r4 adds b and a type, r5 drops u.
    static let history: SchemaHistory = {
        var history = SchemaHistory()
        let catalogs = [
            ("r1", Catalog(tables: [table("t", id)])),
            ("r2", Catalog(tables: [table("t", id, a), table("u", id)])),
            ("r3", Catalog(tables: [table("t", id, a), table("u", id)])),
            ("r4", Catalog(tables: [table("t", id, a, b), table("u", id)], types: [mood])),
            ("r5", Catalog(tables: [table("t", id, a, b)], types: [mood])),
        ]
        for (revision, catalog) in catalogs { history.append(revision: revision, rows: [revision], catalog: catalog) }
        return history
    }()

    /// The comparison of a database whose rows say that the first revisions have run.
    static func compare(_ live: Catalog, after count: Int = 1) -> SchemaComparison {
        SchemaComparison(
            SchemaSides(
                live: live,
                migrations: SchemaSides.Migrations(
                    expected: history.catalog(at: count), heads: history.last, managed: history.managed,
                    applied: Array(history.steps.prefix(count)), pending: Array(history.steps.dropFirst(count)))))
    }

    static func lines(_ comparison: SchemaComparison) -> [String] {
        comparison.pending.map { revision in
            ([revision.revision + (revision.isApplied ? " applied" : "")]
                + revision.present.map { "\($0.action) \($0.object)\($0.isSame ? "" : " differs")" })
                .joined(separator: ", ")
        }
    }

    @Test(arguments: 0...5)
    func theSchemaAfterEachRevision(count: Int) {
        for rows in 0...count {
            let comparison = Self.compare(Self.history.catalog(at: count), after: rows)
            // r3 leaves no trace: it counts as applied only before a later revision that does.
            let last = count == 3 ? 2 : count
            let applied = Self.history.steps[min(rows, last)..<last].map(\.revision)
            #expect(comparison.pending.filter(\.isApplied).map(\.revision) == applied, "\(rows) of \(count)")
            #expect(comparison.pending.filter { !$0.isApplied }.isEmpty)
            #expect(comparison.differences.isEmpty)
        }
    }

    @Test func onePartOfARevision() {
        let comparison = Self.compare(Catalog(tables: [Self.table("t", Self.id, Self.a)]))
        #expect(Self.lines(comparison) == ["r2, creates t.a"])
        #expect(comparison.differences.isEmpty)
    }

    @Test func anotherDefinition() {
        var other = Self.a
        other.type = "integer"
        let comparison = Self.compare(Catalog(tables: [Self.table("t", Self.id, other)]))
        #expect(Self.lines(comparison) == ["r2, creates t.a differs"])
        #expect(comparison.differences.isEmpty)
    }

    /// A table with fewer columns than the revision makes is not the revision's.
    @Test func anotherTableOfTheSameName() {
        let live = Catalog(tables: [Self.table("t", Self.id, Self.a), Self.table("u", Self.a)])
        let comparison = Self.compare(live)
        #expect(Self.lines(comparison) == ["r2, creates t.a, creates u differs"])
        let other = Self.compare(Catalog(tables: [Self.table("t", Self.id), Self.table("u", Self.a)]))
        #expect(Self.lines(other) == ["r2, creates u differs"])
        #expect(other.differences.isEmpty)
    }

    /// r2 renames a column, r3 renames the table: a table that was renamed by hand, and lacks the column, is neither's.
    @Test func aRenameByHand() {
        var history = SchemaHistory()
        let catalogs = [
            ("r1", Self.table("old", Self.id, Self.a)), ("r2", Self.table("old", Self.id, Self.b)),
            ("r3", Self.table("new", Self.id, Self.b)),
        ]
        for (revision, table) in catalogs {
            history.append(revision: revision, rows: [revision], catalog: Catalog(tables: [table]))
        }
        func lines(_ live: Table) -> [String] {
            Self.lines(
                SchemaComparison(
                    SchemaSides(
                        live: Catalog(tables: [live]),
                        migrations: SchemaSides.Migrations(
                            expected: history.catalog(at: 1), heads: history.last, managed: history.managed,
                            applied: [history.steps[0]], pending: Array(history.steps.dropFirst())))))
        }
        #expect(!lines(Self.table("new", Self.id, Self.a)).contains { $0.contains("applied") })
        #expect(lines(Self.table("old", Self.id, Self.b)).first?.hasPrefix("r2 applied") == true)
        #expect(lines(Self.table("new", Self.id, Self.b)).filter { $0.contains("applied") }.count == 2)
        // An index that was dropped does not hide that they have run.
        var indexed = history
        var second = Self.table("u", Self.id)
        second.indexes = [Index(name: "ix", definition: "USING btree (id)", isUnique: true)]
        indexed.append(
            revision: "r4", rows: ["r4"],
            catalog: Catalog(tables: [Self.table("new", Self.id, Self.b, Self.a), second]))
        let live = Catalog(tables: [Self.table("new", Self.id, Self.b, Self.a), Self.table("u", Self.id)])
        let comparison = SchemaComparison(
            SchemaSides(
                live: live,
                migrations: SchemaSides.Migrations(
                    expected: indexed.catalog(at: 3), heads: indexed.last, managed: indexed.managed,
                    applied: Array(indexed.steps.prefix(3)), pending: [indexed.steps[3]])))
        #expect(Self.lines(comparison).first?.hasPrefix("r4 applied") == true)
        // A column by hand beside does not hide that they have run.
        let extra = Column(name: "extra", type: "text", nullable: true)
        #expect(lines(Self.table("new", Self.id, Self.b, extra)).filter { $0.contains("applied") }.count == 2)
    }

    @Test func aTypeThatADowngradeLeftBehind() {
        let comparison = Self.compare(Catalog(tables: [], types: [Self.mood]), after: 0)
        #expect(Self.lines(comparison) == ["r4, creates mood"])
        #expect(comparison.pending[0].present.map(\.sqlstate) == ["42710"])
    }

    @Test func whatIsDroppedAlready() {
        let comparison = Self.compare(Catalog(tables: [Self.table("t", Self.id, Self.a)]), after: 2)
        #expect(Self.lines(comparison) == ["r5, drops u"])
        #expect(comparison.pending[0].present.map(\.sqlstate) == ["42P01"])
        #expect(comparison.differences.isEmpty)
    }

    /// Drift of an object that no pending revision makes does not hide that one has run, and stays drift.
    @Test func driftBeside() {
        var live = Self.history.catalog(at: 2)
        live.tables[0].columns.removeFirst()
        live.tables[0].columns.append(Column(name: "extra", type: "text", nullable: true))
        let comparison = Self.compare(live)
        #expect(comparison.pending.filter(\.isApplied).map(\.revision) == ["r2"])
        #expect(comparison.differences.map(\.object) == ["t.id", "t.extra"])
        #expect(comparison.differences.map(\.blame) == [.drift, .handMade])
        #expect(comparison.differences.map(\.revision) == ["r1", nil])
    }

    @Test func anInvalidIndexOfAPendingRevision() {
        var history = SchemaHistory()
        var indexed = Self.table("t", Self.id)
        indexed.indexes = [Index(name: "ix", definition: "USING btree (id)", isUnique: true)]
        history.append(revision: "r1", rows: ["r1"], catalog: Catalog(tables: [Self.table("t", Self.id)]))
        history.append(revision: "r2", rows: ["r2"], catalog: Catalog(tables: [indexed]))
        indexed.indexes[0].isValid = false
        let comparison = SchemaComparison(
            SchemaSides(
                live: Catalog(tables: [indexed]),
                migrations: SchemaSides.Migrations(
                    expected: history.catalog(at: 1), heads: history.last, managed: history.managed,
                    applied: [history.steps[0]], pending: [history.steps[1]])))
        #expect(comparison.differences.map(\.kind) == [.indexInvalid])
        #expect(comparison.differences.map(\.revision) == ["r2"])
        #expect(comparison.pending.isEmpty)
    }
}
