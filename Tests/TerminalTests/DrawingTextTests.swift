import Revisions
import Support
import Terminal
import Testing

/// The text, colours and width of a drawing's lines.
@Suite("drawing: text")
struct DrawingTextTests {
    @Test("the legend explains the symbols that are used, and no others")
    func legend() {
        func legend(_ graph: RevisionGraph, _ options: GraphDrawing.Options = .init()) -> String? {
            GraphDrawing(graph, options).lines.last { $0.segments.first?.role == .note }?.text()
        }
        #expect(legend(RevisionGraph("a:", "b: a")) == nil)
        #expect(legend(RevisionGraph("a:", "x:;a")) == "┊ depends on")
        #expect(legend(RevisionGraph("a:"), .init(rows: ["a"])) == "◉ row of the version table   ● applied   ○ pending")
        #expect(legend(RevisionGraph("a:", "b: a", "c: b"), .init(limit: 1)) == "2 of 3 revisions are not shown.")
    }

    @Test("a line is cut at the width, but never its id")
    func width() {
        let revision = Revision(id: "1234567890ab", labels: ["plugin"], doc: "Adds the table of prospects")
        let line = GraphDrawing(RevisionGraph(revisions: [revision])).lines[0]
        #expect(line.text() == "●  1234567890ab  (head, label plugin)  Adds the table of prospects")
        #expect(line.text(width: 50) == "●  1234567890ab  (head, label plugin)  Adds the t…")
        #expect(line.text(width: 24) == "●  1234567890ab  (head,…")
        #expect(line.text(width: 5) == "●  1234567890ab")
    }

    @Test(
        "width is in columns, of what is shown",
        arguments: [
            ("Füge hinzu", "Füge hi…"), ("追加する表", "追加す…"), ("e\u{301}te\u{301} été été", "e\u{301}te\u{301} été…"),
            ("a\u{7}b", "a<7>b"), ("12345678", "12345678"),
        ])
    func columns(_ doc: String, _ expected: String) {
        let line = GraphDrawing(RevisionGraph(revisions: [Revision(id: "a", doc: doc)])).lines[0]
        let text = line.text(width: 22, visible: { $0.replacing("\u{7}", with: "<7>") })
        #expect(text == "●  a  (head)  " + expected)
    }

    @Test("each part of a line has its role")
    func roles() {
        let graph = RevisionGraph(revisions: [
            Revision(id: "a", labels: ["core"], doc: "first"), Revision(id: "b", down: ["a"]),
        ])
        let lines = GraphDrawing(graph, .init(rows: ["a"])).lines
        #expect(lines[0].segments.map(\.role) == [.pending, .note, .head, .note, .mark, .note])
        #expect(lines[1].segments.map(\.role) == [.row, .note, .id, .note, .row, .note, .label, .note, .doc])
        #expect(lines[1].text(style: { text, role in role == .doc ? "<\(text)>" : text }).hasSuffix("<  first>"))
    }
}
