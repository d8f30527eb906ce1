import Support
import Testing

@testable import Revisions

@Suite("targets")
struct TargetTests {
    /// Two labelled branches from one root, and an independent branch that depends on the first. The expected results
    /// are those of Alembic 1.20.1.
    static let graph = RevisionGraph(
        "root:", "left1: root;; left", "left2: left1", "right1: root;; right", "right2: right1",
        "other1:; left1; other",
        "other2: other1")

    @Test(
        "what Alembic runs",
        arguments: [
            (["left2", "right2"], "heads", ["other2", "left2", "right2"]),
            ([], "left@head", ["left2"]), ([], "right@heads", ["right2"]), (["root"], "left", ["left1"]),
            ([], "left2", ["left2"]), ([], "other@base", []), ([], "nosuch@base", []),
            ([], "base", []),
            (["left1"], "+1", ["left2"]), (["root"], "left@+2", ["left2"]), (["left2"], "right@+1", ["right1"]),
            ([], "root+0", ["root"]), ([], "left1+1", ["left2"]), ([], "left2-1", ["left1"]),
            ([], "left@left1+1", ["left2"]),
            ([], "left+1", ["left2"]), ([], "left1+1whatever", ["left2"]), ([], "@root", ["root"]),
            (["root"], "other@+1", ["other1"]), ([], "root@left1", ["left1"]),
            ([], "left2@root", ["root"]), ([], "left1-1", ["root"]),
            // A number that is not a step goes down from the heads of a branch; no branch has the empty label.
            ([], "left@ -1", ["left1"]), ([], "left@\t-0_1\n", ["left1"]), ([], "@-3", []), ([], "@ -1", []),
        ] as [([String], String, [String])])
    func resolved(rows: [String], target: String, expected: [String]) throws {
        #expect(try Self.graph.resolve([target], from: rows) == expected.sorted())
    }

    @Test(
        "what Alembic refuses",
        arguments: [
            ([], "head", .multipleHeads), ([], "head+1", .multipleHeads), ([], "nosuch", .unknown), ([], "", .unknown),
            ([], "nosuch@head", .unknown), ([], "nosuch@left1", .unknown), ([], "left@right2", .notInLine),
            ([], "left@", .unknown),
            ([], "lef", .ambiguous), ([], "othe@head", .ambiguous), (["root"], "+1", .ambiguousStep),
            (["left1", "right1"], "+1", .ambiguousStep), ([], "+1", .ambiguousStep), (["left1"], "+99", .tooFar),
            (["left1"], "+0", .tooFar), (["left1"], "-1", .tooFar), ([], "root-1", .tooFar), ([], "left2+1", .tooFar),
            ([], "base+1", .ambiguousStep), ([], "left1+9999999999999999999999", .tooFar),
            ([], "head@left2+1", .multipleHeads),
            (["gone"], "heads", .unknownRow), (["root", "left1"], "heads", .overlappingRows), ([], "left@-1", .tooFar),
            ([], " -1", .overlap), ([], " -9", .tooFar), ([], " -1_", .unknown), ([], " +1", .unknown),
            ([], "left1:left2", .range), ([], ":", .range),
        ] as [([String], String, RevisionsError.Code)])
    func refused(rows: [String], target: String, code: RevisionsError.Code) {
        do throws(RevisionsError) {
            let found = try Self.graph.resolve([target], from: rows)
            Issue.record("'\(target)' gave \(found)")
        } catch {
            #expect(error.code == code, "\(error)")
            #expect(error.target == target)
        }
    }

    @Test("a branch of which one versioned head depends on another is refused")
    func overlappingHeads() {
        let graph = RevisionGraph("a:;; one", "b: a", "c: a; b")
        #expect(
            throws: RevisionsError(
                .overlap, target: "one@heads", message: "Revision 'b' is an ancestor of 'c': specify only 'c'.")
        ) {
            try graph.resolve(["one@heads"], from: [])
        }
        #expect((try? graph.resolve(["heads"], from: [])) == ["c"])
    }

    @Test("a parent that is named twice is ambiguous")
    func parentTwice() {
        let graph = RevisionGraph("a1:", "b1: a1, a1", "c1: b1")
        #expect((try? graph.resolve(["c1-1"], from: [])) == ["b1"])
        #expect(refusal(["b1-1"], graph) == .ambiguousStep)
        #expect(refusal([" -2"], graph) == .ambiguousStep)
    }

    @Test("labels that are empty, reserved in targets or contain a colon")
    func oddLabels() {
        let graph = RevisionGraph(revisions: [
            Revision(id: "a1", labels: ["", "x:y"]), Revision(id: "b1", down: ["a1"], labels: ["head"]),
            Revision(id: "c1", down: ["a1"], labels: ["branch"]),
        ])
        #expect((try? graph.resolve([""], from: [])) == ["a1"])
        #expect((try? graph.resolve(["@-1"], from: [])) == ["a1"], "both heads lead down to it")
        #expect(refusal(["branch@"], graph) == .unknown)
        #expect(refusal(["head@nosuch"], graph) == .multipleHeads)
        #expect(refusal(["x:y"], graph) == .range)
    }

    private func refusal(_ targets: [String], _ graph: RevisionGraph) -> RevisionsError.Code? {
        do throws(RevisionsError) {
            _ = try graph.resolve(targets, from: [])
            return nil
        } catch {
            return error.code
        }
    }

    @Test("several targets together")
    func several() throws {
        #expect(try Self.graph.resolve(["left@head", "right1"], from: ["root"]) == ["left2", "right1"])
        #expect(throws: RevisionsError.self) { try Self.graph.resolve(["left2", "root"], from: []) }
        #expect(try Self.graph.resolve([], from: []) == [])
    }

    @Test("a project without revisions")
    func empty() throws {
        let graph = RevisionGraph(revisions: [])
        #expect(try graph.resolve(["heads"], from: []) == [])
        #expect(try graph.resolve(["head"], from: []) == [])
        #expect(throws: RevisionsError.self) { try graph.resolve(["+1"], from: []) }
    }

    @Test(
        "steps",
        arguments: [
            ("+1", RelativeTarget(branch: nil, symbol: nil, steps: 1)),
            ("a@b@c-12x", RelativeTarget(branch: "a@b", symbol: "c", steps: -12)),
            ("x-1", RelativeTarget(branch: nil, symbol: "x", steps: -1)),
            ("b-lab@head+1", RelativeTarget(branch: "b-lab", symbol: "head", steps: 1)),
            ("é1+\u{0663}", RelativeTarget(branch: nil, symbol: "é1", steps: 3)),
            ("abc", nil), ("a b+1", nil), ("a@b", nil), ("+", nil), ("a+b", nil), (" +1", nil),
        ] as [(String, RelativeTarget?)])
    func steps(target: String, expected: RelativeTarget?) {
        #expect(RelativeTarget(target) == expected)
    }
}
