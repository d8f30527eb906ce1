extension Rule {
    static let projectIgnoresShadow = Rule(
        code: "project.ignoresShadow",
        severities: [.warning],
        page: Page(
            title: "env.py does not connect to the shadow database",
            problem: """
                To find out what the migrations create, schemad replays them in a throwaway database, the shadow. It \
                passes the shadow's address to env.py in the usual variables. env.py connected to another database: \
                its URL is fixed in env.py or alembic.ini, or comes from another variable. schemad stopped env.py \
                before its first statement and ran nothing there. Without this check, the whole history would have \
                been replayed in that other database.
                """,
            evidence: "The database that env.py opened, as its connection reports it.",
            remedy: """
                Let env.py take its URL from the variable that schemad.toml sets (environment = { DATABASE_URL = \
                "${url}" }), or set the variables that env.py reads: ${host}, ${port}, ${user}, ${password} and \
                ${database} are the parts of the address. Or ship a snapshot made with schemad snapshot.
                """)
    ) { context, code in
        guard let message = context.facts.openedInsteadOfShadow else { return [] }
        return [
            RuleResult(
                code, .warning, .inSync,
                "env.py does not connect to the shadow database and was stopped before its first statement: the "
                    + "migrations were not replayed, and nothing was changed.",
                evidence: [message],
                remedy: [
                    "# Let env.py read its URL from the variable that schemad.toml sets:",
                    "# [databases.\(context.facts.database)]",
                    "# environment = { DATABASE_URL = \"${url}\" }",
                    "# Then:",
                    "systemctl restart schemad",
                ])
        ]
    }
}
