extension ProblemRule {
    /// Where env.py connects.
    static let projectConnection = [
        ProblemRule(
            code: "project.optionNotRead", severities: [.warning],
            page: Page(
                title: "env.py does not read an option",
                problem: """
                    options in schemad.toml sets an option of Alembic's configuration, but env.py connected without \
                    reading it, or replaced it before. The setting has no effect; the address of the database comes \
                    from elsewhere.
                    """,
                evidence: "The option.",
                remedy: """
                    Remove the option from options in schemad.toml. If env.py takes its address from an environment \
                    variable, set that one under environment.
                    """),
            remedy: [
                "# Set what env.py reads instead, in schemad.toml, for example:",
                "# environment = { DATABASE_URL = \"${url}\" }",
                "systemctl restart schemad",
            ]),
        ProblemRule(
            code: "project.cannotConnect",
            lead: "env.py cannot connect to its database",
            page: Page(
                title: "env.py cannot connect to its database",
                problem: """
                    schemad can connect to the configured database, but env.py cannot connect to the one that it \
                    uses. env.py takes its URL from elsewhere (alembic.ini, a .env file or another variable), or \
                    connects with other options.
                    """,
                evidence: "The driver's message.",
                remedy: """
                    Let env.py take its URL from the variable that schemad.toml sets, or set in schemad.toml the \
                    variable that env.py reads.
                    """),
            remedy: [
                "# In schemad.toml, set the variable from which env.py reads its URL:",
                "# [databases.<database>]",
                "# environment = { DATABASE_URL = \"${url}\" }",
                "systemctl restart schemad",
            ]),
        ProblemRule(
            code: "project.wrongDatabase",
            lead: "env.py connects to another database than the configured one, and was stopped",
            page: Page(
                title: "env.py connects to the wrong database",
                problem: """
                    env.py decides where it connects: by a URL in alembic.ini, a variable or a .env file. Here it \
                    opened another server or database than the one in schemad.toml. schemad stopped it before its \
                    first statement. A migration would have changed the wrong database.
                    """,
                evidence: "The database that env.py opened, as its connection reports it, and the configured one.",
                remedy: """
                    Let env.py take its URL from the variable that schemad.toml sets (environment = { DATABASE_URL = \
                    "${url}" }), or set the variables that env.py reads: ${host}, ${port}, ${user}, ${password} and \
                    ${database} are the parts of the address.
                    """),
            remedy: [
                "# In schemad.toml, set the variable from which env.py reads its URL:",
                "# [databases.<database>]",
                "# environment = { DATABASE_URL = \"${url}\" }",
                "# Then:",
                "systemctl restart schemad",
            ]),
    ]
}
