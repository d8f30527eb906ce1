extension Rule {
    static let graphDuplicateId = Rule.problem(
        "graph.duplicateId",
        page: Page(
            title: "two files have the same revision id",
            problem: """
                Two files of the script folder name the same revision, usually after a copy. For Alembic that is a \
                warning: one file shadows the other, and the migration of the other silently never runs.
                """,
            evidence: "Both files.",
            remedy: "Give one of them an id of its own, and let the revisions that follow it name the new id.")
    ) { problem, situation in
        [
            "# Give one of the files an id of its own (python3 -c 'import uuid; print(uuid.uuid4().hex[-12:])'), then:",
            situation.adminctl("graph"),
        ]
    }
}
