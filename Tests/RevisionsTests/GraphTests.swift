import Support
import Testing

@testable import Revisions

@Suite("graph")
struct GraphTests {
    @Test("two kinds of heads, branch and merge points")
    func shape() {
        let graph = RevisionGraph("a1:", "b1: a1", "c1: a1", "d1: b1, c1", "x1:;", "y1: x1; d1", "z1: x1")
        #expect(graph.isUsable)
        #expect(graph.heads == ["d1", "y1", "z1"])
        #expect(graph.effectiveHeads == ["y1", "z1"], "d1 is what y1 depends on")
        #expect(graph.bases == ["a1", "x1"])
        #expect(graph.branchPoints == ["a1", "x1"])
        #expect(graph.mergePoints == ["d1"])
        #expect(graph.closure(of: ["y1"]) == ["y1", "x1", "d1", "b1", "c1", "a1"])
        #expect(graph.closure(of: ["nosuch"]).isEmpty)
        #expect(graph.pending(from: ["b1", "x1"], to: ["d1"]) == ["c1", "d1"])
        #expect(graph.pending(from: [], to: graph.effectiveHeads) == graph.order)
    }

    @Test("a dependency may name a label, and is resolved to an id")
    func dependencyByLabel() {
        let graph = RevisionGraph("a1:;; core", "b1: a1", "x1:; core")
        #expect(graph["x1"]?.dependsOn == ["a1"])
        #expect(graph["x1"]?.labels == [])
        #expect(graph["core"] == nil)
        #expect(graph.effectiveHeads == ["b1", "x1"])
    }

    @Test("dependencies that an ancestor already has are dropped")
    func normalized() {
        let graph = RevisionGraph("a1:", "x1:; a1", "y1: x1; a1", "z1: y1; a1")
        #expect(graph["z1"]?.dependsOn == ["a1"])
        #expect(graph.normalizedDependencies(of: "x1") == ["a1"])
        #expect(graph.normalizedDependencies(of: "z1") == [])
    }

    @Test(
        "a label belongs to its whole branch",
        arguments: [
            ("root", []), ("l1", ["left"]), ("l2", ["left"]), ("r1", ["right"]), ("r2", ["right"]), ("s1", ["solo"]),
            ("s2", ["solo"]), ("nosuch", []),
        ] as [(String, [String])])
    func branchLabels(id: String, labels: [String]) {
        // `right` is defined by the newest revision of a single line, so it applies down to the branch point.
        let graph = RevisionGraph(
            "root:", "l1: root;; left", "l2: l1", "r1: root", "r2: r1;; right", "s1:", "s2: s1;; solo")
        #expect(graph.branchLabels(of: id) == labels)
    }

    @Test("names are compared by their bytes")
    func exactNames() {
        let composed = "caf\u{e9}", decomposed = "cafe\u{301}"
        let graph = RevisionGraph("\(composed):", "\(decomposed): \(composed)")
        // People cannot tell them apart, so this is a problem nevertheless.
        #expect(graph.problems.map(\.code) == ["graph.duplicateId"])
        #expect(graph.order.map { Array($0.utf8) } == [Array(composed.utf8), Array(decomposed.utf8)])
    }

    @Test("a missing parent is reported with script and line, and the other revisions remain")
    func missingParent() throws {
        let graph = RevisionGraph(
            revisions: [
                Revision(id: "a1", file: "v/a.py"), Revision(id: "b1", down: ["gone"], file: "v/b.py"),
                Revision(id: "c1", down: ["b1"], dependsOn: ["a"], file: "v/c.py"),
            ], lines: ["v/b.py": HeaderLines(down: 7)])
        #expect(!graph.isUsable)
        #expect(graph.problems.map(\.code) == ["graph.missingParent", "graph.missingParent"])
        #expect(graph.problems.map(\.file) == ["v/b.py", "v/c.py"])
        #expect(graph.problems.first?.line == 7)
        #expect(graph.problems.first?.message.contains("'gone'") == true)
        #expect(graph.heads == ["a1", "c1"])
        #expect(graph.bases == ["a1"])
    }

    @Test("a duplicate id names both scripts")
    func duplicate() {
        let graph = RevisionGraph(revisions: [
            Revision(id: "a1", file: "v/1.py"), Revision(id: "a1", down: ["b1"], file: "v/2.py"),
            Revision(id: "b1", file: "v/3.py"),
        ])
        #expect(graph.problems.map(\.code) == ["graph.duplicateId"])
        #expect(graph.problems[0].message.contains("v/1.py and v/2.py"))
        #expect(graph["a1"]?.down == ["b1"], "the later one is kept, as in Alembic")
        #expect(!graph.isUsable)
    }

    @Test(
        "labels share the namespace of ids",
        arguments: [
            RevisionGraph("a1:;; x", "b1: a1;; x"), RevisionGraph("a1:;; b1", "b1: a1"), RevisionGraph("a1:;; a1"),
            RevisionGraph("a1:;; x, x"),
        ])
    func duplicateLabel(graph: RevisionGraph) {
        #expect(graph.problems.map(\.code) == ["graph.duplicateId"])
    }

    @Test(
        "cycles name their path",
        arguments: [
            (RevisionGraph("a1: a1"), "a1 → a1"), (RevisionGraph("r1:;", "r2: r1; r2"), "r2 → r2"),
            (RevisionGraph("a1: c1", "b1: a1", "c1: b1", "d1: c1"), "a1 → c1 → b1 → a1"),
            (RevisionGraph("a1:; b1", "b1: a1"), "a1 → b1 → a1"),
            // Alembic's own check accepts this one, because it can be reached from a base and a head.
            (RevisionGraph("b:", "a: b, c", "c: a", "d: a"), "a → c → a"),
        ])
    func cycles(graph: RevisionGraph, path: String) {
        #expect(graph.problems.map(\.code) == ["graph.cycle"])
        #expect(graph.problems.first?.message.contains(path) == true, "\(graph.problems)")
        #expect(graph.order.count == graph.revisions.count)
    }

    @Test("an empty dependency is ignored, except of a base, which then is not a base")
    func emptyDependency() {
        let graph = RevisionGraph(revisions: [
            Revision(id: "a1", labels: [""]), Revision(id: "b1", down: ["a1"], dependsOn: [""]),
        ])
        #expect(graph.isUsable)
        #expect(graph["b1"]?.dependsOn == [])
        let refused = RevisionGraph(revisions: [Revision(id: "a1", labels: [""]), Revision(id: "b1", dependsOn: [""])])
        #expect(refused.problems.map(\.code) == ["graph.missingParent"])
    }

    @Test("a too long id is reported, and the graph remains usable")
    func tooLong() {
        let graph = RevisionGraph("ensure_all_prospect_columns_final:", "b1: ensure_all_prospect_columns_final")
        #expect(graph.problems.map(\.code) == ["graph.idTooLong"])
        #expect(graph.isUsable)
        #expect(RevisionGraph("\(String(repeating: "é", count: 32)):").problems.isEmpty, "characters count, not bytes")
    }

    @Test("forbidden ids", arguments: ["a-b", "a@b", "a+b", "a:b", "", "a-\u{301}b", "head", "heads", "base"])
    func forbidden(id: String) {
        let graph = RevisionGraph(revisions: [Revision(id: id, file: "v/x.py")])
        #expect(graph.problems.map(\.code) == ["graph.unreadable"])
        #expect(!graph.isUsable)
    }

    @Test("one problem per script, the most important")
    func oneProblem() {
        let long = String(repeating: "x", count: 40)
        let graph = RevisionGraph(revisions: [Revision(id: long, down: ["gone"], file: "v/x.py")])
        #expect(graph.problems.map(\.code) == ["graph.missingParent"])
        let empty = RevisionGraph(revisions: [])
        #expect(empty.isUsable && empty.order.isEmpty && empty.effectiveHeads.isEmpty)
    }

    @Test("histories deeper than a thread's stack")
    func deep() {
        let count = 10_000
        let graph = RevisionGraph(
            revisions: (0..<count).map { Revision(id: "r\($0)", down: $0 == 0 ? [] : ["r\($0 - 1)"], file: "\($0).py") }
        )
        #expect(graph.isUsable)
        #expect(graph.order == (0..<count).map { "r\($0)" })
        #expect(graph.pending(from: ["r9997"], to: graph.effectiveHeads) == ["r9998", "r9999"])
        #expect(RowClassification(rows: graph.order, graph: graph).known == ["r9999"])
        let ring = RevisionGraph(
            revisions: (0..<count).map { Revision(id: "r\($0)", down: ["r\(($0 + 1) % count)"], file: "\($0).py") })
        #expect(ring.problems.map(\.code) == ["graph.cycle"])
    }
}
