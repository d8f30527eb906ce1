import Schema

extension Rule {
    static let serverOwnSchema = Rule(
        code: "server.ownSchema",
        severities: [.warning],
        page: Page(
            title: "the role's own schema is first in its search_path",
            problem: """
                PostgreSQL's default search_path is "$user", public. If a schema has the role's name, new tables are \
                created there, and a version table there hides the one in public. A migration by this role then \
                records revisions and creates tables that an application with another role never sees, and \
                vice versa.
                """,
            evidence: """
                The schema in which env.py's session creates tables, the version table that it finds, and other \
                tables of that name.
                """,
            remedy: """
                Set the search_path of the role, or name the schema in env.py (version_table_schema, and SET \
                search_path). Then drop the wrong version table. If the role is meant to keep all its tables in its \
                own schema, move the others there.
                """)
    ) { context, code in
        guard context.isReachable, let role = context.facts.role, let table = context.facts.versionTable,
            role.creationSchema == role.name
        else { return [] }
        let own = SQLIdentifier.quoted(role.name)
        let strangers = Set((context.facts.applicationTables ?? []).map(\.schema)).subtracting([role.name]).sorted()
        let what: String
        let target: String
        if table.schema != role.name {
            what =
                "the version table is \(context.versionTableSQL), but migrations would create tables in schema \(own)"
            target = table.schema
        } else if let other = role.otherVersionTables.first {
            what = "\(context.versionTableSQL) hides \(other.sql())"
            target = other.schema
        } else if table.isMissing, let other = strangers.first {
            what =
                "the version table would be created in schema \(own), but the application's tables are in "
                + SQLIdentifier.quoted(other)
            target = other
        } else {
            return []
        }
        return [
            RuleResult(
                code, .warning, .inSync,
                "The search_path of role \(own) starts with the role's own schema: \(what).",
                evidence: ["tables without a schema are created in \(own)"]
                    + role.otherVersionTables.map { "\($0.sql()) exists too" },
                remedy: [
                    "# If the tables in \(SQLIdentifier.quoted(target)) are right, let the role find them first:",
                    "ALTER ROLE \(own) SET search_path = \(SQLIdentifier.quoted(target));",
                    "# The setting applies to new sessions only:", "systemctl restart schemad",
                ])
        ]
    }
}
