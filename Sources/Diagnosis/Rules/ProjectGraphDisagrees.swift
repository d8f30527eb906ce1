extension Rule {
    static let projectGraphDisagrees = Rule.problem(
        "project.graphDisagrees", lead: "Alembic reads other revisions than schemad",
        page: Page(
            title: "Alembic reads other revisions than the agent",
            problem: """
                Asked for what it would run, Alembic itself named other revisions than the agent has read from the \
                same folder. The project changed in between, or does something that only running it shows.
                """,
            evidence: "Both lists of revisions.",
            remedy: """
                Diagnose again once the deployment of the project has ended. If it stays, compare adminctl graph \
                with alembic history.
                """)
    ) { _, situation in
        [
            situation.adminctl("diagnose --fresh"),
            situation.adminctl("graph"),
        ]
    }
}
