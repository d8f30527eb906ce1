public import Revisions

/// Graphs for tests, written as `id: down, down; dependency`.
extension RevisionGraph {
    public init(_ lines: String...) {
        self.init(
            revisions: lines.map { line in
                let parts = line.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
                let edges = (parts.count > 1 ? parts[1] : "").split(separator: ";", omittingEmptySubsequences: false)
                func names(_ position: Int) -> [String] {
                    guard edges.count > position else { return [] }
                    return edges[position].split(separator: ",").map { $0.filter { $0 != " " } }
                }
                return Revision(
                    id: parts[0], down: names(0), dependsOn: names(1), labels: names(2), file: "versions/\(parts[0]).py"
                )
            })
    }
}
