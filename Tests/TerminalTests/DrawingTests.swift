import Revisions
import Support
import Terminal
import Testing

/// Drawings of graphs, shape by shape.
@Suite("drawing: shapes")
struct DrawingTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var graph: RevisionGraph
        var drawing: String

        init(_ name: String, _ graph: RevisionGraph, _ drawing: String) {
            testDescription = name
            self.graph = graph
            self.drawing = drawing
        }
    }

    @Test("shapes", arguments: shapes)
    func shape(_ shape: Shape) {
        let text = GraphDrawing(shape.graph).plain
        #expect(text == shape.drawing, "\n\(text)\n")
    }

    static let shapes: [Shape] = [
        Shape("nothing", RevisionGraph(), ""),
        Shape(
            "linear", RevisionGraph("a:", "b: a", "c: b"),
            """
            ●  c  (head)
            ●  b
            ●  a
            """),
        Shape(
            "branch", RevisionGraph("a:", "b: a", "c: b", "x: a"),
            """
            ●  c  (head)
            ●  b
            │ ●  x  (head)
            ●─╯  a
            """),
        Shape(
            "three branches", RevisionGraph("a:", "b: a", "c: a", "d: a"),
            """
            ●  d  (head)
            │ ●  c  (head)
            │ │ ●  b  (head)
            ●─┴─╯  a
            """),
        Shape(
            "merge", RevisionGraph("a:", "b: a", "c: b", "x: a", "m: c, x", "n: m"),
            """
            ●  n  (head)
            ●─╮  m
            │ ●  x
            ● │  c
            ● │  b
            ●─╯  a
            """),
        Shape(
            "merge of merges", RevisionGraph("a:", "b: a", "c: a", "m: b, c", "d: a", "n: m, d"),
            """
            ●─╮  n  (head)
            │ ●  d
            ●─│─╮  m
            │ │ ●  b
            ● │ │  c
            ●─┴─╯  a
            """),
        Shape(
            "criss-cross", RevisionGraph("a:", "b: a", "c: a", "x: b, c", "y: b, c"),
            """
            ●─╮  y  (head)
            │ ├─●  x  (head)
            │ ● │  b
            ●─│─╯  c
            ●─╯  a
            """),
        Shape(
            "branch point that merges", RevisionGraph("a:", "b:", "m: a, b", "x: m", "y: m"),
            """
            ●  y  (head)
            │ ●  x  (head)
            ●─╯  m
            ├─╮
            │ ●  a
            ●  b
            """),
        Shape(
            "several bases", RevisionGraph("a:", "b: a", "c: b", "x:", "y: x", "z:"),
            """
            ●  c  (head)
            ●  b
            ●  a

            ●  y  (head)
            ●  x

            ●  z  (head)
            """),
        Shape(
            "two bases merged", RevisionGraph("a:", "b: a", "c: b", "x:", "m: c, x", "n: m"),
            """
            ●  n  (head)
            ●─╮  m
            │ ●  x
            ●  c
            ●  b
            ●  a
            """),
        Shape(
            "a long and a short way", RevisionGraph("a:", "b: a", "c: b", "d: c, a"),
            """
            ●─╮  d  (head)
            ● │  c
            ● │  b
            ●─╯  a
            """),
        Shape(
            "dependency across", RevisionGraph("a:", "b: a", "c: b", "x:", "y: x; b", "z: y"),
            """
            ●  z  (head)
            ●╌╮  y
            ● ┊  x
              ┊
            ● ┊  c  (head)
            ●╌╯  b
            ●  a
            """),
        Shape(
            "dependency of a base", RevisionGraph("a:", "b: a", "x:;a;plug"),
            """
            ●  b  (head)
            │ ●  x  (head, label plug)
            │ ┊
            ●╌╯  a
            """),
        Shape(
            "dependency of a plugin", RevisionGraph("a:", "b: a", "c: b", "p:;a;plug", "q: p"),
            """
            ●  c  (head)
            ●  b
            │ ●  q  (head)
            │ ●  p  (label plug)
            │ ┊
            ●╌╯  a
            """),
        Shape(
            "dependency of the next", RevisionGraph("a:", "x:;a"),
            """
            ●  x  (head)
            ┊
            ●  a  (head, depended on)
            """),
        Shape(
            "head that is depended on", RevisionGraph("a:", "b: a", "x:", "y: x; b"),
            """
            ●╌╮  y  (head)
            ● ┊  x
              ●  b  (head, depended on)
              ●  a
            """),
        Shape(
            "labels", RevisionGraph("a:;;core", "b: a;;fix, hot", "x:;;plugin"),
            """
            ●  b  (head, label fix, label hot)
            ●  a  (label core)

            ●  x  (head, label plugin)
            """),
        Shape(
            "many heads", RevisionGraph("a:", "b: a", "c: a", "d: a", "e: a", "f: a", "g: a"),
            """
            ●  g  (head)
            │ ●  f  (head)
            │ │ ●  e  (head)
            │ │ ├─●  d  (head)
            │ │ │
            │ │ ├─●  c  (head)
            │ │ │
            │ │ ├─●  b  (head)
            ●─┴─╯  a
            """),
        Shape(
            "more lines than fit without joining",
            RevisionGraph("a:", "b: a", "c: b", "d: c", "e: d", "t: a", "u: b", "v: c", "w: d", "x: a", "y: a", "z: y"),
            """
            ●  w  (head)
            │ ●  e  (head)
            ●─╯  d
            │ ●  v  (head)
            ●─╯  c
            │ ●  u  (head)
            ●─╯  b
            │ ●  z  (head)
            │ ●  y
            │ │ ●  x  (head)
            │ │ ├─●  t  (head)
            ●─┴─╯  a
            """),
        Shape(
            "missing parent", RevisionGraph("a: gone", "b: a"),
            """
            ●  b  (head)
            ●  a  (missing gone)
            """),
        Shape(
            "cycle", RevisionGraph("a: c", "b: a", "c: b", "d: c"),
            """
            ●  d  (head)
            │ ●  a
            ●─╯  c
            ●  b  (in a cycle with a)
            """),
        Shape(
            "loop", RevisionGraph("a: a", "b: a"),
            """
            ●  b  (head)
            ●  a  (in a cycle with a)
            """),
    ]
}

extension GraphDrawing {
    /// The lines without colours, trailing spaces and the legend.
    var plain: String {
        var lines = lines.map { line in
            String(line.text().reversed().drop { $0 == " " }.reversed())
        }
        while let last = lines.last, last.isEmpty || last.hasPrefix("┊ ") || last.hasPrefix("◉ row of") {
            lines.removeLast()
        }
        return lines.joined(separator: "\n")
    }
}
