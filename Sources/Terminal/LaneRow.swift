/// One line of a drawing's lanes: the lanes that pass through it, and an item or branches at one of them.
struct LaneRow {
    /// One character of the lanes.
    struct Cell {
        var character: Character
        /// The lane that it belongs to, for its colour.
        var lane: Int
        var isItem = false
    }

    /// A connection from the row's own lane to another one.
    struct Branch {
        enum Kind {
            /// A lane from above that ends here.
            case joins
            /// A lane that begins here.
            case opens
            /// A lane that existed before and continues.
            case meets
        }

        var lane: Int
        var kind: Kind
        var isDependency: Bool
    }

    /// For each lane that passes through, whether it belongs to `depends_on`; nil where no lane passes.
    var passing: [Bool?]
    /// The lane of the item and of the branches; nil where there is neither.
    var lane: Int?
    /// Nil in a row that only connects lanes.
    var item: Int?
    /// Whether the row's own lane continues below; drawn only where there is no item.
    var continues: Bool
    var branches: [Branch]

    /// The characters, two per lane; `node` is the character of the item.
    func cells(node: Character) -> [Cell] {
        let ends = branches.map(\.lane) + (lane.map { [$0] } ?? [])
        guard let last = (ends + passing.indices.filter { passing[$0] != nil }).max() else { return [] }
        let (left, right) = (ends.min() ?? 0, ends.max() ?? 0)
        var cells: [Cell] = []
        for column in 0...last {
            let leadsLeft = column > left && column <= right
            let leadsRight = column >= left && column < right
            cells.append(cell(column, leadsLeft, leadsRight, node))
            guard column < last else { break }
            if leadsRight {
                cells.append(Cell(character: dash(after: column), lane: owner(after: column)))
            } else {
                cells.append(Cell(character: " ", lane: column))
            }
        }
        return cells
    }

    private func cell(_ column: Int, _ leadsLeft: Bool, _ leadsRight: Bool, _ node: Character) -> Cell {
        if column == lane {
            if item != nil { return Cell(character: node, lane: column, isItem: true) }
            return Cell(character: Self.corner(true, continues, leadsLeft, leadsRight), lane: column)
        }
        if let branch = branches.first(where: { $0.lane == column }) {
            let (up, down) = (branch.kind != .opens, branch.kind != .joins)
            return Cell(character: Self.corner(up, down, leadsLeft, leadsRight), lane: column)
        }
        // A lane that only passes interrupts the horizontal line, so that a crossing looks different from a meeting.
        if let isDependency = passing.indices.contains(column) ? passing[column] : nil {
            return Cell(character: isDependency ? "┊" : "│", lane: column)
        }
        guard leadsLeft, leadsRight else { return Cell(character: " ", lane: column) }
        return Cell(character: dash(after: column), lane: owner(after: column))
    }

    /// The horizontal line between a lane and the next one: dashed when it leads only to lanes of `depends_on`.
    private func dash(after column: Int) -> Character {
        beyond(column).allSatisfy(\.isDependency) ? "╌" : "─"
    }

    /// The lane whose colour the horizontal line has: the nearest one that it leads to.
    private func owner(after column: Int) -> Int {
        let lanes = beyond(column).map(\.lane)
        return (column >= lane ?? 0 ? lanes.min() : lanes.max()) ?? column
    }

    private func beyond(_ column: Int) -> [Branch] {
        branches.filter { column >= lane ?? 0 ? $0.lane > column : $0.lane <= column }
    }

    private static func corner(_ up: Bool, _ down: Bool, _ left: Bool, _ right: Bool) -> Character {
        switch (up, down, left, right) {
        case (true, true, false, false): "│"
        case (true, true, true, false): "┤"
        case (true, true, false, true): "├"
        case (true, false, true, false): "╯"
        case (true, false, false, true): "╰"
        case (true, false, true, true): "┴"
        case (false, true, true, false): "╮"
        case (false, true, false, true): "╭"
        case (false, true, true, true): "┬"
        default: "┼"
        }
    }
}
