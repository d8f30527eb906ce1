extension Rule {
    static let versionTableNotATable = Rule(
        code: "version.table.notATable",
        page: Page(
            title: "something else bears the version table's name",
            problem: """
                A view or another relation stands where Alembic expects its version table. alembic current shows its \
                rows and exits 0; every command that writes fails.
                """,
            evidence: "The relation's kind in pg_class.",
            remedy: """
                Rename or drop that relation. If it shows the rows of the real table elsewhere, name that table in \
                env.py (version_table, version_table_schema) instead.
                """)
    ) { situation, code in
        guard situation.isReachable, case .other(let kind)? = situation.facts.versionTable?.presence else { return [] }
        let name = situation.versionTableSQL
        return [
            Observation(
                code, .error, .corrupt,
                "\(name) is a \(kind), not the version table that Alembic expects, so that nothing can be recorded.",
                evidence: ["\(name): \(kind)"],
                remedy: [
                    "# Name the real table in env.py (version_table, version_table_schema), or move this one away:",
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
