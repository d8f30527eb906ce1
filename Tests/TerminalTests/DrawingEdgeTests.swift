import Revisions
import Terminal
import Testing

/// Draws random graphs and reads their edges back from the drawings.
@Suite("drawing: edges")
struct DrawingEdgeTests {
    @Test("a drawing has exactly the edges of its graph", arguments: 0..<300)
    func edges(_ seed: Int) {
        var random = Generator(state: UInt64(seed))
        // So few revisions that no dependency is long enough to be described in words.
        let graph = random.graph(count: 2 + seed % 30)
        let reading = DrawingReader(GraphDrawing(graph, .init(laneLimit: 200)))
        #expect(reading.faults == [])
        #expect(reading.edges.symmetricDifference(Self.edges(of: graph)) == [])
    }

    @Test("with few lanes no wrong edge is drawn, and missing ones are in words", arguments: 0..<100)
    func fewLanes(_ seed: Int) {
        var random = Generator(state: UInt64(1000 + seed))
        let graph = random.graph(count: 30)
        let drawing = GraphDrawing(graph, .init(laneLimit: 3))
        let reading = DrawingReader(drawing)
        #expect(reading.faults == [])
        #expect(reading.widest <= 7, "three lanes and one for what finds none")
        let edges = Self.edges(of: graph)
        #expect(reading.edges.isSubset(of: edges))
        for edge in edges.subtracting(reading.edges) {
            let line = drawing.lines.first {
                $0.segments.contains { [.id, .head].contains($0.role) && $0.text == edge.from }
            }
            let words = line?.text() ?? ""
            #expect(words.contains(edge.isDependency ? "depends on" : "revises"), "\(edge): \(words)")
        }
    }

    @Test("each revision has one line, below all its children", arguments: 0..<50)
    func order(_ seed: Int) {
        var random = Generator(state: UInt64(2000 + seed))
        let graph = random.graph(count: 60)
        let ids = GraphDrawing(graph).lines.compactMap { line in
            line.segments.first { [.id, .head].contains($0.role) }?.text
        }
        #expect(ids.sorted() == graph.revisions.map(\.id).sorted())
        let place = Dictionary(uniqueKeysWithValues: ids.enumerated().map { ($1, $0) })
        for edge in Self.edges(of: graph) {
            #expect((place[edge.from] ?? 0) < (place[edge.to] ?? 0))
        }
    }

    private static func edges(of graph: RevisionGraph) -> Set<DrawingReader.Edge> {
        var edges: Set<DrawingReader.Edge> = []
        for revision in graph.revisions {
            for parent in revision.down {
                edges.insert(.init(from: revision.id, to: parent, isDependency: false))
            }
            for parent in revision.dependsOn where !revision.down.contains(parent) {
                edges.insert(.init(from: revision.id, to: parent, isDependency: true))
            }
        }
        return edges
    }

    /// Generates the same graphs in every run (SplitMix64).
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }

        /// Mostly lines, with branches, merges, several bases and dependencies.
        mutating func graph(count: Int) -> RevisionGraph {
            var revisions: [Revision] = []
            for number in 0..<count {
                var revision = Revision(id: "r\(number)")
                let kind = number == 0 ? 0 : Int.random(in: 0..<20, using: &self)
                switch kind {
                case 0: break
                case 1...11: revision.down = ["r\(number - 1)"]
                case 12...16: revision.down = ["r\(Int.random(in: 0..<number, using: &self))"]
                default:
                    revision.down = Array(Set((0..<3).map { _ in "r\(Int.random(in: 0..<number, using: &self))" }))
                }
                if number > 0, Int.random(in: 0..<6, using: &self) == 0 {
                    revision.dependsOn = ["r\(Int.random(in: 0..<number, using: &self))"]
                }
                revisions.append(revision)
            }
            return RevisionGraph(revisions: revisions)
        }
    }
}
