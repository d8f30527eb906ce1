import Text

/// A member of a list that is sorted by schema and name.
protocol Named {
    /// Empty where the object has no schema.
    var memberSchema: String { get }
    var memberName: String { get }
}

/// An object in one of a catalog's lists.
protocol CatalogMember: Named, ByteEquatable {}

extension Named {
    func byteOrder(to other: some Named) -> ByteOrder {
        let order = memberSchema.byteOrder(to: other.memberSchema)
        return order == .same ? memberName.byteOrder(to: other.memberName) : order
    }
}

extension Table: CatalogMember {
    var memberSchema: String { schema }
    var memberName: String { name }
}

extension Sequence: CatalogMember {
    var memberSchema: String { schema }
    var memberName: String { name }
}

extension UserType: CatalogMember {
    var memberSchema: String { schema }
    var memberName: String { name }
}

extension Routine: CatalogMember {
    var memberSchema: String { schema }
    var memberName: String { signature }
}

extension Extension: CatalogMember {
    var memberSchema: String { "" }
    var memberName: String { name }
}

extension String: CatalogMember {
    var memberSchema: String { "" }
    var memberName: String { self }
}

extension Array where Element: Named {
    /// The list sorted by bytes. A catalog's lists are, except for canonically equivalent names.
    var inByteOrder: [Element] {
        let isSorted = withUnsafeBufferPointer { list in
            list.indices.dropFirst().allSatisfy { list[$0 - 1].byteOrder(to: list[$0]) != .after }
        }
        return isSorted ? self : sorted { $0.byteOrder(to: $1) == .before }
    }

    /// The position of the object of this name in a list that is sorted by bytes; nil where there is none.
    func position(ofSchema schema: String, name: String) -> Int? {
        withUnsafeBufferPointer { list in
            var (low, high) = (0, list.count)
            while low < high {
                let middle = (low + high) / 2
                var order = list[middle].memberSchema.byteOrder(to: schema)
                if order == .same { order = list[middle].memberName.byteOrder(to: name) }
                switch order {
                case .same: return middle
                case .before: low = middle + 1
                case .after: high = middle
                }
            }
            return nil
        }
    }
}

/// What differs between two lists that are sorted by bytes, as positions in them.
struct ListDifference {
    /// The objects that both lists have and that are not identical.
    private(set) var changed: [(expected: Int, actual: Int)] = []
    private(set) var missing: [Int] = []
    private(set) var extra: [Int] = []

    init<Object: CatalogMember>(_ expected: [Object], _ actual: [Object]) {
        // Buffers, because subscripts of arrays copy each object.
        expected.withUnsafeBufferPointer { expected in
            actual.withUnsafeBufferPointer { actual in
                var (left, right) = (0, 0)
                while left < expected.count, right < actual.count {
                    switch expected[left].byteOrder(to: actual[right]) {
                    case .before:
                        missing.append(left)
                        left += 1
                    case .after:
                        extra.append(right)
                        right += 1
                    case .same:
                        if !expected[left].hasSameBytes(as: actual[right]) { changed.append((left, right)) }
                        left += 1
                        right += 1
                    }
                }
                missing += left..<expected.count
                extra += right..<actual.count
            }
        }
    }
}
