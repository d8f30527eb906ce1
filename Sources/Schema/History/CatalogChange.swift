/// The difference between two catalogs, by top-level objects: a changed table is recorded with all its parts.
public struct CatalogChange: Codable, Hashable, Sendable {
    /// The objects that are new or changed, each as it is afterwards.
    public var put: Catalog
    /// The keys of the objects that no longer exist, sorted.
    public var removed: [ObjectKey]

    public init(put: Catalog = Catalog(tables: []), removed: [ObjectKey] = []) {
        self.put = put
        self.removed = removed
    }

    /// The change from one catalog to another; strings are compared byte by byte.
    public init(from before: Catalog, to after: Catalog) {
        let (before, after) = (CatalogIndex(before).catalog, CatalogIndex(after).catalog)
        var gone: [ObjectKey] = []
        func change<Object: CatalogMember>(_ list: (Catalog) -> [Object], _ key: (Object) -> ObjectKey) -> [Object] {
            let (old, new) = (list(before), list(after))
            let difference = ListDifference(old, new)
            gone += difference.missing.map { key(old[$0]) }
            return (difference.changed.map(\.actual) + difference.extra).sorted().map { new[$0] }
        }
        put = Catalog(
            serverVersion: after.serverVersion,
            schemas: change(\.schemas) { ObjectKey(.schema, name: $0) },
            tables: change(\.tables, \.key), sequences: change(\.sequences, \.key),
            types: change(\.types, \.key), routines: change(\.routines, \.key),
            extensions: change(\.extensions, \.key))
        removed = gone.sorted()
    }

    /// Whether nothing changed, as after a revision that only changes data.
    public var isEmpty: Bool { removed.isEmpty && put.objects.isEmpty }

    /// The keys of all objects that are new, changed or removed.
    public var keys: [ObjectKey] { put.keys + removed }

    /// The change without these tables.
    func leavingOut(_ tables: Set<ObjectKey>) -> CatalogChange {
        CatalogChange(put: put.leavingOut(tables), removed: removed.filter { !tables.contains($0) })
    }

    func apply(to objects: inout [ObjectKey: CatalogObject]) {
        for key in removed { objects[key] = nil }
        for object in put.objects { objects[object.key] = object }
    }
}
