import Revisions
import Support
import Terminal
import Testing

/// Sources for Graphviz and Mermaid.
@Suite("pictures")
struct GraphPictureTests {
    private static let graph = RevisionGraph("a:;;core", "b: a", "c: a", "m: b, c", "x:;b")

    @Test("dot")
    func dot() {
        let text = GraphPicture(Self.graph, .dot, .init(rows: ["b"])).text
        #expect(
            text == #"""
                digraph revisions {
                    node [shape=box, fontname="monospace"];
                    r0 [label="x\n(head)", style=dashed, penwidth=2];
                    r1 [label="m\n(head)", style=dashed, penwidth=2];
                    r2 [label="c", style=dashed];
                    r3 [label="b\n(row)", style=filled, fillcolor=palegreen];
                    r4 [label="a\n(label core)", style=filled, fillcolor=gray92];
                    r0 -> r3 [style=dashed];
                    r1 -> r3;
                    r1 -> r2;
                    r2 -> r4;
                    r3 -> r4;
                }

                """#, "\n\(text)")
    }

    @Test("mermaid")
    func mermaid() {
        let text = GraphPicture(Self.graph, .mermaid, .init(rows: ["b"])).text
        #expect(
            text == """
                flowchart TD
                    r0["x<br/>(head)"]:::pending
                    r1["m<br/>(head)"]:::pending
                    r2["c"]:::pending
                    r3["b<br/>(row)"]:::row
                    r4["a<br/>(label core)"]:::applied
                    r0 -.-> r3
                    r1 --> r3
                    r1 --> r2
                    r2 --> r4
                    r3 --> r4
                    classDef head stroke-width:3px
                    classDef row fill:#9f9,stroke-width:3px
                    classDef applied fill:#eee
                    classDef pending stroke-dasharray:4
                    classDef fold fill:none,stroke:none

                """, "\n\(text)")
    }

    @Test("a part of the graph, with what is left out as one node")
    func part() {
        let line = RevisionGraph(
            revisions: (1...9).map { Revision(id: "r\($0)", down: $0 == 1 ? [] : ["r\($0 - 1)"]) })
        let text = GraphPicture(line, .dot, .init(limit: 2)).text
        #expect(text.contains("r2 [label=\"7 older revisions\", shape=plaintext];"))
        #expect(text.contains("r1 -> r2;"))
        #expect(!text.contains("label=\"r7\""))
    }

    static let texts: [(text: String, dot: String, mermaid: String)] = [
        (#"say "hi""#, #"say \"hi\""#, "say #34;hi#34;"),
        (#"a\nb"#, #"a\\nb"#, "a#92;nb"),
        (#"ends\"#, #"ends\\"#, "ends#92;"),
        ("<b>&amp;</b>", "<b>&amp;amp;</b>", "#60;b#62;#38;amp#59;#60;/b#62;"),
        ("two\nlines", #"two\nlines"#, "two#10;lines"),
        ("`markdown` #1;", "`markdown` #1;", "#96;markdown#96; #35;1#59;"),
        ("]]end; r0-->r1", "]]end; r0-->r1", "#93;#93;end#59; r0--#62;r1"),
        ("été 追加", "été 追加", "été 追加"),
        ("nul\0 esc\u{1B}", "nul\u{FFFD} esc\u{FFFD}", "nul#0; esc#27;"),
        ("%%{init: 1}%%", "%%{init: 1}%%", "#37;#37;#123;init: 1#125;#37;#37;"),
        ("{rank|same}", "{rank|same}", "#123;rank#124;same#125;"),
    ]

    @Test("any id is a label", arguments: texts)
    func quoting(_ text: String, _ dot: String, _ mermaid: String) {
        let graph = RevisionGraph(revisions: [Revision(id: text, doc: text)])
        let dotText = GraphPicture(graph, .dot, visible: { $0 }).text
        let mermaidText = GraphPicture(graph, .mermaid, visible: { $0 }).text
        #expect(dotText.contains("    r0 [label=\"\(dot)\\n(head)\\n\(dot)\", penwidth=2];\n"))
        #expect(
            mermaidText.contains("    r0[\"\(mermaid)<br/>(head)<br/>\(mermaid)\"]:::head\n"))
    }

    @Test("hidden characters are made visible before quoting")
    func visible() {
        let graph = RevisionGraph(revisions: [Revision(id: "a\u{202E}b")])
        let text = GraphPicture(graph, .dot).text
        #expect(text.contains(#"label="a\\u{202e}b\n(head)""#))
    }
}
