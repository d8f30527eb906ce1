import Text

/// A top-level object of a catalog.
enum CatalogObject {
    case schema(String)
    case `extension`(Extension)
    case type(UserType)
    case sequence(Sequence)
    case relation(Table)
    case routine(Routine)

    var key: ObjectKey {
        switch self {
        case .schema(let name): ObjectKey(.schema, name: name)
        case .extension(let value): value.key
        case .type(let value): value.key
        case .sequence(let value): value.key
        case .relation(let value): value.key
        case .routine(let value): value.key
        }
    }
}

extension CatalogObject: ByteEquatable {
    func hasSameBytes(as other: CatalogObject) -> Bool {
        switch (self, other) {
        case (.schema(let name), .schema(let otherName)): name.hasSameBytes(as: otherName)
        case (.extension(let value), .extension(let otherValue)): value.hasSameBytes(as: otherValue)
        case (.type(let value), .type(let otherValue)): value.hasSameBytes(as: otherValue)
        case (.sequence(let value), .sequence(let otherValue)): value.hasSameBytes(as: otherValue)
        case (.relation(let value), .relation(let otherValue)): value.hasSameBytes(as: otherValue)
        case (.routine(let value), .routine(let otherValue)): value.hasSameBytes(as: otherValue)
        default: false
        }
    }
}

extension Catalog {
    /// Creates a catalog of the objects, sorted.
    init(serverVersion: Int, objects: some Swift.Sequence<CatalogObject>) {
        self.init(serverVersion: serverVersion, tables: [])
        for object in objects {
            switch object {
            case .schema(let name): schemas.append(name)
            case .extension(let value): extensions.append(value)
            case .type(let value): types.append(value)
            case .sequence(let value): sequences.append(value)
            case .relation(let value): tables.append(value)
            case .routine(let value): routines.append(value)
            }
        }
        self.init(
            serverVersion: serverVersion, schemas: schemas, tables: tables, sequences: sequences, types: types,
            routines: routines, extensions: extensions)
    }

    /// All objects, by category.
    var objects: [CatalogObject] {
        var result: [CatalogObject] = []
        result.reserveCapacity(
            schemas.count + extensions.count + types.count + sequences.count + tables.count + routines.count)
        result += schemas.lazy.map(CatalogObject.schema)
        result += extensions.lazy.map(CatalogObject.extension)
        result += types.lazy.map(CatalogObject.type)
        result += sequences.lazy.map(CatalogObject.sequence)
        result += tables.lazy.map(CatalogObject.relation)
        result += routines.lazy.map(CatalogObject.routine)
        return result
    }

    /// The keys of all objects.
    public var keys: [ObjectKey] { objects.map(\.key) }

    var objectsByKey: [ObjectKey: CatalogObject] {
        Dictionary(objects.lazy.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The catalog without these tables.
    package func leavingOut(_ tables: Set<ObjectKey>) -> Catalog {
        guard !tables.isEmpty else { return self }
        var result = self
        result.tables.removeAll { tables.contains($0.key) }
        return result
    }
}
