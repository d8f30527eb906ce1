@testable import Revisions
import Support
import Testing

@Suite("version rows")
struct RowTests {
    typealias Fault = RowClassification.Fault

    static let graph = RevisionGraph("aaaa1:", "bbbb2: aaaa1", "cccc3: bbbb2;; core", "xxxx1:; bbbb2", "yyyy2: xxxx1")

    @Test(
        "each row's fault",
        arguments: [
            ([], [], []), (["cccc3"], [nil], ["cccc3"]), (["cccc3", "yyyy2"], [nil, nil], ["cccc3", "yyyy2"]),
            (["bbbb2", "cccc3"], [.redundant, nil], ["cccc3"]),
            // Redundant by a dependency only.
            (["bbbb2", "yyyy2"], [.redundant, nil], ["yyyy2"]),
            (["cccc3", "cccc3"], [nil, .duplicate], ["cccc3"]),
            (["aaaa1", "cccc3", "aaaa1"], [.redundant, nil, .duplicate], ["cccc3"]),
            (["cccc3 "], [.padded], ["cccc3"]), (["\tcccc3\u{a0}", "bbbb2"], [.padded, .redundant], ["cccc3"]),
            (["cccc3", nil], [nil, .null], ["cccc3"]), (["", "  "], [.empty, .empty], []),
            (["head"], [.symbolic], []), (["heads", "base "], [.symbolic, .symbolic], []), (["core"], [.symbolic], []),
            (["cccc"], [.partial], []), (["c"], [.unknown], []), (["CCCC3"], [.unknown], []),
            (["nosuch", "cccc3"], [.unknown, nil], ["cccc3"]),
            (["cccc "], [.unknown], []),
        ] as [([String?], [Fault?], [String])])
    func faults(rows: [String?], faults: [Fault?], known: [String]) {
        // `core` and `cccc3` both start with "c": a partial name must match only one.
        let result = RowClassification(rows: rows, graph: Self.graph)
        #expect(result.rows.map(\.value) == rows)
        #expect(result.rows.map(\.fault) == faults)
        #expect(result.known == known)
        #expect(result.isLegitimate == faults.allSatisfy { $0 == nil })
        #expect(result.unknown == zip(rows, faults).filter { $1 == .unknown }.compactMap(\.0))
    }

    @Test("a fault names the id that explains it")
    func because() {
        let rows = RowClassification(rows: ["aaaa1", "bbbb2", "yyyy2", " yyyy2", "cccc", "core"], graph: Self.graph)
            .rows
        #expect(rows.map(\.because) == ["yyyy2", "yyyy2", nil, "yyyy2", "cccc3", "cccc3"])
    }

    @Test("unusual ids are ids")
    func oddIds() {
        let graph = RevisionGraph(revisions: [Revision(id: " "), Revision(id: " head", down: [" "])])
        #expect(RowClassification(rows: [" head"], graph: graph).isLegitimate)
        #expect(RowClassification(rows: [" "], graph: graph).isLegitimate)
        #expect(
            RowClassification(rows: ["  ", "head", " "], graph: graph).rows.map(\.fault) == [.empty, .symbolic, nil])
    }

    @Test(
        "repairs that need no choice",
        arguments: [
            (["bbbb2", "cccc3"], ["delete bbbb2"], ["cccc3"]),
            (["cccc3", "cccc3", "cccc3"], ["delete cccc3", "delete cccc3"], ["cccc3"]),
            (["cccc3 "], ["update cccc3  → cccc3"], ["cccc3"]), (["cccc3 ", "cccc3"], ["delete cccc3 "], ["cccc3"]),
            (["cccc3 ", " cccc3"], ["update cccc3  → cccc3", "delete  cccc3"], ["cccc3"]),
            (["bbbb2 ", "cccc3"], ["delete bbbb2 "], ["cccc3"]),
            ([nil, "yyyy2", "cccc3", nil], ["delete NULL", "delete NULL"], ["cccc3", "yyyy2"]),
            (["", "yyyy2"], ["delete "], ["yyyy2"]),
            (["aaaa1", "bbbb2", "yyyy2", "cccc3"], ["delete aaaa1", "delete bbbb2"], ["cccc3", "yyyy2"]),
        ] as [([String?], [String], [String])])
    func repairs(rows: [String?], changes: [String], after: [String]) {
        let outcome = RowRepair(rows: rows, graph: Self.graph).outcome
        guard case .planned(let planned, let result) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(planned.map(Self.text) == changes)
        #expect(result == after)
        #expect(planned.allSatisfy { !$0.reason.isEmpty })
    }

    private static func text(_ change: RowChange) -> String {
        "\(change.action) \(change.row ?? "NULL")" + (change.to.map { " → \($0)" } ?? "")
    }

    @Test("nothing to do", arguments: [["cccc3"], ["cccc3", "yyyy2"]] as [[String?]])
    func legitimate(rows: [String?]) {
        #expect(RowRepair(rows: rows, graph: Self.graph).outcome == .nothingToDo)
    }

    @Test(
        "refusals say what to do",
        arguments: [
            (nil, "missing"), ([], "empty"), (["nosuch"], "'nosuch'"), (["nosuch", "bbbb2", "cccc3"], "newer code"),
            (["head"], "'head'"),
            (["cccc"], "'cccc3'"),
        ] as [([String?]?, String)])
    func refusals(rows: [String?]?, text: String) {
        guard case .refused(let reason) = RowRepair(rows: rows, graph: Self.graph).outcome else {
            Issue.record("not refused")
            return
        }
        #expect(reason.contains(text) && reason.contains("--to"), "\(reason)")
    }

    @Test("deleting the last row would run every migration again", arguments: [[nil], [nil, ""]] as [[String?]])
    func nothingLeft(rows: [String?]) {
        guard case .ambiguous(let reason) = RowRepair(rows: rows, graph: Self.graph).outcome else {
            Issue.record("not ambiguous")
            return
        }
        #expect(reason.contains("--to"))
    }

    @Test("legitimate rows become those that the schema shows, without a choice")
    func shownBySchema() {
        let repair = { RowRepair(rows: $0, graph: Self.graph, to: $1, shownBySchema: ["cccc3", "yyyy2"]).outcome }
        #expect(
            repair(["cccc3", "xxxx1"], nil)
                == .planned(
                    changes: [
                        .delete("xxxx1", because: "The schema is that of a later revision."),
                        .insert(
                            "yyyy2",
                            because:
                                "The schema has the tables and columns that this revision and those before it make."),
                    ], after: ["cccc3", "yyyy2"]))
        #expect(repair(["cccc3", "yyyy2"], nil) == .nothingToDo)
        #expect(repair(["cccc3", "xxxx1"], ["cccc3", "xxxx1"]) == .nothingToDo)
        // What the rows themselves show comes first.
        guard case .planned(_, let after) = repair(["bbbb2", "bbbb2"], nil) else {
            Issue.record("the rows are repaired")
            return
        }
        #expect(after == ["bbbb2"])
    }

    @Test(
        "an explicit choice leads to exactly the chosen rows",
        arguments: [
            (nil, ["insert bbbb2 → bbbb2"]), ([], ["insert bbbb2 → bbbb2"]), (["bbbb2"], []),
            (["nosuch"], ["delete nosuch", "insert bbbb2 → bbbb2"]),
            (["bbbb2 "], ["update bbbb2  → bbbb2"]), (["bbbb2", "bbbb2", nil], ["delete bbbb2", "delete NULL"]),
            (["head", "cccc3", "bbbb2"], ["delete head", "delete cccc3"]),
        ] as [([String?]?, [String])])
    func chosen(rows: [String?]?, changes: [String]) {
        switch RowRepair(rows: rows, graph: Self.graph, to: ["bbbb2", "bbbb2"]).outcome {
        case .planned(let planned, let after):
            #expect(planned.map(Self.text) == changes)
            #expect(after == ["bbbb2"])
        case .nothingToDo: #expect(changes.isEmpty)
        case let other: Issue.record("\(other)")
        }
    }

    @Test("invalid choices", arguments: [[], ["nosuch"], ["bbb"], ["aaaa1", "cccc3"], ["bbbb2", "yyyy2"]])
    func badChoice(chosen: [String]) {
        guard case .refused = RowRepair(rows: ["aaaa1"], graph: Self.graph, to: chosen).outcome else {
            Issue.record("not refused")
            return
        }
    }

    /// `base` alone: no revision counts as applied. Whatever the rows are, it is never refused.
    @Test(arguments: [["cccc3", "yyyy2"], ["nosuch", nil], ["head", "bbbb2"]] as [[String?]])
    func base(rows: [String?]) {
        guard case .planned(let changes, let after) = RowRepair(rows: rows, graph: Self.graph, to: ["base"]).outcome
        else {
            Issue.record("not planned")
            return
        }
        #expect(after == [] && changes.map(\.row) == rows && changes.allSatisfy { $0.action == "delete" })
    }

    @Test func baseOfADatabaseWithoutRows() {
        #expect(RowRepair(rows: nil, graph: Self.graph, to: ["base"]).outcome == .nothingToDo)
        #expect(RowRepair(rows: [], graph: Self.graph, to: ["base", "base"]).outcome == .nothingToDo)
        guard case .refused(let reason) = RowRepair(rows: [], graph: Self.graph, to: ["base", "bbbb2"]).outcome else {
            Issue.record("not refused")
            return
        }
        #expect(reason.contains("alone"))
    }

    @Test("no repair with a graph that is not usable")
    func brokenGraph() {
        let ring = RevisionGraph("aaaa1: bbbb2", "bbbb2: aaaa1")
        guard case .refused(let reason) = RowRepair(rows: ["aaaa1", "bbbb2"], graph: ring).outcome else {
            Issue.record("not refused")
            return
        }
        #expect(reason.contains("cycle"))
        #expect(RowClassification(rows: ["aaaa1", "bbbb2"], graph: ring).rows.count == 2)
    }
}
