extension GraphDrawing.Line {
    /// The line as a terminal gets it.
    ///
    /// - Parameters:
    ///   - width: columns to fit into; what comes after the id is cut. Nil for no bound.
    ///   - visible: makes a text from a script fit for a terminal.
    ///   - style: puts a text into the colour of its role.
    public func text(
        width: Int? = nil, visible: (String) -> String = { $0 },
        style: (String, GraphDrawing.Role) -> String = { text, _ in text }
    ) -> String {
        let parts = segments.map { (text: visible($0.text), role: $0.role) }
        let columns = parts.reduce(0) { $0 + $1.text.terminalColumns }
        guard let width, columns > width else { return parts.map { style($0.text, $0.role) }.joined() }
        var result = ""
        // One column is kept for the sign that something is missing.
        var room = width - 1
        for (text, role) in parts {
            let columns = text.terminalColumns
            if columns > room, role.mayBeCut {
                return room < 0 ? result : result + style(text.prefix(terminalColumns: room) + "…", role)
            }
            result += style(text, role)
            room -= columns
        }
        return result
    }
}

extension GraphDrawing.Role {
    /// The terminal attributes that suit it: the parameters of SGR (ECMA-48), empty for none.
    public var graphicRendition: String {
        switch self {
        case .lane(let number): ["36", "35", "34", "33", "32", "31"][number % 6]
        case .revision, .applied, .id: ""
        case .row: "1;32"
        case .pending: "33"
        case .head: "1"
        case .mark: "1;36"
        case .label: "34"
        case .fault: "1;31"
        case .doc: ""
        case .note: "2"
        }
    }

    fileprivate var mayBeCut: Bool {
        switch self {
        case .lane, .revision, .row, .applied, .pending, .id, .head: false
        case .mark, .label, .fault, .doc, .note: true
        }
    }
}

extension String {
    /// How many columns a terminal gives the text: two for East Asian wide characters, none for what combines with the
    /// character before.
    var terminalColumns: Int {
        utf8.allSatisfy { $0 < 0x80 } ? utf8.count : unicodeScalars.reduce(0) { $0 + $1.terminalColumns }
    }

    fileprivate func prefix(terminalColumns limit: Int) -> String {
        var room = limit
        var result = ""
        for character in self {
            room -= character.unicodeScalars.reduce(0) { $0 + $1.terminalColumns }
            guard room >= 0 else { break }
            result.append(character)
        }
        return result
    }
}

extension Unicode.Scalar {
    /// The ranges are the blocks that Unicode's East Asian Width calls wide as a whole.
    fileprivate var terminalColumns: Int {
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF,
            0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}
