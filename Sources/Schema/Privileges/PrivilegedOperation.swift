/// Something that a revision does and that needs a privilege or the ownership of an object.
public enum PrivilegedOperation: Hashable, Sendable {
    /// Creates an object: needs CREATE on its schema; for a schema, on the database.
    case creates(ObjectKey)
    /// Adds an index, or a constraint that has one: needs CREATE on the table's schema.
    case addsIndex(ObjectKey)
    /// Changes the definition: only the owner may.
    case alters(ObjectKey)
    /// Drops an object or an index of it: only the owner, or that of the schema, may.
    case drops(ObjectKey)
    /// Adds a foreign key that refers to the table: needs REFERENCES on it.
    case references(ObjectKey)
    /// Adds a trigger to the table: needs TRIGGER on it.
    case addsTrigger(ObjectKey)

    /// The object that it is about.
    public var object: ObjectKey {
        switch self {
        case .creates(let key), .addsIndex(let key), .alters(let key), .drops(let key), .references(let key),
            .addsTrigger(let key):
            key
        }
    }
}

extension SchemaHistory {
    /// What these revisions do in a database that needs a privilege, by revision, in a fixed order.
    ///
    /// Only what is certain: of changes that PostgreSQL also makes as a consequence of another one, such as the text of
    /// a definition in which something was renamed, or what `CASCADE` drops, nothing follows; nor from a change that the
    /// database has already, which a revision may leave out. Revisions that the replay did not reach are absent.
    ///
    /// - Parameter live: the catalog of the database, with definitions.
    public func privilegedOperations(
        of revisions: some Swift.Sequence<String>, on live: Catalog
    ) -> [String: [PrivilegedOperation]] {
        let wanted = Set(revisions)
        guard let last = steps.lastIndex(where: { wanted.contains($0.revision) }) else { return [:] }
        let present = live.objectsByKey
        var objects = base.objectsByKey
        var result: [String: [PrivilegedOperation]] = [:]
        for step in steps[...last] {
            if wanted.contains(step.revision) {
                let operations = StepOperations(change: step.change, before: objects, live: present)
                result[step.revision] = operations.collected()
            }
            step.change.apply(to: &objects)
        }
        return result
    }

    /// Whether some snapshot has a routine that runs with the privileges of its owner.
    public var hasSecurityDefiner: Bool {
        ([base] + steps.map(\.change.put)).contains { catalog in
            catalog.routines.contains { $0.definition?.contains("SECURITY DEFINER") ?? false }
        }
    }
}
