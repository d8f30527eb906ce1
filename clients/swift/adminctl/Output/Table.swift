/// Columns as wide as their widest cell, for text whose width is its number of characters.
struct Table {
    private var rows: [[(text: String, shown: String)]] = []

    /// - Parameter cells: each as it is, and, where it has a style, as it is shown.
    mutating func add(_ cells: [(text: String, shown: String)]) { rows.append(cells) }

    mutating func add(_ cells: [String]) { add(cells.map { ($0, $0) }) }

    var isEmpty: Bool { rows.isEmpty }

    /// The lines, each after `indent`, without trailing spaces.
    func lines(indent: String = "  ") -> [String] {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { column < $0.count ? $0[column].text.count : 0 }.max() ?? 0
        }
        return rows.map { row in
            var line = indent
            // A column that is empty in every row takes no room.
            for (column, cell) in row.enumerated() where widths[column] > 0 {
                line += cell.shown
                let isLast = row.dropFirst(column + 1).allSatisfy { $0.text.isEmpty }
                if isLast { break }
                line += String(repeating: " ", count: widths[column] - cell.text.count + 2)
            }
            return line
        }
    }
}

extension Console {
    func table(_ table: Table, indent: String = "  ") {
        for text in table.lines(indent: indent) { line(text) }
    }

    /// Names on the left, values beside them.
    func facts(_ facts: [(name: String, value: String)], indent: String = "  ") {
        var table = Table()
        for fact in facts { table.add([(fact.name, styled(fact.name, .dim)), (fact.value, fact.value)]) }
        self.table(table, indent: indent)
    }

    /// The lines of the terminal that ``facts(_:indent:)`` takes.
    func height(of facts: [(name: String, value: String)], indent: String = "  ") -> Int {
        guard let columns else { return facts.count }
        let names = facts.map(\.name.count).max() ?? 0
        return facts.reduce(0) { $0 + max(1, (indent.count + names + 2 + $1.value.count + columns - 1) / columns) }
    }
}
