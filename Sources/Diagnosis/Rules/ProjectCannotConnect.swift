extension Rule {
    static let projectCannotConnect = Rule.problem(
        "project.cannotConnect", lead: "env.py cannot connect to the database that it chose",
        page: Page(
            title: "env.py cannot connect to the database that it chose",
            problem: """
                The agent reaches the configured database, and env.py does not reach its own: it takes its URL from \
                elsewhere (alembic.ini, a .env file, another variable), or connects with other options.
                """,
            evidence: "The driver's message.",
            remedy: """
                Let env.py take its URL from the variable that the settings hand over, or set there the variable \
                that env.py reads.
                """)
    ) { _, situation in
        [
            "# Set the variable that env.py reads its URL from, in schemad.toml:",
            "# [databases.\(situation.facts.database)]",
            "# environment = { DATABASE_URL = \"${url}\" }",
            "systemctl restart schemad",
        ]
    }
}
