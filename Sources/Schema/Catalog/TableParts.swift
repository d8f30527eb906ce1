/// A constraint of a table, except NOT NULL, which is part of the column.
public struct Constraint: Codable, Hashable, Sendable {
    public enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
        case primaryKey, unique, check, foreignKey, exclude
    }

    public var name: String
    public var kind: Kind
    /// The columns in the order of `conkey`; of a check those that its expression uses.
    public var columns: [String]
    /// `pg_get_constraintdef`, without `NOT VALID`.
    public var definition: String
    /// False for `NOT VALID`: existing rows have not been checked.
    public var isValidated: Bool
    /// The referenced table of a foreign key.
    public var references: TableName?
    /// Whether it is only inherited from a parent.
    public var isInherited: Bool

    public init(
        name: String, kind: Kind, columns: [String], definition: String, isValidated: Bool = true,
        references: TableName? = nil, isInherited: Bool = false
    ) {
        self.name = name
        self.kind = kind
        self.columns = columns
        self.definition = definition
        self.isValidated = isValidated
        self.references = references
        self.isInherited = isInherited
    }
}

/// An index that does not belong to a constraint.
public struct Index: Codable, Hashable, Sendable {
    public var name: String
    /// `pg_get_indexdef` from `USING` on: method, keys, `INCLUDE`, `NULLS NOT DISTINCT`, options and predicate.
    public var definition: String
    public var isUnique: Bool
    /// False for an index that a failed `CREATE INDEX CONCURRENTLY` left behind.
    public var isValid: Bool
    /// Whether it only belongs to an index of the partitioned table.
    public var isInherited: Bool

    public init(
        name: String, definition: String, isUnique: Bool = false, isValid: Bool = true, isInherited: Bool = false
    ) {
        self.name = name
        self.definition = definition
        self.isUnique = isUnique
        self.isValid = isValid
        self.isInherited = isInherited
    }
}

/// A trigger, except internal ones.
public struct Trigger: Codable, Hashable, Sendable {
    /// `pg_trigger.tgenabled`.
    public enum State: String, Codable, Hashable, Sendable {
        case origin, disabled, replica, always
    }

    public var name: String
    /// `pg_get_triggerdef`.
    public var definition: String
    public var state: State
    /// Whether it was only cloned from the partitioned table.
    public var isInherited: Bool

    public init(name: String, definition: String, state: State = .origin, isInherited: Bool = false) {
        self.name = name
        self.definition = definition
        self.state = state
        self.isInherited = isInherited
    }
}

/// A row-level-security policy.
public struct Policy: Codable, Hashable, Sendable {
    public var name: String
    public var isPermissive: Bool
    /// `ALL`, `SELECT`, `INSERT`, `UPDATE` or `DELETE`.
    public var command: String
    /// The role names, sorted; `public` for all roles.
    public var roles: [String]
    /// The expression of USING.
    public var using: String?
    /// The expression of WITH CHECK.
    public var check: String?

    public init(
        name: String, isPermissive: Bool = true, command: String = "ALL", roles: [String] = ["public"],
        using: String? = nil, check: String? = nil
    ) {
        self.name = name
        self.isPermissive = isPermissive
        self.command = command
        self.roles = roles
        self.using = using
        self.check = check
    }
}
