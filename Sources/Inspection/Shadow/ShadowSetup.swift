import Alembic
import Postgres
import Schema

extension AlembicError {
    /// The name in a server's message such as `schema "shop" does not exist`.
    var namedObject: String? { message.firstMatch(of: /"(.+)"/).map { String($0.1) } }

    /// The role that a statement needs and that does not exist (`GRANT`, `ALTER … OWNER TO`; 22023 is that of
    /// `SET ROLE`).
    var missingRole: String? {
        guard ["42704", "22023"].contains(sqlstate), message.contains(/^role ".*" does not exist/)
        else { return nil }
        return namedObject
    }
}

/// What a database in the shadow has in common with the live one before anything of the project runs in it.
struct ShadowSetup: Sendable {
    /// The live server's `server_version_num`: the same major version is preferred. 0 is the newest.
    var serverVersion = 0
    /// What env.py's sessions find; nil leaves the shadow's own login and parameters.
    var session: SessionDefaults?
    /// The server's roles. An embedded server has all of them, each with every privilege.
    var roles: [String] = []
    /// Roles that an embedded server must not have.
    var droppedRoles: Set<String> = []
    /// Roles that the live server does not have, and the revision that needs each; an embedded server has them.
    var addedRoles: [RoleNeed] = []
    /// The schemas that exist.
    var schemas: Set<String> = ["public"]
    /// Version tables, with the width of their column and their rows.
    var versionTables: [VersionTable] = []
    /// The name that the database must have; nil is any.
    var database: String?
    /// The name of the live database.
    var liveDatabase: String?

    /// The setup with the project's version table, of this width in characters.
    func withVersionTable(_ description: ProjectDescription, width: Int) -> ShadowSetup {
        var setup = self
        setup.versionTables = [
            VersionTable(
                schema: description.versionTable.resolvedSchema, name: description.versionTable.name, state: .table,
                columnWidth: width, hasPrimaryKey: true)
        ]
        setup.schemas.insert(description.versionTable.resolvedSchema)
        return setup
    }

    /// The setup for another replay after one that failed because it found a schema missing, because the history creates
    /// a schema or a role itself, because an id was too long, or because a revision names the live database; nil when another replay would fail in the same way.
    ///
    /// - Parameters:
    ///   - longestID: the length of the longest revision id, in characters.
    ///   - otherSchemas: schemas of the live database that may be added.
    ///   - createsRoles: whether roles may be created in the shadow.
    func adapted(
        to failure: AlembicError, _ description: ProjectDescription, longestID: Int, otherSchemas: Set<String>,
        createsRoles: Bool
    ) -> ShadowSetup? {
        let name = failure.namedObject
        var next = self
        // env.py has the name of the database in its own settings.
        if createsRoles, database == nil, let liveDatabase, failure.code == .cannotConnect,
            failure.message.contains("database \"\(liveDatabase)\" does not exist")
        {
            next.database = liveDatabase
            return next
        }
        switch failure.sqlstate {
        case "3F000":
            let missing = otherSchemas.subtracting(schemas)
            let added = name.map { missing.intersection([$0]) } ?? missing
            guard !added.isEmpty else { return nil }
            next.schemas.formUnion(added)
        case "3D000":
            guard let name, name == liveDatabase, database == nil else { return nil }
            next.database = name
        case "42P06":
            guard let name, next.schemas.remove(name) != nil else { return nil }
        case "22001":
            guard versionTables.isEmpty, let width = description.versionColumnWidth, longestID > width else {
                return nil
            }
            next = withVersionTable(description, width: longestID)
        case "42704", "22023":
            guard createsRoles, let role = failure.missingRole, let revision = failure.revision,
                !role.hasPrefix("pg_"), !roles.contains(role), !droppedRoles.contains(role)
            else { return nil }
            next.roles.append(role)
            next.addedRoles.append(RoleNeed(role: role, revision: revision))
        case "42710":
            guard let name, failure.message.contains("role"), roles.contains(name), name != session?.user else {
                return nil
            }
            next.roles.removeAll { $0 == name }
            next.droppedRoles.insert(name)
        default: return nil
        }
        return next
    }

    /// Creates everything but the roles.
    ///
    /// - Parameters:
    ///   - database: the database that the session is in.
    ///   - hasRoles: whether the server has the live server's roles.
    func apply(to database: String, hasRoles: Bool, _ session: Session) throws(PostgresError) {
        if !schemas.contains("public") { try session.query("DROP SCHEMA IF EXISTS public") }
        for schema in schemas.sorted() where schema != "public" {
            try session.query("CREATE SCHEMA IF NOT EXISTS \(SQLIdentifier.quoted(schema))")
        }
        for table in versionTables where table.state == .table { try create(table, session) }
        guard let defaults = self.session else { return }
        for (name, value) in defaults.parameters.sorted(by: { $0.key < $1.key }) {
            var value = value
            if !hasRoles, name == "search_path" {
                value = value.replacing("\"$user\"", with: SQLIdentifier.quoted(defaults.user))
            }
            try set(name, to: value, in: database, session)
        }
        guard hasRoles, let role = defaults.role else { return }
        try session.query(
            "ALTER DATABASE \(SQLIdentifier.quoted(database)) SET role = \(SQLLiteral.quoted(role))")
    }

    /// `FROM CURRENT` takes the value as it is; written out, a list would need quotes of its own.
    private func set(
        _ name: String, to value: String, in database: String, _ session: Session
    ) throws(PostgresError) {
        do {
            try session.query("SELECT pg_catalog.set_config($1, $2, false)", [name, value])
            let parameter = name.split(separator: ".", omittingEmptySubsequences: false)
                .map { SQLIdentifier.quoted(String($0)) }.joined(separator: ".")
            try session.query("ALTER DATABASE \(SQLIdentifier.quoted(database)) SET \(parameter) FROM CURRENT")
        } catch {
            // A parameter of an extension or of another version, or one that this login may not set.
            guard error.sqlstate != nil, name != "search_path" else { throw error }
        }
    }

    private func create(_ table: VersionTable, _ session: Session) throws(PostgresError) {
        let name = TableName(schema: table.schema, name: table.name).sql()
        let type = table.columnWidth.map { "varchar(\($0))" } ?? "varchar"
        let key = table.hasPrimaryKey ? "PRIMARY KEY" : ""
        try session.query("CREATE TABLE \(name) (version_num \(type) \(key))")
        for row in table.rows {
            try session.query("INSERT INTO \(name) VALUES ($1)", [row])
        }
    }
}
