extension Rule {
    static let projectGraphDisagrees = Rule.problem(
        "project.graphDisagrees", lead: "Alembic reads other revisions than schemad",
        page: Page(
            title: "Alembic reads other revisions than the agent",
            problem: """
                Asked for what it would run, Alembic itself named other revisions than the agent has read from the \
                same folder, or read other folders. The project changed in between, or does something that only \
                running it shows: env.py may set the version_locations of context.script.
                """,
            evidence: "Both lists of revisions, or of folders.",
            remedy: """
                Where env.py sets version_locations, set the same in the configuration file, which everything that \
                reads the project without running it goes by. Otherwise diagnose again once the deployment of the \
                project has ended; if it stays, compare adminctl graph with alembic history.
                """)
    ) { _, situation in
        [
            "# Where env.py sets version_locations, set the same in the configuration file; then:",
            situation.adminctl("diagnose --fresh"),
            situation.adminctl("graph"),
        ]
    }
}
