/// Columns as wide as their widest cell, for text whose width is its number of characters.
package struct Table {
    private var rows: [[(text: String, shown: String)]] = []

    package init() {}

    /// - Parameter cells: the plain text of each cell, and the text that is shown, which may have escape sequences.
    package mutating func add(_ cells: [(text: String, shown: String)]) { rows.append(cells) }

    package mutating func add(_ cells: [String]) { add(cells.map { ($0, $0) }) }

    package var isEmpty: Bool { rows.isEmpty }

    /// The lines, each after `indent`, without trailing spaces.
    package func lines(indent: String = "  ") -> [String] {
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
