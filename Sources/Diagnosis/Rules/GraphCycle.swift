extension Rule {
    static let graphCycle = Rule.problem(
        "graph.cycle",
        page: Page(
            title: "revisions form a cycle",
            problem: """
                Following down_revision and depends_on from a revision leads back to it, so that no order exists in \
                which they could run. Alembic fails with CycleDetected at every command.
                """,
            evidence: "The revisions of the cycle.",
            remedy: "Correct the down_revision or depends_on that was changed last.")
    ) { problem, situation in
        [
            "# Correct the down_revision or depends_on that was changed last; in the project:",
            "git log -3 -p -- '*/versions/*.py'",
        ]
    }
}
