/// A string that equals only the same bytes, for use as a key of sets and dictionaries.
///
/// Swift's strings are equal when they are canonically equivalent (NFC and NFD spellings of one letter). PostgreSQL,
/// Alembic, file systems and the protocol compare names byte by byte.
package struct ExactString: Hashable, Sendable {
    package let text: String

    @inlinable
    package init(_ text: String) {
        self.text = text
    }

    package static func == (left: ExactString, right: ExactString) -> Bool { left.text.hasSameBytes(as: right.text) }

    package func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        // Ends the string, so that ["a", "bc"] and ["ab", "c"] have different hashes.
        hasher.combine(0xFF as UInt8)
    }
}

/// How one string compares with another in the order of their UTF-8 bytes.
package enum ByteOrder: Sendable {
    case before, same, after
}

extension String {
    /// Equality of the UTF-8 bytes, which is equality of the code points.
    package func hasSameBytes(as other: String) -> Bool {
        utf8.count == other.utf8.count && firstDifference(from: other) == nil
    }

    /// Order by UTF-8 bytes, which is the order by code points that Python's `sorted` and PostgreSQL's "C" collation use.
    @usableFromInline
    package func precedesInBytes(_ other: String) -> Bool { byteOrder(to: other) == .before }

    /// How this string compares with `other` by UTF-8 bytes.
    package func byteOrder(to other: String) -> ByteOrder {
        if let (mine, theirs) = firstDifference(from: other) { return mine < theirs ? .before : .after }
        let counts = (utf8.count, other.utf8.count)
        return counts.0 == counts.1 ? .same : counts.0 < counts.1 ? .before : .after
    }

    /// Whether the UTF-8 bytes start with those of `prefix`.
    package func startsWithBytes(of prefix: String) -> Bool { utf8.starts(with: prefix.utf8) }

    /// The first bytes that differ; nil where the shorter string is a prefix of the longer one.
    private func firstDifference(from other: String) -> (UInt8, UInt8)? {
        let difference = utf8.withContiguousStorageIfAvailable { left in
            other.utf8.withContiguousStorageIfAvailable { right -> (UInt8, UInt8)? in
                let (left, right) = (UnsafeRawBufferPointer(left), UnsafeRawBufferPointer(right))
                let count = min(left.count, right.count)
                var offset = 0
                // Eight bytes at a time: whole catalogs are compared here.
                while offset + 8 <= count,
                    left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                        == right.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                { offset += 8 }
                while offset < count {
                    if left[offset] != right[offset] { return (left[offset], right[offset]) }
                    offset += 1
                }
                return nil
            }
        }
        if let inner = difference, let result = inner { return result }
        return zip(utf8, other.utf8).first { $0 != $1 }
    }

    /// The first eight bytes as a number that orders as they do; missing bytes count as zero.
    @usableFromInline
    package var leadingBytes: UInt64 {
        var bytes: UInt64 = 0
        var rest = utf8.makeIterator()
        for _ in 0..<8 { bytes = bytes << 8 | UInt64(rest.next() ?? 0) }
        return bytes
    }
}

extension Optional<String> {
    /// Whether both are nil, or both are strings of the same bytes.
    package func hasSameBytes(as other: String?) -> Bool {
        switch (self, other) {
        case (nil, nil): true
        case (let left?, let right?): left.hasSameBytes(as: right)
        default: false
        }
    }
}

extension [String] {
    /// Whether both have the same strings, byte for byte, in the same order.
    package func hasSameBytes(as other: [String]) -> Bool {
        count == other.count && zip(self, other).allSatisfy { $0.hasSameBytes(as: $1) }
    }
}

extension Sequence {
    /// Sorted by the UTF-8 bytes of a name that each element has, which is the order by code points.
    @inlinable
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
    /// Sorted by the UTF-8 bytes, without duplicates.
    package func uniqueSortedByBytes() -> [String] {
        if count < 2 { return Array(self) }
        var result: [String] = []
        for name in sorted(by: { $0.precedesInBytes($1) }) where !(result.last?.hasSameBytes(as: name) ?? false) {
            result.append(name)
        }
        return result
    }
}
