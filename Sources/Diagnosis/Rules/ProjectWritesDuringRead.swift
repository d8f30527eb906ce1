extension Rule {
    static let projectWritesDuringRead = Rule.problem(
        "project.writesDuringRead", .unverified,
        lead: "env.py writes although nothing is to be migrated, and was refused",
        page: Page(
            title: "env.py writes although nothing is to be migrated",
            problem: """
                To learn the models, env.py is run with a migration function that does nothing, in a session that is \
                read-only. It tried to write all the same (CREATE SCHEMA IF NOT EXISTS is usual), the server \
                refused, and the models were not read. Nothing was changed, and migrate is not affected.
                """,
            evidence: "The statement that the server refused (SQLSTATE 25006).",
            remedy: """
                Move the statement into a revision, or into run_migrations of a real upgrade, so that env.py only \
                reads on its own.
                """)
    ) { _, _ in
        .warning
    } remedy: { problem, situation in
        [
            "# Move the statement out of \(problem.place ?? "env.py") into a revision; then:",
            situation.adminctl("diagnose --fresh"),
        ]
    }
}
