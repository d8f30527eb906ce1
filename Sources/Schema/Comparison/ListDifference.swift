/// Something with a place in a list that is sorted by schema and name.
protocol Named {
    /// Empty where the object has no schema.
    var memberSchema: String { get }
    var memberName: String { get }
}

/// An object in one of a catalog's lists.
protocol CatalogMember: Named, ByteIdentity {}

extension Named {
    func order(besides other: some Named) -> ByteOrder {
        let order = memberSchema.order(besides: other.memberSchema)
        return order == .same ? memberName.order(besides: other.memberName) : order
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
    /// The list in the order of bytes, in which a catalog's lists are but for names that only look the same.
    var inByteOrder: [Element] {
        let isSorted = withUnsafeBufferPointer { list in
            list.indices.dropFirst().allSatisfy { list[$0 - 1].order(besides: list[$0]) != .after }
        }
        return isSorted ? self : sorted { $0.order(besides: $1) == .before }
    }

    /// Where the object of this name is in a list that is in byte order.
    func position(ofSchema schema: String, name: String) -> Int? {
        withUnsafeBufferPointer { list in
            var (low, high) = (0, list.count)
            while low < high {
                let middle = (low + high) / 2
                var order = list[middle].memberSchema.order(besides: schema)
                if order == .same { order = list[middle].memberName.order(besides: name) }
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

/// What two lists in byte order do not have in common, as positions in them.
struct ListDifference {
    /// What both have and not the same.
    private(set) var changed: [(expected: Int, actual: Int)] = []
    private(set) var missing: [Int] = []
    private(set) var extra: [Int] = []

    init<Object: CatalogMember>(_ expected: [Object], _ actual: [Object]) {
        // Over buffers, so that not every object on the way is copied.
        expected.withUnsafeBufferPointer { expected in
            actual.withUnsafeBufferPointer { actual in
                var (left, right) = (0, 0)
                while left < expected.count, right < actual.count {
                    switch expected[left].order(besides: actual[right]) {
                    case .before:
                        missing.append(left)
                        left += 1
                    case .after:
                        extra.append(right)
                        right += 1
                    case .same:
                        if !expected[left].isIdentical(to: actual[right]) { changed.append((left, right)) }
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
