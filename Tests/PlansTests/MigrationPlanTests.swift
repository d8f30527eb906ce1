import Diagnosis
import Revisions
import Schema
import Testing

@testable import Plans

/// What a migration would run, decided from values.
@Suite struct MigrationPlanTests {
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

    private static func plan(
        _ presence: VersionTableFacts.Presence, to: [String] = ["heads"], graph: RevisionGraph = graph,
        tables: Int = 2, width: Int? = 32, hash: String = "h"
    ) throws(PlansError) -> MigrationPlan {
        try MigrationPlan(
            to: to, graph: graph,
            versionTable: VersionTableFacts(schema: "public", presence: presence, columnWidth: width),
            applicationTables: (0..<tables).map { TableName(schema: "public", name: "t\($0)") }, contentHash: hash)
    }

    private static func plan(
        _ rows: [String?], to: [String] = ["heads"], graph: RevisionGraph = graph, hash: String = "h"
    ) throws(PlansError) -> MigrationPlan {
        try plan(.table(rows: rows), to: to, graph: graph, hash: hash)
    }

    private static func code(_ body: () throws(PlansError) -> Void) -> PlansError.Code? {
        do {
            try body()
            return nil
        } catch {
            return error.code
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
            let plan = try Self.plan(presence, tables: 0)
            #expect(plan.from.isEmpty)
            #expect(plan.steps == ["a", "b", "c", "d", "e"])
        }
    }

    @Test func refusals() {
        func refusal(_ presence: VersionTableFacts.Presence, tables: Int = 2) -> PlansError.Code? {
            Self.code { () throws(PlansError) in _ = try Self.plan(presence, tables: tables) }
        }
        #expect(refusal(.missing) == .precondition)
        #expect(refusal(.table(rows: [])) == .precondition)
        #expect(refusal(.other(kind: "view"), tables: 0) == .precondition)
        #expect(refusal(.denied(message: "no"), tables: 0) == .permissionDenied)
        for rows in [["a", "e"], ["a", "a"], ["a "], [nil], ["zz"], ["head"]] as [[String?]] {
            #expect(refusal(.table(rows: rows)) == .precondition, "\(rows)")
        }
        #expect(Self.code { () throws(PlansError) in _ = try Self.plan(["a"], to: ["zz"]) } == .badParams)
        let broken = Self.graph([("a", ["missing"])])
        #expect(Self.code { () throws(PlansError) in _ = try Self.plan(["a"], graph: broken) } == .projectInvalid)
    }

    /// An id that does not fit is refused before anything runs; only ids that would be written count.
    @Test func width() {
        let long = String(repeating: "x", count: 33)
        let graph = Self.graph([("a", []), (long, ["a"]), ("z", [long])])
        func refusal(_ presence: VersionTableFacts.Presence, to: String, width: Int?) -> PlansError.Code? {
            Self.code { () throws(PlansError) in
                _ = try Self.plan(presence, to: [to], graph: graph, tables: 0, width: width)
            }
        }
        #expect(refusal(.table(rows: ["a"]), to: "heads", width: 32) == .precondition)
        #expect(refusal(.missing, to: "heads", width: nil) == .precondition)
        #expect(refusal(.table(rows: ["a"]), to: "heads", width: 33) == nil)
        #expect(refusal(.table(rows: ["a"]), to: "heads", width: nil) == nil)
        #expect(refusal(.table(rows: []), to: "a", width: 32) == nil)
    }

    @Test func theIdDependsOnRowsStepsAndScripts() throws {
        let id = try Self.plan(["a"]).id
        #expect(try Self.plan(["a"]).id == id)
        #expect(try Self.plan(["b"]).id != id)
        #expect(try Self.plan(["a"], to: ["b"]).id != id)
        #expect(try Self.plan(["a"], hash: "other").id != id)
        #expect(id.count == 16)
    }

    @Test func expectedRows() throws {
        let plan = try Self.plan(["b", "c"])
        for accepted in [nil, ["b", "c"], ["c", "b"]] as [[String]?] {
            #expect(Self.code { () throws(PlansError) in try plan.requireRows(accepted) } == nil, "\(accepted ?? [])")
        }
        for refused in [[], ["b"], ["b", "c", "d"]] as [[String]] {
            #expect(
                Self.code { () throws(PlansError) in try plan.requireRows(refused) } == .precondition, "\(refused)")
        }
    }

    @Test func expectedPlans() {
        for (current, expected, code) in [
            ("a", nil, nil), ("a", "a", nil), (nil, nil, nil), ("a", "b", .precondition), (nil, "b", .precondition),
        ] as [(String?, String?, PlansError.Code?)] {
            #expect(Self.code { () throws(PlansError) in try requirePlan(current, is: expected) } == code)
        }
    }
}
