import FoundationEssentials
import Schema
import Testing

@Suite("History of a schema")
struct HistoryTests {
    static let version = TableName(schema: "public", name: "alembic_version")

    static func table(_ name: String, _ columns: String..., schema: String = "public") -> Table {
        Table(
            schema: schema, name: name, kind: .table,
            columns: columns.map { Column(name: $0, type: "text", nullable: true) })
    }

    static func catalog(_ tables: Table...) -> Catalog {
        Catalog(
            serverVersion: 150_010, schemas: ["public"], tables: tables + [table("alembic_version", "version_num")])
    }

    /// Five revisions: create two tables, add a column, do nothing, drop a table, create it again.
    static let history: SchemaHistory = {
        var history = SchemaHistory(base: Catalog(schemas: ["public"], tables: []), versionTables: [version])
        let steps: [(String, Catalog)] = [
            ("r1", catalog(table("users", "id"), table("old", "id"))),
            ("r2", catalog(table("users", "id", "email"), table("old", "id"))),
            ("r3", catalog(table("users", "id", "email"), table("old", "id"))),
            ("r4", catalog(table("users", "id", "email"))),
            ("r5", catalog(table("users", "id"), table("old", "id", "new"))),
        ]
        for (revision, catalog) in steps { history.append(revision: revision, rows: [revision], catalog: catalog) }
        return history
    }()

    @Test func everyCatalogIsRestored() {
        let tables = (0...5).map { Self.history.catalog(at: $0).tables.map(\.name) }
        #expect(tables == [[], ["old", "users"], ["old", "users"], ["old", "users"], ["users"], ["old", "users"]])
        #expect(Self.history.catalog(at: 2).tables[1].columns.map(\.name) == ["id", "email"])
        #expect(Self.history.catalog(at: 0) == Self.history.base)
        #expect(Self.history.last == Self.history.catalog(at: 5))
        #expect(Self.history.serverVersion == 150_010)
    }

    @Test func rowsAreSorted() {
        var history = Self.history
        history.append(revision: "m", rows: ["b", "a"], catalog: Self.history.last)
        #expect(history.steps.last?.rows == ["a", "b"])
    }

    @Test func managedIsEveryObjectThatASnapshotContained() {
        let names = Self.history.managed.filter { $0.category == .relation }.map(\.name).sorted()
        #expect(names == ["old", "users"])
        #expect(Self.history.managed.contains(ObjectKey(.schema, name: "public")))
        #expect(Self.history.steps.filter(\.change.isEmpty).map(\.revision) == ["r3"])
    }

    @Test func afterAFailureNothingIsKnown() throws {
        var history = Self.history
        history.fail(revision: "r6", message: "relation \"x\" does not exist")
        history.append(revision: "r7", rows: ["r7"], catalog: Self.catalog())
        history.fail(revision: "r8", message: "later")
        #expect(history.failure == .init(revision: "r6", message: "relation \"x\" does not exist"))
        #expect(history.unknown == ["r7", "r8"])
        #expect(history.steps == Self.history.steps)
        #expect(try Self.coded(history) == history)
    }

    static func coded(_ history: SchemaHistory) throws -> SchemaHistory {
        try JSONDecoder().decode(SchemaHistory.self, from: JSONEncoder().encode(history))
    }

    /// Two branches that run one after the other: the replay never has these rows.
    @Test func changesOfBranchesAreCombined() {
        var history = SchemaHistory()
        let (root, a1, a2) = (Self.table("root", "id"), Self.table("a", "id"), Self.table("a", "id", "x"))
        let (b1, b2) = (Self.table("b", "id"), Self.table("b", "id", "y"))
        let steps: [(String, [String], [Table])] = [
            ("root", ["root"], [root]), ("a1", ["a1"], [root, a1]), ("a2", ["a2"], [root, a2]),
            ("b1", ["a2", "b1"], [root, a2, b1]), ("b2", ["a2", "b2"], [root, a2, b2]),
        ]
        for (revision, rows, tables) in steps {
            history.append(revision: revision, rows: rows, catalog: Catalog(serverVersion: 15, tables: tables))
        }
        #expect(!history.steps.contains { $0.rows == ["a1", "b2"] })
        let built = history.catalog(containing: ["root", "a1", "b1", "b2"])
        #expect(built == Catalog(serverVersion: 15, tables: [root, a1, b2]))
        #expect(history.catalog(containing: ["root", "b1"]) == Catalog(serverVersion: 15, tables: [root, b1]))
        #expect(history.catalog(containing: Set(steps.map(\.0))) == history.last)
        #expect(history.catalog(containing: []) == history.base)
        #expect(history.catalog(containing: ["root", "unknown"]) == nil)
        // Both branches change one table: the snapshot after the second contains the first one's change.
        history.append(
            revision: "b3", rows: ["a2", "b3"],
            catalog: Catalog(serverVersion: 15, tables: [root, Self.table("a", "z"), b2]))
        #expect(history.catalog(containing: ["root", "b1", "b2", "b3"]) == nil)
        #expect(history.catalog(containing: ["root", "a1", "b1"]) != nil)
    }

    /// A change that the caller knows is the same step as the catalog after it; the version table is left out.
    @Test func knownChangesAreAppended() {
        var history = SchemaHistory(base: Catalog(schemas: ["public"], tables: []), versionTables: [Self.version])
        var before = history.base
        for step in 0..<Self.history.steps.count {
            var after = Self.history.catalog(at: step + 1)
            if step != 3 { after.tables.append(Self.table("alembic_version", "v\(step)")) }
            let change = CatalogChange(from: before, to: after)
            history.append(revision: "r\(step + 1)", rows: ["r\(step + 1)"], change: change)
            before = after
        }
        #expect(history == Self.history)
        history.append(revision: "r6", rows: ["r6"], catalog: history.last)
        #expect(history.steps.last?.change.isEmpty == true)
        history.fail(revision: "r7", message: "no")
        history.append(revision: "r8", rows: ["r8"], change: CatalogChange())
        #expect(history.unknown == ["r8"] && history.steps.count == 6)
    }

    /// A series of random catalogs: each is restored from the changes, also after encoding and decoding.
    @Test(arguments: 0..<8) func randomHistoriesAreRestored(seed: Int) throws {
        var history = SchemaHistory()
        var catalogs = [Catalog(tables: [])]
        var random = SeededGenerator(seed: seed)
        for step in 0..<25 {
            // One change, made or undone, or another database.
            var catalog = RandomComparisonTests.catalog(random.oneIn(5) ? seed + step : seed)
            if random.oneIn(2) { _ = random.pick(CatalogMutation.all).apply(&catalog, &random) }
            // Sorted again, as a reader returns it.
            catalog = Catalog(
                serverVersion: catalog.serverVersion, schemas: catalog.schemas, tables: catalog.tables,
                sequences: catalog.sequences, types: catalog.types, routines: catalog.routines,
                extensions: catalog.extensions)
            catalogs.append(catalog)
            history.append(revision: "r\(step)", rows: ["r\(step)"], catalog: catalog)
        }
        let decoded = try Self.coded(history)
        #expect(decoded == history)
        for (position, catalog) in catalogs.enumerated() {
            #expect(Self.text(decoded.catalog(at: position)) == Self.text(catalog), "step \(position)")
        }
        var longer = decoded
        longer.append(revision: "x", rows: ["x"], catalog: catalogs[25])
        #expect(longer.steps.last?.change.isEmpty == true)
    }

    /// Sorted byte by byte, because canonically equivalent names have no defined order in a catalog.
    static func text(_ catalog: Catalog) -> [String] {
        let lists: [[Any]] = [
            catalog.schemas, catalog.tables, catalog.sequences, catalog.types, catalog.routines, catalog.extensions,
        ]
        return lists.flatMap { $0.map { String(describing: $0) } }.sorted {
            $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars)
        }
    }

    @Test func aChangeListsWhatItPutsAndRemoves() {
        let before = Self.catalog(Self.table("a", "id"), Self.table("b", "id"))
        let after = Self.catalog(Self.table("b", "id", "x"), Self.table("c", "id"))
        let change = CatalogChange(from: before, to: after)
        #expect(change.put.tables.map(\.name) == ["b", "c"])
        #expect(change.removed == [ObjectKey(.relation, schema: "public", name: "a")])
        #expect(!change.isEmpty)
        #expect(CatalogChange(from: after, to: after).isEmpty)
        let (composed, decomposed) = (Self.table("caf\u{e9}"), Self.table("cafe\u{301}"))
        let renamed = CatalogChange(from: Self.catalog(composed), to: Self.catalog(decomposed))
        #expect(renamed.put.tables.count == 1 && renamed.removed.count == 1)
    }
}
