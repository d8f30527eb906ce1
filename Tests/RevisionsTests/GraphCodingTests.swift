import FoundationEssentials
import Revisions
import Testing

@Suite("graph: JSON")
struct GraphCodingTests {
    @Test("the members of the contract, unknown places as null")
    func contract() throws {
        let graph = RevisionGraph(revisions: [
            Revision(id: "b1", down: ["gone"], file: "v/b.py", doc: "Second"), Revision(id: "a1", file: "v/a.py"),
        ])
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(graph), as: UTF8.self)
        #expect(text.hasPrefix(#"{"bases":["a1"],"branchPoints":[],"effectiveHeads":["a1","b1"],"heads":["a1","b1"],"#))
        #expect(text.contains(#""file":"v/b.py","line":null,"message":"#))
        #expect(
            text.contains(
                #"{"dependsOn":[],"doc":"Second","down":["gone"],"file":"v/b.py","id":"b1","labels":[],"#
                    + #""source":"static"}"#
            ))
    }

    @Test("a graph is decoded as it was encoded")
    func roundTrip() throws {
        let graph = RevisionGraph(
            revisions: [
                Revision(id: "a1", labels: ["core"], file: "v/a.py"),
                Revision(id: "b1", down: ["a1", "gone"], dependsOn: ["core"], file: "v/b.py"),
            ], lines: ["v/b.py": HeaderLines(down: 3)])
        let back = try JSONDecoder().decode(RevisionGraph.self, from: try JSONEncoder().encode(graph))
        #expect(back.revisions == graph.revisions)
        #expect(back.problems.map(\.line) == [3])
        #expect(back.isUsable == graph.isUsable)
        #expect(back.mergePoints == graph.mergePoints)
    }

    @Test("a NULL row is encoded as null")
    func nullRow() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let change = RowChange(row: nil, action: "delete", reason: "r")
        #expect(
            String(decoding: try encoder.encode(change), as: UTF8.self)
                == #"{"action":"delete","reason":"r","row":null}"#)
    }
}
