extension Rule {
    static let projectChangedWhileRunning = Rule.problem(
        "project.changedWhileRunning", .unverified, lead: "The project's files changed during the run",
        page: Page(
            title: "the project's files changed during the run",
            problem: """
                A file of the project was not the one that had been read before env.py was run: a deployment was \
                under way. What was read of both halves was thrown away, and nothing is concluded from it.
                """,
            evidence: "The file that changed.",
            remedy: """
                Diagnose again once the deployment has ended; replace the folder in one step (a rename) rather than \
                file by file.
                """)
    ) { _, _ in
        .warning
    } remedy: { _, situation in
        [
            "# Once the deployment of the project has ended:",
            situation.adminctl("diagnose --fresh"),
        ]
    }
}
