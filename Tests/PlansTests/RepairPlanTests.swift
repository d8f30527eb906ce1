import Diagnosis
import Revisions
import Schema
import Testing

@testable import Plans

/// Repairs as plans and as statements.
@Suite struct RepairPlanTests {
    private static func delete(_ row: String?) -> RowChange { RowChange(row: row, action: "delete", reason: "r") }

    struct Case: Sendable {
        var changes: [RowChange], before: [String?], expected: [VersionTableChange]
    }

    static let cases = [
        Case(changes: [], before: ["a"], expected: []),
        Case(changes: [delete("a")], before: ["a", "b"], expected: [VersionTableChange(kind: .delete, row: "a")]),
        // One statement deletes all rows of a value, or all but one.
        Case(
            changes: [delete(nil), delete(nil)], before: [nil, "b", nil],
            expected: [VersionTableChange(kind: .delete, row: nil)]),
        Case(
            changes: [delete("b"), delete("b")], before: ["b", "b", "b"],
            expected: [VersionTableChange(kind: .delete, row: "b", keepOne: true)]),
        Case(
            changes: [delete("b")], before: ["b", "b"],
            expected: [VersionTableChange(kind: .delete, row: "b", keepOne: true)]),
        // Deletions come first, regardless of the order of the changes.
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
    func theInverseRestoresTheRows(from: [String?], to: [String?]) {
        var rows = to
        for change in RepairRecord(before: from, after: to).inverse {
            switch change.kind {
            case .delete:
                let index = rows.firstIndex(of: change.row)
                #expect(index != nil)
                if let index { rows.remove(at: index) }
            case .insert: rows.append(change.to)
            case .update: Issue.record("the inverse contains an update")
            }
        }
        func sorted(_ rows: [String?]) -> [String] { rows.map { $0 ?? "\u{0}" }.sorted() }
        #expect(sorted(rows) == sorted(from))
    }

    private static let graph = RevisionGraph(
        revisions: [("a", []), ("b", ["a"]), ("c", ["b"])].map {
            Revision(
                id: $0.0, down: $0.1, dependsOn: [], labels: [], file: "\($0.0).py", doc: "", source: .static)
        }, problems: [])

    private static func plan(
        _ presence: VersionTableFacts.Presence, to target: [String]? = nil, schema: String = "public"
    ) throws(PlansError) -> RepairPlan {
        try RepairPlan(
            VersionTableFacts(schema: schema, presence: presence, columnWidth: 32), graph: graph, to: target)
    }

    @Test func aPlanHasAnIdAndStatements() throws {
        let plan = try Self.plan(.table(rows: ["a", "b"]))
        guard case .planned(_, let after) = plan.repair else {
            Issue.record("no repair is planned")
            return
        }
        #expect(after == ["b"])
        #expect(plan.id?.count == 16)
        #expect(plan.sql.first == "BEGIN" && plan.sql.last == "COMMIT")
        #expect(plan.sql.contains { $0.hasPrefix("DELETE FROM public.alembic_version") })
        #expect(plan.update?.expectation == .rows(["a", "b"]))
    }

    @Test func theIdDependsOnTableRowsAndTarget() throws {
        let ids = [
            try Self.plan(.table(rows: ["a", "b"])).id, try Self.plan(.table(rows: ["a", "b"]), schema: "app").id,
            try Self.plan(.table(rows: ["b", "a", "a"])).id, try Self.plan(.table(rows: ["a", "b"]), to: ["c"]).id,
            try Self.plan(.missing, to: ["c"]).id, try Self.plan(.table(rows: []), to: ["c"]).id,
            try Self.plan(.table(rows: [nil]), to: ["c"]).id, try Self.plan(.table(rows: ["NULL"]), to: ["c"]).id,
        ]
        #expect(ids.allSatisfy { $0 != nil })
        #expect(Set(ids).count == ids.count)
        #expect(try Self.plan(.table(rows: ["a", "b"])).id == ids[0])
    }

    @Test func nothingToApplyHasNoId() throws {
        for plan in [try Self.plan(.table(rows: ["b"])), try Self.plan(.missing), try Self.plan(.table(rows: ["zz"]))] {
            #expect(plan.id == nil && plan.update == nil && plan.sql.isEmpty)
        }
    }

    @Test func tablesThatCannotBeRead() {
        func code(_ presence: VersionTableFacts.Presence) -> PlansError.Code? {
            do {
                _ = try Self.plan(presence, to: ["c"])
                return nil
            } catch {
                return error.code
            }
        }
        #expect(code(.denied(message: "permission denied")) == .permissionDenied)
        #expect(code(.other(kind: "view")) == .precondition)
    }
}
