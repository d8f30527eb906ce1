/// What a role may change in a database: the schemas, and the objects of other owners.
public struct RolePrivileges: Hashable, Sendable {
    /// A schema and what the role may do in it.
    public struct Schema: Hashable, Sendable {
        /// USAGE: the role may refer to the objects in it.
        public var allowsUsage: Bool
        /// CREATE: the role may create objects and indexes in it.
        public var allowsCreation: Bool

        public init(allowsUsage: Bool = true, allowsCreation: Bool = true) {
            self.allowsUsage = allowsUsage
            self.allowsCreation = allowsCreation
        }
    }

    /// A relation or type whose owner's privileges the role does not have.
    public struct ForeignObject: Hashable, Sendable {
        public var owner: String
        /// Whether a grant of the owner gives the role no more than the owner's objects: the owner is neither a
        /// superuser nor one of PostgreSQL's own roles, and not itself a member of the role.
        public var isOwnerGrantable: Bool
        /// Whether the role is a member of the owner and does not inherit its privileges.
        public var isMember: Bool
        /// Whether the role owns the schema, and may therefore drop the object.
        public var ownsSchema: Bool
        /// REFERENCES on the table or on one of its columns.
        public var allowsReferences: Bool
        /// TRIGGER on the table.
        public var allowsTriggers: Bool

        public init(
            owner: String, isOwnerGrantable: Bool = true, isMember: Bool = false, ownsSchema: Bool = false,
            allowsReferences: Bool = false, allowsTriggers: Bool = false
        ) {
            self.owner = owner
            self.isOwnerGrantable = isOwnerGrantable
            self.isMember = isMember
            self.ownsSchema = ownsSchema
            self.allowsReferences = allowsReferences
            self.allowsTriggers = allowsTriggers
        }
    }

    /// A statement that changes the rows of the version table.
    public enum RowStatement: String, Hashable, Sendable, CaseIterable {
        case insert = "INSERT"
        case update = "UPDATE"
        case delete = "DELETE"
    }

    public var role: String
    /// Whether the role has the privileges of the roles that it is a member of (`rolinherit`).
    public var inherits: Bool
    /// `server_version_num`.
    public var serverVersion: Int
    /// The name of the database on the server.
    public var database: String
    /// CREATE on the database: the role may create schemas.
    public var allowsSchemas: Bool
    /// All schemas of users, by name.
    public var schemas: [String: Schema]
    public var foreignObjects: [ObjectKey: ForeignObject]
    /// What the role may do with the rows of the version table; nil while there is no such table.
    public var rowStatements: Set<RowStatement>?

    public init(
        role: String, inherits: Bool = true, serverVersion: Int, database: String, allowsSchemas: Bool = true,
        schemas: [String: Schema] = [:], foreignObjects: [ObjectKey: ForeignObject] = [:],
        rowStatements: Set<RowStatement>? = nil
    ) {
        self.role = role
        self.inherits = inherits
        self.serverVersion = serverVersion
        self.database = database
        self.allowsSchemas = allowsSchemas
        self.schemas = schemas
        self.foreignObjects = foreignObjects
        self.rowStatements = rowStatements
    }
}
