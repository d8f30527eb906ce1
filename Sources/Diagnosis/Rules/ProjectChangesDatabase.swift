extension Rule {
    static let projectChangesDatabase = Rule(
        code: "project.changesDatabase",
        severities: [.warning, .info],
        page: Page(
            title: "env.py changes the database before it runs migrations",
            problem: """
                schemad runs env.py in a throwaway database, the shadow, to read the models. There env.py changed \
                something before it ran any migration, and it will do the same on the live database at the next \
                migrate. Reads change nothing on the live database. Many projects create the schema of their version \
                table in this way. The finding is a warning when a second run changed something again: then every \
                Alembic command does.
                """,
            evidence: "What was different in the shadow after the first run.",
            remedy: """
                Nothing needs to be done where the statements are safe to repeat, such as CREATE SCHEMA IF NOT \
                EXISTS. Otherwise move them into a revision, where they run once.
                """)
    ) { context, code in
        guard context.isReachable, let found = context.facts.environmentChanges else { return [] }
        return [
            RuleResult(
                code, found.repeats ? .warning : .info, .inSync,
                found.repeats
                    ? "env.py changes the database each time it runs, before any migration."
                    : "env.py changes the database before the next migration; a second run changes nothing.",
                evidence: found.changes.map { "env.py \($0)" },
                remedy: [
                    found.repeats
                        ? "# Move the statements from env.py into a revision."
                        : "# Nothing needs to be done if env.py may change this."
                ])
        ]
    }
}
