import Diagnosis
import Plans
import Revisions
import Schema
import Support
import Testing
import Wire

@testable import Jobs

/// Plans in the protocol's form.
@Suite struct PlanResultTests {
    private static func repair(
        _ presence: VersionTableFacts.Presence, graph: RevisionGraph = PlanningFixture.graph, to target: [String]? = nil
    ) throws -> (plan: RepairPlan, result: FixVersion.Result) {
        let plan = try RepairPlan(
            VersionTableFacts(schema: "public", presence: presence, columnWidth: 32), graph: graph, to: target)
        return (plan, FixVersion.Result(plan))
    }

    @Test func aPlannedRepair() throws {
        let (plan, result) = try Self.repair(.table(rows: ["a", nil, " c "]))
        #expect(result.state == .planned && result.plan == plan.id && result.plan?.count == 16)
        #expect(result.before == ["a", nil, " c "] && result.after == ["c"])
        #expect(result.changes.map(\.action) == ["delete", "delete", "update"])
        #expect(result.changes.map(\.row) == ["a", nil, " c "] && result.changes.map(\.to) == [nil, nil, "c"])
        #expect(result.changes.allSatisfy { !$0.reason.isEmpty })
        #expect(result.sql == plan.sql && !result.sql.isEmpty)
        #expect(result.repair == nil && result.reason == nil && result.candidates.isEmpty)
    }

    @Test func legitimateRowsNeedNothing() throws {
        let result = try Self.repair(.table(rows: ["c"])).result
        #expect(result.state == .nothingToDo && result.before == ["c"] && result.after == ["c"])
        #expect(result.plan == nil && result.changes.isEmpty && result.sql.isEmpty && result.reason == nil)
    }

    @Test(
        arguments: [
            (.table(rows: ["zz"]), nil, "zz"), (.missing, nil, "missing"), (.table(rows: []), nil, "empty"),
            (.table(rows: ["a"]), ["zz"], "zz"), (.table(rows: ["a"]), ["b", "c"], "ancestor"),
        ] as [(VersionTableFacts.Presence, [String]?, String)])
    func refusedRepairs(presence: VersionTableFacts.Presence, target: [String]?, says: String) throws {
        let (plan, result) = try Self.repair(presence, to: target)
        #expect(result.state == .refused && result.before == plan.before && result.after == nil)
        #expect(result.reason?.contains(says) == true)
        #expect(result.plan == nil && result.changes.isEmpty && result.sql.isEmpty)
    }

    @Test func aPersonHasToChoose() throws {
        let result = try Self.repair(.table(rows: [nil])).result
        #expect(result.state == .ambiguous && result.before == [nil] && result.after == nil)
        #expect(result.reason?.contains("--to REVISION") == true && result.plan == nil && result.sql.isEmpty)
    }

    /// Scripts that cannot be used come before any choice.
    @Test func aBrokenGraphIsRefused() throws {
        let result = try Self.repair(.table(rows: ["a"]), graph: RevisionGraph("a", "b:gone"), to: ["a"]).result
        #expect(result.state == .refused && result.reason?.hasPrefix("Correct the revision scripts first") == true)
    }

    // MARK: Alignment

    private static func alignment(expected: [String], differences: [SchemaDifference] = []) throws -> AlignmentPlan {
        try AlignmentPlan(
            expected: PlanningFixture.catalog(expected), live: PlanningFixture.catalog(["id"]),
            differences: differences, defaultSchema: "public")
    }

    @Test func columnsToAdd() throws {
        let plan = try Self.alignment(expected: ["id", "name", "Mail"])
        let result = Align.Result(plan)
        #expect(result.state == .planned && result.plan == plan.id && result.plan != nil)
        #expect(
            result.columns == [
                Align.Column(schema: "public", table: "users", column: "name", type: "text"),
                Align.Column(schema: "public", table: "users", column: "Mail", type: "text"),
            ])
        #expect(result.sql.count == 2 && result.sql.allSatisfy { $0.contains("ADD COLUMN IF NOT EXISTS") })
        #expect(result.sql.last?.contains("\"Mail\"") == true && result.advice.isEmpty)
    }

    @Test func nothingToAdd() throws {
        let result = Align.Result(try Self.alignment(expected: ["id"]))
        #expect(result.state == .nothingToDo && result.plan == nil && result.columns.isEmpty && result.sql.isEmpty)
    }

    /// Advice alone is not a plan: there is nothing that `apply` would do.
    @Test func adviceWithoutColumns() throws {
        let difference = SchemaDifference(
            kind: .missingColumn, object: "public.users.extra", models: "text", breaking: true)
        let plan = try Self.alignment(expected: ["id"], differences: [difference])
        let result = Align.Result(plan)
        #expect(result.state == .nothingToDo && result.plan == nil)
        #expect(result.advice.map(\.object) == ["public.users.extra"])
        #expect(result.advice.map(\.reason) == plan.advice.map(\.reason))
    }
}
