/// A name that is equal only to the same bytes.
///
/// Swift's strings are equal when they look equal (NFC and NFD spellings of one letter); Alembic and PostgreSQL
/// compare revision ids code point by code point.
struct ExactName: Hashable {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    static func == (left: ExactName, right: ExactName) -> Bool {
        left.text.hasSameBytes(as: right.text)
    }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension String {
    /// Equality of the UTF-8 bytes, which is equality of the code points.
    func hasSameBytes(as other: String) -> Bool {
        utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
    }

    /// Order by UTF-8 bytes, which is the order by code points that Python's `sorted` gives.
    package func precedesInBytes(_ other: String) -> Bool {
        utf8.lexicographicallyPrecedes(other.utf8)
    }

    /// Whether the bytes start with those of `prefix`.
    func startsWithBytes(of prefix: String) -> Bool {
        utf8.starts(with: prefix.utf8)
    }

    /// The text without white space at both ends, as Python's `strip` has it.
    package var trimmedOfWhitespace: String {
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.isPythonWhitespace }),
            let last = scalars.lastIndex(where: { !$0.isPythonWhitespace })
        else { return "" }
        return String(scalars[first...last])
    }
}

extension Unicode.Scalar {
    /// White space for `str.strip`: Unicode's, and the four ASCII separators.
    package var isPythonWhitespace: Bool {
        properties.isWhitespace || (0x1C...0x1F).contains(value)
    }
}

extension Sequence where Element == String {
    /// Sorted by code points, each name once.
    func sortedNames() -> [String] {
        var result: [String] = []
        for name in sorted(by: { $0.precedesInBytes($1) }) where !(result.last?.hasSameBytes(as: name) ?? false) {
            result.append(name)
        }
        return result
    }
}
