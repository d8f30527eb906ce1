/// Where the part of a definition that counts stands in PostgreSQL's text.
extension Span<UInt8> {
    /// What `pg_get_indexdef` says from `USING` on. Before it there are only keywords and names, and a name with a
    /// space is quoted.
    var fromUsing: Range<Int> {
        var isQuoted = false
        for place in indices {
            if self[place] == UInt8(ascii: "\"") { isQuoted.toggle() }
            if !isQuoted, has(" USING ", at: place) { return (place + 1)..<count }
        }
        return 0..<count
    }

    /// What `pg_get_constraintdef` says, less a ` NOT VALID` at the end.
    var withoutNotValid: Range<Int> {
        let mark: StaticString = " NOT VALID"
        let end = count - mark.utf8CodeUnitCount
        return 0..<(end >= 0 && has(mark, at: end) ? end : count)
    }

    private func has(_ text: StaticString, at place: Int) -> Bool {
        guard count - place >= text.utf8CodeUnitCount else { return false }
        for offset in 0..<text.utf8CodeUnitCount where unsafe text.utf8Start[offset] != self[place + offset] {
            return false
        }
        return true
    }
}
