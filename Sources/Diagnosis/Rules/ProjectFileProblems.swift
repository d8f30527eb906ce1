extension ProblemRule {
    /// What the project's files say, against what Alembic finds in them.
    static let projectFiles = [
        ProblemRule(
            code: "project.graphDisagrees",
            lead: "Alembic reads other revisions than schemad",
            page: Page(
                title: "Alembic reads other revisions than schemad",
                problem: """
                    When it ran in the project, Alembic named other revisions than schemad had read from the same \
                    folder, or read other folders. Either the project changed in between, or env.py changes \
                    something that shows only when it runs, such as version_locations of context.script.
                    """,
                evidence: "Both lists of revisions or of folders.",
                remedy: """
                    If env.py sets version_locations, set the same in the configuration file: everything that reads \
                    the project without running it uses that file. Otherwise diagnose again when the deployment of \
                    the project has finished. If the finding remains, compare adminctl graph with alembic history.
                    """),
            remedy: [
                "# If env.py sets version_locations, set it in the configuration too; then:",
                "adminctl diagnose --fresh",
                "adminctl graph",
            ]),
        ProblemRule(
            code: "project.changedWhileRunning", severities: [.warning], verdict: .unverified,
            lead: "The project's files changed during the run",
            page: Page(
                title: "the project's files changed during the run",
                problem: """
                    A file of the project changed between the moment when schemad read it and the run of env.py. \
                    Usually a deployment was in progress. schemad discarded the result and concludes nothing from \
                    it.
                    """,
                evidence: "The file that changed.",
                remedy: """
                    Diagnose again when the deployment has finished. Replace the folder in one step (a rename) \
                    instead of file by file.
                    """),
            remedy: [
                "# When the deployment of the project has finished:",
                "adminctl diagnose --fresh",
            ]),
    ]
}
