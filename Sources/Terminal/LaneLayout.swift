/// Lays out a graph in lanes, from top to bottom: a lane runs from an item down to one of its parents or dependencies.
///
/// Each item has a row of its own, in which the lanes that lead to it end. Lanes that start at it start in that row too,
/// or in the row below when others end there. Free lanes are used again. Where many lanes lie side by side, a line joins
/// a lane that already leads to the same item. Edges without a lane are described in words: those that find no free
/// lane, and those of a `depends_on` that spans many rows.
struct LaneLayout {
    private struct Lane {
        var target: Int
        var isDependency: Bool
    }

    /// An edge without a lane, as seen from one of its ends.
    struct WordedEdge {
        /// The item at the other end.
        var item: Int
        var isBelow: Bool
        var isDependency: Bool
    }

    /// From this many lanes on, or this many lanes to one item, lines join early.
    private static let comfortable = (lanes: 8, toOneItem: 3)
    /// The maximum number of items that a `depends_on` may pass on a lane: about one screen.
    private static let reach = 30

    private(set) var rows: [LaneRow] = []
    /// The edges of each item that are described in words.
    private(set) var wordedEdges: [Int: [WordedEdge]] = [:]

    private let order: DrawingOrder
    /// The position of each item in the order.
    private var position: [Int]
    private var lanes: [Lane?]

    /// - Parameter laneLimit: the maximum number of lanes side by side; one more column is used for items without a lane.
    init(_ graph: DrawnGraph, laneLimit: Int) {
        order = DrawingOrder(graph)
        position = [Int](repeating: 0, count: graph.items.count)
        for (index, item) in order.items.enumerated() { position[item] = index }
        lanes = [Lane?](repeating: nil, count: max(1, laneLimit))
        rows.reserveCapacity(order.items.count)
        for item in order.items { place(item) }
    }

    private mutating func place(_ item: Int) {
        let arriving = lanes.indices.filter { lanes[$0]?.target == item }
        let free = lanes.firstIndex { $0 == nil } ?? lanes.count
        let column = arriving.first { lanes[$0]?.isDependency == false } ?? arriving.first ?? free
        showDependencies(arriving)
        let joins = arriving.filter { $0 != column }.map {
            LaneRow.Branch(lane: $0, kind: .joins, isDependency: lanes[$0]?.isDependency ?? false)
        }
        for lane in arriving { lanes[lane] = nil }
        let above = passing
        if arriving.isEmpty { separate(column) }

        var branches: [LaneRow.Branch] = []
        for (index, edge) in order.parents[item].enumerated() {
            if edge.isDependency, position[edge.target] - position[item] > Self.reach {
                describeInWords(edge, from: item)
            } else if index == 0, staysInLane(edge, column) {
                lanes[column] = Lane(target: edge.target, isDependency: edge.isDependency)
            } else if let branch = branch(to: edge, from: column) {
                branches.append(branch)
            } else {
                describeInWords(edge, from: item)
            }
        }
        let continues = lanes.indices.contains(column) && lanes[column] != nil
        if joins.isEmpty || branches.isEmpty {
            let passing = joins.isEmpty ? passing : above
            rows.append(
                LaneRow(passing: passing, lane: column, item: item, continues: continues, branches: joins + branches))
        } else {
            rows.append(LaneRow(passing: above, lane: column, item: item, continues: true, branches: joins))
            rows.append(LaneRow(passing: passing, lane: column, item: nil, continues: continues, branches: branches))
        }
    }

    /// Adds a row where an item that starts a lane would look like a parent of the item above it.
    private mutating func separate(_ column: Int) {
        guard let last = rows.last, last.item != nil, last.lane == column, !last.continues else { return }
        rows.append(LaneRow(passing: passing, lane: nil, item: nil, continues: false, branches: []))
    }

    /// Only a passing lane shows that it belongs to `depends_on`, so each such lane gets at least one row to pass.
    private mutating func showDependencies(_ arriving: [Int]) {
        guard let last = rows.last else { return }
        let hidden = arriving.contains { lane in
            lanes[lane]?.isDependency == true && (last.lane == lane || last.branches.contains { $0.lane == lane })
        }
        if hidden { rows.append(LaneRow(passing: passing, lane: nil, item: nil, continues: false, branches: [])) }
    }

    private mutating func describeInWords(_ edge: DrawnGraph.Edge, from item: Int) {
        let isDependency = edge.isDependency
        wordedEdges[item, default: []].append(WordedEdge(item: edge.target, isBelow: true, isDependency: isDependency))
        wordedEdges[edge.target, default: []].append(
            WordedEdge(item: item, isBelow: false, isDependency: isDependency))
    }

    private var passing: [Bool?] { lanes.map { $0?.isDependency } }

    /// Whether the line to an item's first parent gets the item's lane. Where the drawing is crowded it joins another
    /// lane instead, but only one to the left, so that lanes do not move to the right.
    private func staysInLane(_ edge: DrawnGraph.Edge, _ column: Int) -> Bool {
        guard lanes.indices.contains(column) else { return false }
        let toTarget = lanes.count { $0?.target == edge.target }
        let isCrowded =
            toTarget >= Self.comfortable.toOneItem || lanes.count { $0 != nil } >= Self.comfortable.lanes
        return !isCrowded || (lane(to: edge, near: column) ?? column) >= column
    }

    /// Joins the nearest lane that leads to the target, or starts one; nil when no lane is free.
    private mutating func branch(to edge: DrawnGraph.Edge, from column: Int) -> LaneRow.Branch? {
        if let lane = lane(to: edge, near: column) {
            return LaneRow.Branch(lane: lane, kind: .meets, isDependency: edge.isDependency)
        }
        let free = lanes.indices.filter { $0 != column && lanes[$0] == nil }
        guard let lane = free.first(where: { $0 > column }) ?? free.last else { return nil }
        lanes[lane] = Lane(target: edge.target, isDependency: edge.isDependency)
        return LaneRow.Branch(lane: lane, kind: .opens, isDependency: edge.isDependency)
    }

    /// The nearest lane of the same kind that leads to the target.
    private func lane(to edge: DrawnGraph.Edge, near column: Int) -> Int? {
        lanes.indices.filter { index in
            guard let lane = lanes[index], index != column else { return false }
            return lane.target == edge.target && lane.isDependency == edge.isDependency
        }.min { abs($0 - column) < abs($1 - column) }
    }
}
