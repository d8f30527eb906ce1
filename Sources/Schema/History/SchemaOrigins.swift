import Text

/// Which revision created the objects of a schema.
struct SchemaOrigins {
    private let steps: [SchemaHistory.Step]

    /// - Parameter steps: the revisions that have run, oldest first.
    init(_ steps: [SchemaHistory.Step]) { self.steps = steps }

    /// The last revision that created the object; nil where none did.
    func creator(of path: ObjectPath) -> String? {
        let key = path.objectKey
        var (creator, existed): (String?, Bool) = (nil, false)
        for step in steps {
            if step.change.removed.contains(key) { existed = false }
            guard let exists = step.change.put.has(path, key) else { continue }
            if exists, !existed { creator = step.revision }
            existed = exists
        }
        return creator
    }
}

extension ObjectPath {
    /// The top-level object that it is or belongs to.
    var objectKey: ObjectKey {
        switch kind {
        case .schema: ObjectKey(.schema, name: name)
        case .extension: ObjectKey(.extension, name: name)
        case .enum, .domain, .compositeType, .rangeType: ObjectKey(.type, schema: schema, name: name)
        case .sequence: ObjectKey(.sequence, schema: schema, name: name)
        case .function, .procedure, .aggregate: ObjectKey(.routine, schema: schema, name: name)
        case .table, .partition, .foreignTable, .view, .materializedView, .column, .constraint, .index, .trigger,
            .policy:
            ObjectKey(.relation, schema: schema, name: table ?? name)
        }
    }
}

extension Catalog {
    /// Whether it has the object; nil where it does not have the one that the object belongs to.
    fileprivate func has(_ path: ObjectPath, _ key: ObjectKey) -> Bool? {
        guard key.category == .relation else { return keys.contains(key) ? true : nil }
        guard let table = tables.first(where: { $0.key == key }) else { return nil }
        return switch path.kind {
        case .column: table.column(path.name) != nil
        case .constraint: table.constraints.contains { $0.name.hasSameBytes(as: path.name) }
        case .index: table.indexes.contains { $0.name.hasSameBytes(as: path.name) }
        case .trigger: table.triggers.contains { $0.name.hasSameBytes(as: path.name) }
        case .policy: table.policies.contains { $0.name.hasSameBytes(as: path.name) }
        default: true
        }
    }
}
