/// Finds the part of a definition that a catalog keeps in the text of PostgreSQL's functions.
extension Span<UInt8> {
    /// The text of `pg_get_indexdef` from `USING` on. Only keywords and names come before it, and names with spaces are
    /// quoted.
    var fromUsing: Range<Int> {
        var isQuoted = false
        for place in indices {
            if self[place] == UInt8(ascii: "\"") { isQuoted.toggle() }
            if !isQuoted, has(" USING ", at: place) { return (place + 1)..<count }
        }
        return 0..<count
    }

    /// The text of `pg_get_constraintdef` without a trailing ` NOT VALID`.
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
