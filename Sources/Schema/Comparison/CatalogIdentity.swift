/// Whether two values of a catalog are the same byte for byte: what `==` says, less its tolerance for other spellings
/// of one letter.
///
/// A member that is added to one of these types has to be added here; a test counts them.
protocol ByteIdentity {
    func isIdentical(to other: Self) -> Bool
}

extension Array where Element: ByteIdentity {
    func isIdentical(to other: [Element]) -> Bool {
        guard count == other.count else { return false }
        // Over buffers, so that not every element is copied.
        return withUnsafeBufferPointer { left in
            other.withUnsafeBufferPointer { right in
                left.indices.allSatisfy { left[$0].isIdentical(to: right[$0]) }
            }
        }
    }
}

extension Optional where Wrapped: ByteIdentity {
    func isIdentical(to other: Wrapped?) -> Bool {
        switch (self, other) {
        case (nil, nil): true
        case (let left?, let right?): left.isIdentical(to: right)
        default: false
        }
    }
}

extension TableName: ByteIdentity {
    func isIdentical(to other: TableName) -> Bool {
        name.isIdentical(to: other.name) && schema.isIdentical(to: other.schema)
    }
}

extension Column: ByteIdentity {
    func isIdentical(to other: Column) -> Bool {
        name.isIdentical(to: other.name) && type.isIdentical(to: other.type) && nullable == other.nullable
            && `default`.isIdentical(to: other.default) && generated.isIdentical(to: other.generated)
            && identity == other.identity && identityOptions.isIdentical(to: other.identityOptions)
            && collation.isIdentical(to: other.collation)
            && isInherited == other.isInherited && comment.isIdentical(to: other.comment)
    }
}

extension Constraint: ByteIdentity {
    func isIdentical(to other: Constraint) -> Bool {
        name.isIdentical(to: other.name) && kind == other.kind && columns.isIdentical(to: other.columns)
            && definition.isIdentical(to: other.definition) && isValidated == other.isValidated
            && references.isIdentical(to: other.references) && isInherited == other.isInherited
    }
}

extension Index: ByteIdentity {
    func isIdentical(to other: Index) -> Bool {
        name.isIdentical(to: other.name) && definition.isIdentical(to: other.definition) && isUnique == other.isUnique
            && isValid == other.isValid && isInherited == other.isInherited
    }
}

extension Trigger: ByteIdentity {
    func isIdentical(to other: Trigger) -> Bool {
        name.isIdentical(to: other.name) && definition.isIdentical(to: other.definition) && state == other.state
            && isInherited == other.isInherited
    }
}

extension Policy: ByteIdentity {
    func isIdentical(to other: Policy) -> Bool {
        name.isIdentical(to: other.name) && isPermissive == other.isPermissive && command == other.command
            && roles.isIdentical(to: other.roles) && using.isIdentical(to: other.using)
            && check.isIdentical(to: other.check)
    }
}

extension Table: ByteIdentity {
    func isIdentical(to other: Table) -> Bool {
        name.isIdentical(to: other.name) && schema.isIdentical(to: other.schema) && kind == other.kind
            && columns.isIdentical(to: other.columns) && constraints.isIdentical(to: other.constraints)
            && indexes.isIdentical(to: other.indexes) && triggers.isIdentical(to: other.triggers)
            && policies.isIdentical(to: other.policies) && rowSecurity == other.rowSecurity
            && isUnlogged == other.isUnlogged && partitionKey.isIdentical(to: other.partitionKey)
            && partitionBound.isIdentical(to: other.partitionBound) && parents.isIdentical(to: other.parents)
            && definition.isIdentical(to: other.definition) && comment.isIdentical(to: other.comment)
            && hasSamePrivileges(as: other)
    }

    private func hasSamePrivileges(as other: Table) -> Bool {
        switch (privileges, other.privileges) {
        case (nil, nil): true
        case (let left?, let right?): left.isIdentical(to: right)
        default: false
        }
    }
}

extension Sequence.Owner: ByteIdentity {
    func isIdentical(to other: Sequence.Owner) -> Bool {
        table.isIdentical(to: other.table) && column.isIdentical(to: other.column)
    }
}

extension Sequence: ByteIdentity {
    func isIdentical(to other: Sequence) -> Bool {
        name.isIdentical(to: other.name) && schema.isIdentical(to: other.schema) && hasSameParameters(as: other)
            && owner.isIdentical(to: other.owner)
    }

    func hasSameParameters(as other: Sequence) -> Bool {
        type == other.type && start == other.start && increment == other.increment && minimum == other.minimum
            && maximum == other.maximum && cache == other.cache && cycles == other.cycles
    }
}

extension UserType: ByteIdentity {
    func isIdentical(to other: UserType) -> Bool {
        name.isIdentical(to: other.name) && schema.isIdentical(to: other.schema)
            && definition.isIdentical(to: other.definition)
    }
}

extension UserType.Definition: ByteIdentity {
    func isIdentical(to other: UserType.Definition) -> Bool {
        switch (self, other) {
        case (.enumeration(let left), .enumeration(let right)): left.isIdentical(to: right)
        case (.domain(let base, let nullable, let value, let checks), .domain(let b, let n, let v, let c)):
            base.isIdentical(to: b) && nullable == n && value.isIdentical(to: v) && checks == c
                && checks.allSatisfy { name, check in
                    c.contains { $0.isIdentical(to: name) && $1.isIdentical(to: check) }
                }
        case (.composite(let left), .composite(let right)): left.isIdentical(to: right)
        case (.range(let left), .range(let right)): left.isIdentical(to: right)
        default: false
        }
    }
}

extension Routine: ByteIdentity {
    func isIdentical(to other: Routine) -> Bool {
        signature.isIdentical(to: other.signature) && schema.isIdentical(to: other.schema) && kind == other.kind
            && definition.isIdentical(to: other.definition)
    }
}

extension Extension: ByteIdentity {
    func isIdentical(to other: Extension) -> Bool {
        name.isIdentical(to: other.name) && version.isIdentical(to: other.version)
            && schema.isIdentical(to: other.schema)
    }
}
