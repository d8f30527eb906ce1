extension Rule {
    static let projectIgnoresShadow = Rule(
        code: "project.ignoresShadow",
        page: Page(
            title: "env.py does not open the shadow that it is given",
            problem: """
                To know what the migrations make, the agent replays them in a throwaway database and hands its address \
                to env.py like any other. env.py opened something else all the same: a URL written down in env.py or \
                alembic.ini, or a variable of its own. It was stopped before its first statement, and nothing was run \
                there; without the proof the whole history would have been replayed in that database.
                """,
            evidence: "What env.py opened, as its own connection says.",
            remedy: """
                Let env.py take its URL from the variable that the settings hand over (environment = { DATABASE_URL \
                = "${url}" }), or set there the variables that env.py does read: ${host}, ${port}, ${user}, \
                ${password} and ${database} are the parts of the address. Or ship a snapshot that schemad snapshot made.
                """)
    ) { situation, code in
        guard let message = situation.facts.openedInsteadOfShadow else { return [] }
        return [
            Observation(
                code, .warning, .inSync,
                "env.py ignores the URL of the shadow and was stopped before its first statement; the migrations were "
                    + "not replayed, and nothing was changed.",
                evidence: [message],
                remedy: [
                    "# Let env.py read its URL from the variable that schemad.toml sets:",
                    "# [databases.\(situation.facts.database)]",
                    "# environment = { DATABASE_URL = \"${url}\" }",
                    "# Then:",
                    "systemctl restart schemad",
                ])
        ]
    }
}
