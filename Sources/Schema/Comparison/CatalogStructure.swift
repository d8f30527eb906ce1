extension Catalog {
    /// The catalog without its definition texts, as it is read when reading must not wait for locks.
    ///
    /// Constraints are then compared by their kind and columns or by name, indexes by name.
    var withoutDefinitions: Catalog {
        var result = self
        for index in result.tables.indices { result.tables[index].stripDefinitions() }
        for index in result.types.indices {
            if case .domain(let base, let nullable, _, _) = result.types[index].definition {
                result.types[index].definition = .domain(base: base, nullable: nullable, default: nil, checks: [:])
            }
        }
        for index in result.routines.indices { result.routines[index].definition = nil }
        return result
    }

    /// The objects that have definition texts, for themselves or for their parts.
    var pathsWithDefinitions: [ObjectPath] {
        let domains = types.filter { type in
            guard case .domain(_, _, let value, let checks) = type.definition else { return false }
            return value != nil || !checks.isEmpty
        }
        return tables.filter(\.hasDefinitions).map(\.path) + domains.map(\.path)
            + routines.filter { $0.definition != nil }.map(\.path)
    }
}

extension Table {
    fileprivate var hasDefinitions: Bool {
        definition != nil || partitionKey != nil || !constraints.isEmpty || !indexes.isEmpty || !triggers.isEmpty
            || !policies.isEmpty || columns.contains { $0.default != nil || $0.generated != nil }
    }

    fileprivate mutating func stripDefinitions() {
        definition = nil
        partitionKey = nil
        for index in columns.indices {
            columns[index].default = nil
            columns[index].generated = nil
        }
        for index in constraints.indices { constraints[index].definition = constraints[index].structure }
        for index in indexes.indices { indexes[index].definition = SQLIdentifier.quoted(indexes[index].name) }
        for index in triggers.indices { triggers[index].definition = triggers[index].name }
        for index in policies.indices {
            policies[index].using = nil
            policies[index].check = nil
        }
    }
}

extension Constraint {
    /// A description of the constraint without its text.
    fileprivate var structure: String {
        let list = columns.map(SQLIdentifier.quoted).joined(separator: ", ")
        return switch kind {
        case .primaryKey: "PRIMARY KEY (\(list))"
        case .unique: "UNIQUE (\(list))"
        case .foreignKey: "FOREIGN KEY (\(list)) REFERENCES \(references?.sql() ?? "")"
        case .check: "CHECK \(SQLIdentifier.quoted(name))"
        case .exclude: "EXCLUDE \(SQLIdentifier.quoted(name))"
        }
    }
}
