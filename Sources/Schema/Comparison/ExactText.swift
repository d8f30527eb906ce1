/// A name or a text that is equal only to the same bytes.
///
/// Swift's strings are equal when they look equal (NFC and NFD spellings of one letter); PostgreSQL compares names and
/// values byte by byte.
struct ExactText: Hashable, Sendable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (left: ExactText, right: ExactText) -> Bool { left.text.isIdentical(to: right.text) }

    /// Texts that look equal have one hash, which is no harm: they are rare.
    func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

extension String {
    /// Equality of the UTF-8 bytes.
    func isIdentical(to other: String) -> Bool {
        utf8.count == other.utf8.count && firstDifference(from: other) == nil
    }

    /// Order by UTF-8 bytes, which is the order by code points.
    func precedesInBytes(_ other: String) -> Bool { order(besides: other) == .before }

    /// How the bytes stand to those of another text.
    func order(besides other: String) -> ByteOrder {
        if let (mine, theirs) = firstDifference(from: other) { return mine < theirs ? .before : .after }
        let counts = (utf8.count, other.utf8.count)
        return counts.0 == counts.1 ? .same : counts.0 < counts.1 ? .before : .after
    }

    /// The first bytes that differ; nil where the shorter text is the beginning of the longer one.
    private func firstDifference(from other: String) -> (UInt8, UInt8)? {
        let difference = utf8.withContiguousStorageIfAvailable { left in
            other.utf8.withContiguousStorageIfAvailable { right -> (UInt8, UInt8)? in
                let (left, right) = (UnsafeRawBufferPointer(left), UnsafeRawBufferPointer(right))
                let count = min(left.count, right.count)
                var offset = 0
                // Eight bytes at a time: whole catalogs go through here.
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
        if let difference = difference ?? nil { return difference }
        return zip(utf8, other.utf8).first { $0 != $1 }
    }
}

/// Where a text stands beside another one in the order of bytes.
enum ByteOrder {
    case before, same, after
}

extension Optional<String> {
    func isIdentical(to other: String?) -> Bool {
        switch (self, other) {
        case (nil, nil): true
        case (let left?, let right?): left.isIdentical(to: right)
        default: false
        }
    }
}

extension [String] {
    func isIdentical(to other: [String]) -> Bool {
        count == other.count && zip(self, other).allSatisfy { $0.isIdentical(to: $1) }
    }
}
