public import Schema

/// What the role of env.py's sessions may change, and what the pending revisions change.
public struct PrivilegeFacts: Hashable, Sendable {
    /// The role is not a superuser.
    public var role: RolePrivileges
    /// What each pending revision does that needs a privilege; a revision whose effects are not known is absent.
    public var operations: [String: [PrivilegedOperation]]
    /// The revisions that switch to another role, in which the privileges of this one do not matter.
    public var roleSwitches: Set<String>
    /// Whether the migrations may run a routine with the privileges of its owner.
    public var hasSecurityDefiner: Bool

    public init(
        role: RolePrivileges, operations: [String: [PrivilegedOperation]] = [:], roleSwitches: Set<String> = [],
        hasSecurityDefiner: Bool = false
    ) {
        self.role = role
        self.operations = operations
        self.roleSwitches = roleSwitches
        self.hasSecurityDefiner = hasSecurityDefiner
    }
}
