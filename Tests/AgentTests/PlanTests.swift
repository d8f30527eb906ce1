import Diagnosis
import Postgres
import Revisions
import Schema
import Testing
import Wire

@testable import Agent

/// What a migration and a repair would do, decided from facts alone.
@Suite struct PlanTests {
    /// a → b → d and a → c → d, then e.
    private static let graph = graph([("a", []), ("b", ["a"]), ("c", ["a"]), ("d", ["b", "c"]), ("e", ["d"])])

    private static func graph(_ revisions: [(String, [String])]) -> RevisionGraph {
        RevisionGraph(
            revisions: revisions.map {
                Revision(
                    id: $0.0, down: $0.1, dependsOn: [], labels: [], file: "versions/\($0.0).py", doc: $0.0,
                    source: .static)
            }, problems: [])
    }

    private static func reading(
        _ presence: VersionTableFacts.Presence, tables: Int = 2, width: Int? = 32
    ) -> DatabaseReading {
        DatabaseReading(
            server: ServerFacts(version: "15.4"),
            versionTable: VersionTableFacts(schema: "public", presence: presence, columnWidth: width),
            applicationTables: (0..<tables).map { TableName(schema: "public", name: "t\($0)") },
            catalog: Catalog(tables: []))
    }

    private static func plan(
        _ rows: [String?], to: [String] = ["heads"], graph: RevisionGraph = graph, hash: String = "h"
    ) throws(WireError) -> MigrationPlan {
        try MigrationPlan(to: to, graph: graph, database: reading(.table(rows: rows)), contentHash: hash)
    }

    private static func code(_ body: () throws -> Void) -> ErrorCode? {
        do {
            try body()
            return nil
        } catch {
            return (error as? WireError)?.code
        }
    }

    @Test(arguments: [
        (["a"], ["heads"], ["b", "c", "d", "e"], ["e"]), (["b"], ["heads"], ["c", "d", "e"], ["e"]),
        (["b", "c"], ["d"], ["d"], ["d"]), (["a"], ["b"], ["b"], ["b"]), (["c"], ["b"], ["b"], ["b", "c"]),
        (["e"], ["heads"], [], ["e"]), (["d"], ["+1"], ["e"], ["e"]),
    ]) func steps(rows: [String], to: [String], steps: [String], after: [String]) throws {
        let plan = try Self.plan(rows, to: to)
        #expect(plan.from == rows)
        #expect(plan.steps == steps)
        #expect(plan.to == after)
    }

    @Test func aFreshDatabaseStartsAtTheBase() throws {
        for presence in [VersionTableFacts.Presence.missing, .table(rows: [])] {
            let plan = try MigrationPlan(
                to: ["heads"], graph: Self.graph, database: Self.reading(presence, tables: 0), contentHash: "h")
            #expect(plan.from.isEmpty)
            #expect(plan.steps == ["a", "b", "c", "d", "e"])
        }
    }

    @Test func refusals() {
        func refusal(_ presence: VersionTableFacts.Presence, tables: Int = 2) -> ErrorCode? {
            Self.code {
                _ = try MigrationPlan(
                    to: ["heads"], graph: Self.graph, database: Self.reading(presence, tables: tables), contentHash: "h"
                )
            }
        }
        #expect(refusal(.missing) == .precondition)
        #expect(refusal(.table(rows: [])) == .precondition)
        #expect(refusal(.other(kind: "view"), tables: 0) == .precondition)
        #expect(refusal(.denied(message: "no"), tables: 0) == .permissionDenied)
        for rows in [["a", "e"], ["a", "a"], ["a "], [nil], ["zz"], ["head"]] as [[String?]] {
            #expect(refusal(.table(rows: rows)) == .precondition, "\(rows)")
        }
        #expect(Self.code { _ = try Self.plan(["a"], to: ["zz"]) } == .badParams)
        let broken = Self.graph([("a", ["missing"])])
        #expect(Self.code { _ = try Self.plan(["a"], graph: broken) } == .projectInvalid)
    }

    /// An id that does not fit is found before anything runs; only those that would be written count.
    @Test func width() {
        let long = String(repeating: "x", count: 33)
        let graph = Self.graph([("a", []), (long, ["a"]), ("z", [long])])
        func refusal(_ presence: VersionTableFacts.Presence, to: String, width: Int?) -> ErrorCode? {
            Self.code {
                _ = try MigrationPlan(
                    to: [to], graph: graph, database: Self.reading(presence, tables: 0, width: width), contentHash: "h")
            }
        }
        #expect(refusal(.table(rows: ["a"]), to: "heads", width: 32) == .precondition)
        #expect(refusal(.missing, to: "heads", width: nil) == .precondition)
        #expect(refusal(.table(rows: ["a"]), to: "heads", width: 33) == nil)
        #expect(refusal(.table(rows: ["a"]), to: "heads", width: nil) == nil)
        #expect(refusal(.table(rows: []), to: "a", width: 32) == nil)
    }

    @Test func theIdNamesRowsStepsAndScripts() throws {
        let id = try Self.plan(["a"]).id
        #expect(try Self.plan(["a"]).id == id)
        #expect(try Self.plan(["b"]).id != id)
        #expect(try Self.plan(["a"], to: ["b"]).id != id)
        #expect(try Self.plan(["a"], hash: "other").id != id)
        #expect(id.count == 16)
    }
}

/// Repairs as plans and as statements.
@Suite struct RepairPlanTests {
    private static func delete(_ row: String?) -> RowChange { RowChange(row: row, action: "delete", reason: "r") }

    struct Case: Sendable {
        var changes: [RowChange], before: [String?], expected: [VersionTableChange]
    }

    static let cases = [
        Case(changes: [], before: ["a"], expected: []),
        Case(changes: [delete("a")], before: ["a", "b"], expected: [VersionTableChange(kind: .delete, row: "a")]),
        // One statement takes all rows of a value, or all but one.
        Case(
            changes: [delete(nil), delete(nil)], before: [nil, "b", nil],
            expected: [VersionTableChange(kind: .delete, row: nil)]),
        Case(
            changes: [delete("b"), delete("b")], before: ["b", "b", "b"],
            expected: [VersionTableChange(kind: .delete, row: "b", keepOne: true)]),
        Case(
            changes: [delete("b")], before: ["b", "b"],
            expected: [VersionTableChange(kind: .delete, row: "b", keepOne: true)]),
        // Deletions come first, whatever the order of the changes.
        Case(
            changes: [RowChange(row: "b ", action: "update", reason: "r", to: "b"), delete("a")], before: ["b ", "a"],
            expected: [
                VersionTableChange(kind: .delete, row: "a"), VersionTableChange(kind: .update, row: "b ", to: "b"),
            ]),
        Case(
            changes: [RowChange(row: "b", action: "insert", reason: "r", to: "b"), delete("zz")], before: ["zz"],
            expected: [VersionTableChange(kind: .delete, row: "zz"), VersionTableChange(kind: .insert, to: "b")]),
    ]

    @Test(arguments: cases) func statements(_ entry: Case) {
        #expect(RepairPlan.statements(entry.changes, before: entry.before) == entry.expected)
    }

    @Test(
        arguments: [
            (["a"], ["a"]), (["a", "b"], ["b"]), ([nil, "b", "b"], ["b"]), (["b "], ["b"]), ([], ["b"]),
        ] as [([String?], [String?])])
    func theInverseLeadsBack(from: [String?], to: [String?]) {
        var rows = to
        for change in RepairRecord(from: from, to: to).inverse {
            switch change.kind {
            case .delete:
                let index = rows.firstIndex(of: change.row)
                #expect(index != nil)
                if let index { rows.remove(at: index) }
            case .insert: rows.append(change.to)
            case .update: Issue.record("an inverse needs no update")
            }
        }
        func sorted(_ rows: [String?]) -> [String] { rows.map { $0 ?? "\u{0}" }.sorted() }
        #expect(sorted(rows) == sorted(from))
    }
}
