extension SchemaHistory {
    /// The catalog at a position, from 0 (the base) to `steps.count`.
    public func catalog(at position: Int) -> Catalog {
        position == 0 ? base : Catalog(serverVersion: serverVersion, objects: objects(at: position).values)
    }

    /// The catalog after the last step.
    public var last: Catalog { catalog(at: steps.count) }

    /// The position at which the version table held exactly these rows, in any order; nil when the replay did not come
    /// by there. No rows is position 0.
    public func position(withRows rows: [String]) -> Int? {
        if rows.isEmpty { return 0 }
        let sorted = rows.sorted { $0.precedesInBytes($1) }
        return steps.firstIndex { $0.rows.isIdentical(to: sorted) }.map { $0 + 1 }
    }

    /// The catalog of a database in which exactly these revisions have run; nil when the history cannot tell.
    ///
    /// A replay runs the branches of a history one after the other and so does not come by every legitimate set of
    /// rows. The changes of the wanted revisions are put together, provided that no other revision touched an object
    /// before a wanted one did: then the wanted one's snapshot would hold both.
    ///
    /// - Parameter revisions: a closure, ancestors and dependencies included.
    public func catalog(containing revisions: Set<String>) -> Catalog? {
        let wanted = Set(revisions.map(ExactText.init))
        var objects = base.objectsByKey
        var foreign: Set<ObjectKey> = []
        var found = 0
        for step in steps {
            let keys = step.change.keys
            guard wanted.contains(ExactText(step.revision)) else {
                foreign.formUnion(keys)
                continue
            }
            found += 1
            guard foreign.isEmpty || foreign.isDisjoint(with: keys) else { return nil }
            step.change.apply(to: &objects)
        }
        guard found == wanted.count else { return nil }
        if found == 0 { return base }
        return Catalog(serverVersion: serverVersion, objects: objects.values)
    }

    /// Everything that some snapshot held: what the migrations have ever been in charge of.
    public var managed: Set<ObjectKey> {
        var keys = Set(base.keys)
        for step in steps { keys.formUnion(step.change.put.keys) }
        return keys
    }

    /// The revisions that left the catalog as it was, in the order of the replay: no catalog can prove that they ran.
    public var revisionsWithoutEffect: [String] { steps.filter(\.change.isEmpty).map(\.revision) }

    /// Of the server on which the replay ran; 0 when it is not known.
    public var serverVersion: Int { steps.last?.change.put.serverVersion ?? base.serverVersion }
}
