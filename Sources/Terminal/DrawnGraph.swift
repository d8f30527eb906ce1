import Revisions

/// The content of a picture of a graph: revisions, folds that represent revisions that are left out, and the edges from
/// each item to its parents and dependencies.
struct DrawnGraph {
    enum Item {
        case revision(Int)
        case fold(Fold)
    }

    /// Revisions that are left out. Each is counted in one fold only: of two folds that represent it, in the lower one.
    struct Fold {
        enum Place {
            /// Above the shown revisions.
            case newer
            /// Between shown revisions.
            case between
            /// Below the shown revisions.
            case older
        }

        var place: Place
        var count: Int
    }

    struct Edge {
        var target: Int
        /// Whether the edge comes from `depends_on` only.
        var isDependency: Bool
    }

    private(set) var items: [Item] = []
    /// For each item, its parents and dependencies. There are no cycles: an edge that closes one is left out, as in
    /// `order`.
    private(set) var edges: [[Edge]] = []
    /// The number of shown revisions.
    private(set) var shownCount = 0

    private let graph: RevisionGraph
    /// The position of each revision in the graph's order.
    private let position: [Int]
    private var itemOfNode: [Int?]

    /// - Parameter shown: nil for everything.
    init(_ graph: RevisionGraph, shown: Set<Int>? = nil) {
        self.graph = graph
        var position = [Int](repeating: 0, count: graph.revisions.count)
        for (place, node) in graph.orderedNodes.enumerated() { position[node] = place }
        self.position = position
        itemOfNode = [Int?](repeating: nil, count: graph.revisions.count)
        for node in graph.orderedNodes.reversed() where shown?.contains(node) ?? true {
            itemOfNode[node] = items.count
            add(.revision(node))
        }
        shownCount = items.count
        for (item, node) in shownNodes {
            edges[item] = edges(of: node).compactMap { edge in
                itemOfNode[edge.target].map { Edge(target: $0, isDependency: edge.isDependency) }
            }
        }
        if shownCount < graph.revisions.count { fold() }
    }

    private var shownNodes: [(item: Int, node: Int)] {
        items.enumerated().compactMap { item, content in
            if case .revision(let node) = content { (item, node) } else { nil }
        }
    }

    @discardableResult private mutating func add(_ item: Item) -> Int {
        items.append(item)
        edges.append([])
        return items.count - 1
    }

    /// The edges of a revision, without those that close a cycle.
    private func edges(of node: Int) -> [Edge] {
        let downs = graph.downEdges[node]
        return graph.allDownEdges[node].filter { position[$0] < position[node] }
            .map { Edge(target: $0, isDependency: !downs.contains($0)) }
    }

    /// The targets of a revision's edges that are left out because they close a cycle.
    func edgesClosingCycle(of node: Int) -> [Int] {
        graph.allDownEdges[node].filter { position[$0] >= position[node] }
    }

    // MARK: Folds

    /// Adds folds where revisions are left out, so that the shown ones stay connected.
    private mutating func fold() {
        var walk = Walk(count: position.count)
        let shown = shownNodes
        for (item, node) in shown.reversed() { foldBelow(item, node, &walk) }
        for (item, node) in shown { foldAbove(item, node, &walk) }
    }

    private mutating func foldBelow(_ item: Int, _ node: Int, _ walk: inout Walk) {
        let left = edges(of: node).filter { itemOfNode[$0.target] == nil }
        guard !left.isEmpty else { return }
        walk.start()
        var count = 0
        var reached: [Int] = []
        var waiting = left.map(\.target)
        while let next = waiting.popLast() {
            guard walk.visit(next) else { continue }
            if itemOfNode[next] != nil {
                reached.append(next)
                continue
            }
            if walk.count(next) { count += 1 }
            waiting += edges(of: next).map(\.target)
        }
        let fold = add(.fold(Fold(place: reached.isEmpty ? .older : .between, count: count)))
        let isDependency = !reached.isEmpty && left.allSatisfy(\.isDependency)
        edges[item].append(Edge(target: fold, isDependency: isDependency))
        edges[fold] = upper(of: reached, &walk).compactMap { target in
            itemOfNode[target].map { Edge(target: $0, isDependency: false) }
        }
    }

    /// Those of the revisions that are no ancestors of another.
    private func upper(of nodes: [Int], _ walk: inout Walk) -> [Int] {
        guard nodes.count > 1, let floor = nodes.map({ position[$0] }).min() else { return nodes }
        walk.start()
        var waiting = nodes.flatMap { edges(of: $0).map(\.target) }
        while let next = waiting.popLast() {
            guard position[next] >= floor, walk.visit(next) else { continue }
            waiting += edges(of: next).map(\.target)
        }
        return nodes.filter { !walk.hasVisited($0) }.sorted()
    }

    /// Runs after all folds below, so that a revision not counted yet is below no shown one.
    private mutating func foldAbove(_ item: Int, _ node: Int, _ walk: inout Walk) {
        let left = above(node).filter { itemOfNode[$0] == nil && !walk.isBelow($0) }
        guard !left.isEmpty else { return }
        walk.start()
        var count = 0
        var waiting = left
        while let next = waiting.popLast() {
            guard walk.visit(next) else { continue }
            if walk.count(next, isBelow: false) { count += 1 }
            waiting += above(next)
        }
        let fold = add(.fold(Fold(place: .newer, count: count)))
        let isDependency = left.allSatisfy { !graph.downEdges[$0].contains(node) }
        edges[fold] = [Edge(target: item, isDependency: isDependency)]
    }

    private func above(_ node: Int) -> [Int] {
        graph.allUpEdges[node].filter { position[$0] > position[node] }
    }
}

/// The state of walks over revisions: those that the current walk has visited, and those that any walk has counted.
private struct Walk {
    private enum Counted { case no, below, above }

    private var visitedBy: [Int]
    private var counted: [Counted]
    private var current = 0

    init(count: Int) {
        visitedBy = [Int](repeating: 0, count: count)
        counted = [Counted](repeating: .no, count: count)
    }

    mutating func start() { current += 1 }

    func hasVisited(_ node: Int) -> Bool { visitedBy[node] == current }

    /// False when this walk has visited the node before.
    mutating func visit(_ node: Int) -> Bool {
        if visitedBy[node] == current { return false }
        visitedBy[node] = current
        return true
    }

    /// False when a fold has counted it already.
    mutating func count(_ node: Int, isBelow: Bool = true) -> Bool {
        if counted[node] != .no { return false }
        counted[node] = isBelow ? .below : .above
        return true
    }

    /// Whether the node is left out and below a shown one.
    func isBelow(_ node: Int) -> Bool { counted[node] == .below }
}
