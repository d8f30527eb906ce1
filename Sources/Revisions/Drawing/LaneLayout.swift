/// Lays a graph out in lanes, from top to bottom: a lane runs from an item down to what it stands on.
///
/// Each item stands in a row of its own, in which the lanes that lead to it end; lanes that begin at it begin in that
/// row too, or in a row below when others end there. Lanes are used again when they are free. Where many lie side by
/// side, a line joins one that leads to the same item already. What has no lane is told in words: an edge when none is
/// left, and a `depends_on` that reaches far.
struct LaneLayout {
    private struct Lane {
        var target: Int
        var isDependency: Bool
    }

    /// An edge without a lane, as seen from one of its ends.
    struct Untold {
        /// The item at the other end.
        var item: Int
        var isBelow: Bool
        var isDependency: Bool
    }

    /// From this many lanes on, or this many to one item, lines join early.
    private static let comfortable = (lanes: 8, toOneItem: 3)
    /// How many items a `depends_on` may pass on a lane: about what one screen shows.
    private static let reach = 30

    private(set) var rows: [LaneRow] = []
    /// For an item, its edges that are told in words.
    private(set) var untold: [Int: [Untold]] = [:]

    private let order: DrawingOrder
    /// Where in the order each item is.
    private var position: [Int]
    private var lanes: [Lane?]

    /// - Parameter laneLimit: how many lanes there may be side by side; one more is used for items that find none.
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
                tell(edge, from: item)
            } else if index == 0, staysInLane(edge, column) {
                lanes[column] = Lane(target: edge.target, isDependency: edge.isDependency)
            } else if let branch = branch(to: edge, from: column) {
                branches.append(branch)
            } else {
                tell(edge, from: item)
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

    /// What begins in a lane must not look as if it belonged to the item above it.
    private mutating func separate(_ column: Int) {
        guard let last = rows.last, last.item != nil, last.lane == column, !last.continues else { return }
        rows.append(LaneRow(passing: passing, lane: nil, item: nil, continues: false, branches: []))
    }

    /// Of what kind a line is shows only where it passes, so that one of `depends_on` must pass at least once.
    private mutating func showDependencies(_ arriving: [Int]) {
        guard let last = rows.last else { return }
        let hidden = arriving.contains { lane in
            lanes[lane]?.isDependency == true && (last.lane == lane || last.branches.contains { $0.lane == lane })
        }
        if hidden { rows.append(LaneRow(passing: passing, lane: nil, item: nil, continues: false, branches: [])) }
    }

    private mutating func tell(_ edge: DrawnGraph.Edge, from item: Int) {
        let isDependency = edge.isDependency
        untold[item, default: []].append(Untold(item: edge.target, isBelow: true, isDependency: isDependency))
        untold[edge.target, default: []].append(Untold(item: item, isBelow: false, isDependency: isDependency))
    }

    private var passing: [Bool?] { lanes.map { $0?.isDependency } }

    /// Whether the line to an item's first parent has the lane to itself. Where it is crowded it joins another one, but
    /// only to the left: what is far left stays there.
    private func staysInLane(_ edge: DrawnGraph.Edge, _ column: Int) -> Bool {
        guard lanes.indices.contains(column) else { return false }
        let toTarget = lanes.count { $0?.target == edge.target }
        let isCrowded =
            toTarget >= Self.comfortable.toOneItem || lanes.count { $0 != nil } >= Self.comfortable.lanes
        return !isCrowded || (lane(to: edge, near: column) ?? column) >= column
    }

    /// Joins the nearest lane that leads there, or begins one; nil when there is none.
    private mutating func branch(to edge: DrawnGraph.Edge, from column: Int) -> LaneRow.Branch? {
        if let lane = lane(to: edge, near: column) {
            return LaneRow.Branch(lane: lane, kind: .meets, isDependency: edge.isDependency)
        }
        let free = lanes.indices.filter { $0 != column && lanes[$0] == nil }
        guard let lane = free.first(where: { $0 > column }) ?? free.last else { return nil }
        lanes[lane] = Lane(target: edge.target, isDependency: edge.isDependency)
        return LaneRow.Branch(lane: lane, kind: .opens, isDependency: edge.isDependency)
    }

    /// The nearest lane that leads there, of the same kind.
    private func lane(to edge: DrawnGraph.Edge, near column: Int) -> Int? {
        lanes.indices.filter { index in
            guard let lane = lanes[index], index != column else { return false }
            return lane.target == edge.target && lane.isDependency == edge.isDependency
        }.min { abs($0 - column) < abs($1 - column) }
    }
}
