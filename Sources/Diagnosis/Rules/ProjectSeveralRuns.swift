extension Rule {
    static let projectSeveralRuns = Rule.problem(
        "project.severalRuns", lead: "env.py migrates more than one database or schema in a run",
        page: Page(
            title: "env.py migrates several databases or schemas in one run",
            problem: """
                env.py calls context.run_migrations() more than once on the same database, as recipes for tenants do. \
                Which schema a revision ran in cannot be told then, so that neither a diagnosis nor a repair of one \
                of them would rest on anything. Alembic's multidb template runs once on each database, which is \
                fine; two of its engines must not lead to the same one.
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
