extension Rule {
    static let graphMissingParent = Rule.problem(
        "graph.missingParent",
        page: Page(
            title: "a revision names a parent that does not exist",
            problem: """
                A down_revision or depends_on names a revision that no file has. Alembic fails with a bare KeyError \
                at every command.
                """,
            evidence: "The file and line that names the parent.",
            remedy: "Bring the parent's file back from version control, or correct the name.")
    ) { problem, situation in
        [
            "# Bring the parent's file back, or correct \(problem.placeOrProject); in the project:",
            "git log --all --diff-filter=D --name-only --oneline -- '*/versions/*.py'",
        ]
    }
}
