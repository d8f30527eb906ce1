extension Rule {
    static let projectSeveralRuns = Rule.problem(
        "project.severalRuns", lead: "env.py migrates more than one database or schema in a run",
        page: Page(
            title: "env.py migrates several databases or schemas in one run",
            problem: """
                env.py calls context.run_migrations() more than once, as Alembic's multidb template and recipes for \
                tenants do. Which database a revision ran on cannot be told then, so that neither a diagnosis nor a \
                repair of one of them would rest on anything.
                """,
            evidence: "The second call of context.run_migrations().",
            remedy: """
                Make each of them a database of its own in schemad.toml, and let env.py choose by an -x argument or \
                a variable.
                """)
    ) { _, situation in
        [
            "# Make each a database of its own in schemad.toml, told apart by x or environment:",
            "# [databases.\(situation.facts.database)_one]",
            "# x = [\"tenant=one\"]",
            "systemctl restart schemad",
        ]
    }
}
