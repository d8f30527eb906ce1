/// A name that is equal only to the same bytes.
///
/// Swift's strings are equal when they look equal (NFC and NFD spellings of one letter); Alembic and PostgreSQL
/// compare revision ids code point by code point.
package struct ExactName: Hashable, Sendable {
    let text: String

    package init(_ text: String) {
        self.text = text
    }

    package static func == (left: ExactName, right: ExactName) -> Bool {
        left.text.hasSameBytes(as: right.text)
    }

    package func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

/// Runs the body with the UTF-8 of two strings in memory, where comparing it is quick.
@inline(__always)
private func withBytes<T>(
    of left: String, _ right: String, _ body: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>) -> T
) -> T {
    var left = left
    var right = right
    return left.withUTF8 { left in right.withUTF8 { right in body(left, right) } }
}

extension String {
    /// Equality of the UTF-8 bytes, which is equality of the code points.
    package func hasSameBytes(as other: String) -> Bool {
        utf8.count == other.utf8.count && withBytes(of: self, other) { $0.elementsEqual($1) }
    }

    /// Order by UTF-8 bytes, which is the order by code points that Python's `sorted` gives.
    package func precedesInBytes(_ other: String) -> Bool {
        withBytes(of: self, other) { $0.lexicographicallyPrecedes($1) }
    }

    /// The first eight bytes as a number that orders as they do; those that are missing count as zero.
    fileprivate var leadingBytes: UInt64 {
        var bytes: UInt64 = 0
        var rest = utf8.makeIterator()
        for _ in 0..<8 { bytes = bytes << 8 | UInt64(rest.next() ?? 0) }
        return bytes
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
        isASCII
            ? value == 0x20 || (0x09...0x0D).contains(value) || (0x1C...0x1F).contains(value) : properties.isWhitespace
    }
}

extension Sequence {
    /// Sorted by the UTF-8 bytes of a name that each element has, which is the order by code points.
    package func sortedByBytes(of name: (Element) -> String) -> [Element] {
        let elements = Array(self)
        // Most names differ within eight bytes, which are compared as one number.
        let keys = elements.indices.map { (start: name(elements[$0]).leadingBytes, position: $0) }
        return keys.sorted {
            $0.start == $1.start
                ? name(elements[$0.position]).precedesInBytes(name(elements[$1.position])) : $0.start < $1.start
        }.map { elements[$0.position] }
    }
}

extension Collection where Element == String {
    /// Sorted by code points, each name once.
    func sortedNames() -> [String] {
        if count < 2 { return Array(self) }
        var result: [String] = []
        for name in sorted(by: { $0.precedesInBytes($1) }) where !(result.last?.hasSameBytes(as: name) ?? false) {
            result.append(name)
        }
        return result
    }
}
