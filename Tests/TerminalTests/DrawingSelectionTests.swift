import Revisions
import Support
import Terminal
import Testing

/// Drawings of a part of a graph, with a database, and within a width.
@Suite("drawing: parts")
struct DrawingSelectionTests {
    struct Part: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var graph: RevisionGraph
        var options: GraphDrawing.Options
        var drawing: String

        init(_ name: String, _ graph: RevisionGraph, _ options: GraphDrawing.Options, _ drawing: String) {
            testDescription = name
            self.graph = graph
            self.options = options
            self.drawing = drawing
        }
    }

    @Test("parts", arguments: parts)
    func part(_ part: Part) {
        let text = GraphDrawing(part.graph, part.options).plain
        #expect(text == part.drawing, "\n\(text)\n")
    }

    static let parts: [Part] = [
        Part(
            "limit of a line", line(20), .init(limit: 3),
            """
            ●  r20  (head)
            ●  r19
            ●  r18
            ⋮  17 older revisions

            17 of 20 revisions are not shown.
            """),
        Part(
            "a limit that is enough", line(3), .init(limit: 3),
            """
            ●  r3  (head)
            ●  r2
            ●  r1
            """),
        Part(
            "limit with a row far below", line(30), .init(rows: ["r8"], limit: 7),
            """
            ○  r30  (head)
            ○  r29
            ⋮  18 revisions
            ○  r10
            ○  r9
            ◉  r8  (row)
            ●  r7
            ●  r6
            ⋮  5 older revisions

            23 of 30 revisions are not shown.
            """),
        Part(
            "limit folds what lies between", ladder, .init(rows: ["d"], limit: 5),
            """
            ○  o  (head)
            ○  n
            ⋮  4 revisions
            ○  e
            ◉  d  (row)
            ●  c
            ⋮  2 older revisions

            6 of 11 revisions are not shown.
            """),
        Part(
            "limit with several heads", heads, .init(limit: 4),
            """
            ●  e  (head)
            ●  d
            ⋮  3 older revisions

            ●  y2  (head)
            ⋮  1 older revision

            ●  x2  (head)
            ⋮  1 older revision

            5 of 9 revisions are not shown.
            """),
        Part(
            "around", line(30), .init(around: ["r15"], limit: 5),
            """
            ⋮  13 newer revisions
            ●  r17
            ●  r16
            ●  r15
            ●  r14
            ●  r13
            ⋮  12 older revisions

            25 of 30 revisions are not shown.
            """),
        Part(
            "around the oldest", line(30), .init(around: ["r1"], limit: 3),
            """
            ⋮  27 newer revisions
            ●  r3
            ●  r2
            ●  r1

            27 of 30 revisions are not shown.
            """),
        Part(
            "around prefers the line to the branches beside it", heads, .init(around: ["c"], limit: 4),
            """
            ●  e  (head)
            ●  d
            ●  c
            │ ⋮  2 newer revisions
            ●─╯  b
            ⋮  1 older revision

            5 of 9 revisions are not shown.
            """),
        Part(
            "around with a merge above and a branch point below", ladder, .init(around: ["e"], limit: 4),
            """
            ⋮  2 newer revisions
            ●─╮  m
            │ ⋮  2 older revisions
            ●  f
            ●  e
            ●  d
            ⋮  3 older revisions

            7 of 11 revisions are not shown.
            """),
        Part(
            "around with a hidden history of its own", RevisionGraph("a:", "b: a", "x:", "y: x", "m: b, y", "n: m"),
            .init(around: ["b"], limit: 3),
            """
            ⋮  1 newer revision
            ●─╮  m
            │ ⋮  2 older revisions
            ●  b
            ●  a

            3 of 6 revisions are not shown.
            """),
        Part(
            "nothing applied", line(2), .init(rows: []),
            """
            ○  r2  (head)
            ○  r1
            """),
        Part(
            "a row in the middle", line(4), .init(rows: ["r2"]),
            """
            ○  r4  (head)
            ○  r3
            ◉  r2  (row)
            ●  r1
            """),
        Part(
            "rows on two branches", heads, .init(rows: ["c", "x1"]),
            """
            ○  e  (head)
            ○  d
            ◉  c  (row)
            │ ○  x2  (head)
            │ ◉  x1  (row)
            ●─╯  b
            │ ○  y2  (head)
            │ ○  y1
            ●─╯  a
            """),
        Part(
            "a row that is no revision", line(2), .init(rows: ["r1", "gone"]),
            """
            ○  r2  (head)
            ◉  r1  (row)
            """),
        Part(
            "what a row depends on is applied", RevisionGraph("a:", "b: a", "c: b", "x:;b"), .init(rows: ["x"]),
            """
            ○  c  (head)
            │ ◉  x  (head, row)
            │ ┊
            ●╌╯  b
            ●  a
            """),
    ]

    private static func line(_ count: Int) -> RevisionGraph {
        RevisionGraph(revisions: (1...count).map { Revision(id: "r\($0)", down: $0 == 1 ? [] : ["r\($0 - 1)"]) })
    }

    /// Two ways from `b` to `m`, of four and two revisions.
    private static let ladder = RevisionGraph(
        "a:", "b: a", "c: b", "d: c", "e: d", "f: e", "u: b", "v: u", "m: f, v", "n: m", "o: n")
    /// A line of five and two branches.
    private static let heads = RevisionGraph(
        "a:", "b: a", "c: b", "d: c", "e: d", "x1: b", "x2: x1", "y1: a", "y2: y1")

    @Test("folds count each revision that is left out once", arguments: 1..<20)
    func foldsCount(_ limit: Int) {
        let graph = RevisionGraph(
            revisions: (1...60).map { number in
                let parents = number % 5 == 0 ? [number - 1, number / 2] : [number - 1]
                return Revision(id: "r\(number)", down: parents.filter { $0 > 0 }.map { "r\($0)" })
            })
        let drawing = GraphDrawing(graph, .init(limit: limit))
        #expect(drawing.shown == limit)
        #expect(drawing.total == 60)
        let folded = drawing.lines.filter { $0.segments.contains { $0.text.contains("⋮") } }.compactMap { line in
            line.segments.last?.text.split(separator: " ").first.flatMap { Int($0) }
        }
        #expect(folded.reduce(0, +) == 60 - limit)
    }

    @Test("a long dependency is described in words, at both ends")
    func farDependency() throws {
        var revisions = (1...50).map { Revision(id: "r\($0)", down: $0 == 1 ? [] : ["r\($0 - 1)"]) }
        revisions.append(Revision(id: "p", dependsOn: ["r3"], labels: ["plugin"]))
        revisions.append(Revision(id: "q", down: ["p"], dependsOn: ["r49"]))
        let lines = GraphDrawing(RevisionGraph(revisions: revisions)).lines.map { $0.text() }
        #expect(lines.contains { $0.contains("p  (label plugin, depends on r3)") })
        #expect(lines.contains { $0.hasSuffix("r3  (required by p)") })
        #expect(!lines.contains { $0.contains("┊ ┊") })
    }

    @Test("targets that a drawing may be around")
    func targets() throws {
        let graph = Self.heads
        #expect(try graph.revisions(around: "x2") == ["x2"])
        #expect(try graph.revisions(around: "heads") == ["e", "x2", "y2"])
        #expect(try graph.revisions(around: "base") == ["a"])
        #expect(throws: RevisionsError.self) { try graph.revisions(around: "nothing") }
    }

    @Test("many revisions are drawn in linear time")
    func manyRevisions() {
        func time(_ count: Int) -> Duration {
            let graph = RevisionGraph(
                revisions: (1...count).map { number in
                    let down =
                        number % 7 == 6 ? [number - 1, number - 3] : number % 7 == 4 ? [number - 2] : [number - 1]
                    return Revision(id: "r\(number)", down: down.filter { $0 > 0 }.map { "r\($0)" })
                })
            // The best of several runs, since the machine may be busy.
            let times = (1...3).map { _ in
                ContinuousClock().measure { #expect(GraphDrawing(graph).shown == count) }
            }
            return times.min() ?? .zero
        }
        // Ten times the revisions, with tolerance for a busy machine; quadratic time would be a hundred times.
        #expect(time(5000) < time(500) * 40)
    }
}
