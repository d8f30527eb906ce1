extension Rule {
    static let versionTableNotATable = Rule(
        code: "version.table.notATable",
        severities: [.error],
        page: Page(
            title: "another object has the name of the version table",
            problem: """
                A view or another kind of relation has the name of Alembic's version table. alembic current shows \
                its rows and exits 0; every command that writes fails.
                """,
            evidence: "The kind of the relation in pg_class.",
            remedy: """
                Rename or drop that relation. If it shows the rows of the real version table, name the real table in \
                env.py (version_table, version_table_schema) instead.
                """)
    ) { context, code in
        guard context.isReachable, case .notATable(let kind)? = context.facts.versionTable?.fault else { return [] }
        let name = context.versionTableSQL
        return [
            RuleResult(
                code, .error, .corrupt,
                "\(name) is a \(kind), not a version table: no revision can be recorded.",
                evidence: ["\(name): \(kind)"],
                remedy: [
                    "# Name the real table in env.py (version_table), or rename this one:",
                    renaming(kind, name),
                ])
        ]
    }

    private static func renaming(_ kind: String, _ name: String) -> String {
        let keyword =
            switch kind {
            case "view": "VIEW"
            case "materialized view", "materializedView": "MATERIALIZED VIEW"
            default: "TABLE"
            }
        return "ALTER \(keyword) \(name) RENAME TO alembic_version_moved;"
    }
}
