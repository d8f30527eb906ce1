import Text

/// A value of a catalog that is compared byte by byte, where `==` takes canonically equivalent strings for equal.
///
/// A member that is added to one of these types must be compared here too; a test counts the members.
protocol ByteEquatable {
    func hasSameBytes(as other: Self) -> Bool
}

extension Array where Element: ByteEquatable {
    func hasSameBytes(as other: [Element]) -> Bool {
        guard count == other.count else { return false }
        // Buffers, because subscripts of arrays copy each element.
        return withUnsafeBufferPointer { left in
            other.withUnsafeBufferPointer { right in
                left.indices.allSatisfy { left[$0].hasSameBytes(as: right[$0]) }
            }
        }
    }
}

extension Optional where Wrapped: ByteEquatable {
    func hasSameBytes(as other: Wrapped?) -> Bool {
        switch (self, other) {
        case (nil, nil): true
        case (let left?, let right?): left.hasSameBytes(as: right)
        default: false
        }
    }
}

extension TableName: ByteEquatable {
    func hasSameBytes(as other: TableName) -> Bool {
        name.hasSameBytes(as: other.name) && schema.hasSameBytes(as: other.schema)
    }
}

extension Column: ByteEquatable {
    func hasSameBytes(as other: Column) -> Bool {
        name.hasSameBytes(as: other.name) && type.hasSameBytes(as: other.type) && nullable == other.nullable
            && `default`.hasSameBytes(as: other.default) && generated.hasSameBytes(as: other.generated)
            && identity == other.identity && identityOptions.hasSameBytes(as: other.identityOptions)
            && collation.hasSameBytes(as: other.collation)
            && isInherited == other.isInherited && comment.hasSameBytes(as: other.comment)
    }
}

extension Constraint: ByteEquatable {
    func hasSameBytes(as other: Constraint) -> Bool {
        name.hasSameBytes(as: other.name) && kind == other.kind && columns.hasSameBytes(as: other.columns)
            && definition.hasSameBytes(as: other.definition) && isValidated == other.isValidated
            && references.hasSameBytes(as: other.references) && isInherited == other.isInherited
    }
}

extension Index: ByteEquatable {
    func hasSameBytes(as other: Index) -> Bool {
        name.hasSameBytes(as: other.name) && definition.hasSameBytes(as: other.definition) && isUnique == other.isUnique
            && isValid == other.isValid && isInherited == other.isInherited
    }
}

extension Trigger: ByteEquatable {
    func hasSameBytes(as other: Trigger) -> Bool {
        name.hasSameBytes(as: other.name) && definition.hasSameBytes(as: other.definition) && state == other.state
            && isInherited == other.isInherited
    }
}

extension Policy: ByteEquatable {
    func hasSameBytes(as other: Policy) -> Bool {
        name.hasSameBytes(as: other.name) && isPermissive == other.isPermissive && command == other.command
            && roles.hasSameBytes(as: other.roles) && using.hasSameBytes(as: other.using)
            && check.hasSameBytes(as: other.check)
    }
}

extension Table: ByteEquatable {
    func hasSameBytes(as other: Table) -> Bool {
        name.hasSameBytes(as: other.name) && schema.hasSameBytes(as: other.schema) && kind == other.kind
            && columns.hasSameBytes(as: other.columns) && constraints.hasSameBytes(as: other.constraints)
            && indexes.hasSameBytes(as: other.indexes) && triggers.hasSameBytes(as: other.triggers)
            && policies.hasSameBytes(as: other.policies) && rowSecurity == other.rowSecurity
            && isUnlogged == other.isUnlogged && partitionKey.hasSameBytes(as: other.partitionKey)
            && partitionBound.hasSameBytes(as: other.partitionBound) && parents.hasSameBytes(as: other.parents)
            && definition.hasSameBytes(as: other.definition) && comment.hasSameBytes(as: other.comment)
            && hasSamePrivileges(as: other)
    }

    private func hasSamePrivileges(as other: Table) -> Bool {
        switch (privileges, other.privileges) {
        case (nil, nil): true
        case (let left?, let right?): left.hasSameBytes(as: right)
        default: false
        }
    }
}

extension Sequence.Owner: ByteEquatable {
    func hasSameBytes(as other: Sequence.Owner) -> Bool {
        table.hasSameBytes(as: other.table) && column.hasSameBytes(as: other.column)
    }
}

extension Sequence: ByteEquatable {
    func hasSameBytes(as other: Sequence) -> Bool {
        name.hasSameBytes(as: other.name) && schema.hasSameBytes(as: other.schema) && hasSameParameters(as: other)
            && owner.hasSameBytes(as: other.owner)
    }

    func hasSameParameters(as other: Sequence) -> Bool {
        type == other.type && start == other.start && increment == other.increment && minimum == other.minimum
            && maximum == other.maximum && cache == other.cache && cycles == other.cycles
    }
}

extension UserType: ByteEquatable {
    func hasSameBytes(as other: UserType) -> Bool {
        name.hasSameBytes(as: other.name) && schema.hasSameBytes(as: other.schema)
            && definition.hasSameBytes(as: other.definition)
    }
}

extension UserType.Definition: ByteEquatable {
    func hasSameBytes(as other: UserType.Definition) -> Bool {
        switch (self, other) {
        case (.enumeration(let left), .enumeration(let right)): left.hasSameBytes(as: right)
        case (.domain(let base, let nullable, let value, let checks), .domain(let b, let n, let v, let c)):
            base.hasSameBytes(as: b) && nullable == n && value.hasSameBytes(as: v) && checks == c
                && checks.allSatisfy { name, check in
                    c.contains { $0.hasSameBytes(as: name) && $1.hasSameBytes(as: check) }
                }
        case (.composite(let left), .composite(let right)): left.hasSameBytes(as: right)
        case (.range(let left), .range(let right)): left.hasSameBytes(as: right)
        default: false
        }
    }
}

extension Routine: ByteEquatable {
    func hasSameBytes(as other: Routine) -> Bool {
        signature.hasSameBytes(as: other.signature) && schema.hasSameBytes(as: other.schema) && kind == other.kind
            && definition.hasSameBytes(as: other.definition)
    }
}

extension Extension: ByteEquatable {
    func hasSameBytes(as other: Extension) -> Bool {
        name.hasSameBytes(as: other.name) && version.hasSameBytes(as: other.version)
            && schema.hasSameBytes(as: other.schema)
    }
}
