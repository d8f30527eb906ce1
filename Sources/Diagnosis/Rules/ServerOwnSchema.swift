import Schema

extension Rule {
    static let serverOwnSchema = Rule(
        code: "server.ownSchema",
        page: Page(
            title: "the role's own schema stands in front of the tables",
            problem: """
                PostgreSQL's default search_path is "$user", public: where a schema bears the role's name, new tables go \
                there, and a version table there hides the one of the same name in public. A migration by this role \
                then records and creates what an application with another role never sees, and the other way round.
                """,
            evidence: """
                Where a table without a schema is created in env.py's session, which version table it takes, and which \
                others of that name there are.
                """,
            remedy: """
                Pin the search_path of the role, or name the schema in env.py (version_table_schema, and SET \
                search_path); then drop the version table that is wrong. Where the role is meant to have all its \
                tables to itself, move the others there.
                """)
    ) { situation, code in
        guard situation.isReachable, let role = situation.facts.role, let table = situation.facts.versionTable,
            role.creationSchema == role.name
        else { return [] }
        let own = SQLIdentifier.quoted(role.name)
        let strangers = Set((situation.facts.applicationTables ?? []).map(\.schema)).subtracting([role.name]).sorted()
        let what: String
        let target: String
        if table.schema != role.name {
            what =
                "the version table is \(situation.versionTableSQL), and migrations would create tables in schema \(own)"
            target = table.schema
        } else if let other = role.otherVersionTables.first {
            what = "\(situation.versionTableSQL) hides \(other.sql())"
            target = other.schema
        } else if table.presence == .missing, let other = strangers.first {
            what =
                "the version table would be made in schema \(own), and the application's tables are in "
                + SQLIdentifier.quoted(other)
            target = other
        } else {
            return []
        }
        return [
            Observation(
                code, .warning, .inSync,
                "Role \(own) has a schema of its own name in front of its search_path: \(what).",
                evidence: ["tables without a schema are created in \(own)"]
                    + role.otherVersionTables.map { "there is a \($0.sql()) as well" },
                remedy: [
                    "# If the tables in \(SQLIdentifier.quoted(target)) are the right ones, let the role find them first:",
                    "ALTER ROLE \(own) SET search_path = \(SQLIdentifier.quoted(target));",
                    "# The agent asks in new sessions only:", "systemctl restart schemad",
                ])
        ]
    }
}
