extension Rule {
    static let projectWrongDatabase = Rule.problem(
        "project.wrongDatabase", lead: "env.py opens another database than the configured one, and was stopped",
        page: Page(
            title: "env.py opens another database than the configured one",
            problem: """
                env.py decides on its own where it connects: a URL in alembic.ini, a variable of its own, a .env \
                file. Here it opened another server or database than the one in the agent's settings. It was stopped \
                before its first statement; a migration from here would have changed the wrong database.
                """,
            evidence: "The database that env.py opened, as the driver's own connection says, and the configured one.",
            remedy: """
                Let env.py take its URL from the variable that the settings hand over (environment = { DATABASE_URL \
                = "${url}" }), or set there the variables that env.py does read: ${host}, ${port}, ${user}, \
                ${password} and ${database} are the parts of the address.
                """)
    ) { _, situation in
        [
            "# Set the variable that env.py reads its URL from, in schemad.toml:",
            "# [databases.\(situation.facts.database)]",
            "# environment = { DATABASE_URL = \"${url}\" }",
            "# Then:",
            "systemctl restart schemad",
        ]
    }
}
