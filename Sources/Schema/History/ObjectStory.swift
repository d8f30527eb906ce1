/// Which revisions made, changed and removed an object, for texts such as "revision X created it, Y removed it".
public struct ObjectStory: Codable, Hashable, Sendable {
    /// The revision that made it the last time; nil when it was there before the first one.
    public var created: String?
    /// The last revision that changed it since then; nil when none did.
    public var changed: String?
    /// The revision that removed it; nil while it is there at the last step.
    public var removed: String?

    public init(created: String? = nil, changed: String? = nil, removed: String? = nil) {
        self.created = created
        self.changed = changed
        self.removed = removed
    }
}

extension SchemaHistory {
    /// The story of an object; nil when no snapshot held it.
    public func story(of key: ObjectKey) -> ObjectStory? {
        // A step puts an object only where it differs.
        story(of: key, isPresent: { _ in true }, isSame: { _, _ in false })
    }

    /// The story of a column; nil when no snapshot held it.
    public func story(of table: TableName, column: String) -> ObjectStory? {
        let find = { (object: CatalogObject) -> Column? in
            guard case .relation(let table) = object else { return nil }
            return table.columns.first { $0.name.isIdentical(to: column) }
        }
        return story(of: ObjectKey(table: table)) {
            find($0) != nil
        } isSame: {
            find($0).isIdentical(to: find($1))
        }
    }

    private func story(
        of key: ObjectKey, isPresent: (CatalogObject) -> Bool, isSame: (CatalogObject, CatalogObject) -> Bool
    ) -> ObjectStory? {
        var story: ObjectStory?
        var current = base.objects.first { $0.key == key && isPresent($0) }
        if current != nil { story = ObjectStory() }
        for step in steps {
            let put = step.change.put.object(key)
            guard put != nil || step.change.removed.contains(key) else { continue }
            let next = put.flatMap { isPresent($0) ? $0 : nil }
            switch (current, next) {
            case (nil, .some): story = ObjectStory(created: step.revision)
            case (.some, nil): story?.removed = step.revision
            case (let old?, let new?) where !isSame(old, new): story?.changed = step.revision
            default: break
            }
            current = next
        }
        return story
    }
}

extension Catalog {
    /// The object of this key, looked for one by one.
    fileprivate func object(_ key: ObjectKey) -> CatalogObject? {
        switch key.category {
        case .schema: schemas.first { $0.isIdentical(to: key.name) }.map(CatalogObject.schema)
        case .extension: extensions.first { $0.key == key }.map(CatalogObject.extension)
        case .type: types.first { $0.key == key }.map(CatalogObject.type)
        case .sequence: sequences.first { $0.key == key }.map(CatalogObject.sequence)
        case .relation: tables.first { $0.key == key }.map(CatalogObject.relation)
        case .routine: routines.first { $0.key == key }.map(CatalogObject.routine)
        }
    }
}
