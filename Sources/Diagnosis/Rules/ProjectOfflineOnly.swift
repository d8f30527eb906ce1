extension Rule {
    static let projectOfflineOnly = Rule.problem(
        "project.offlineOnly", lead: "env.py opens no connection",
        page: Page(
            title: "env.py opens no connection",
            problem: """
                env.py configures Alembic with a URL or a dialect and no connection, which is Alembic's offline \
                mode: it can print SQL, and neither show the models against a database nor migrate one.
                """,
            evidence: "What env.py handed to context.configure().",
            remedy: """
                Let env.py run online as Alembic's template does: connect, context.configure(connection=…), \
                context.run_migrations().
                """)
    ) { problem, situation in
        [
            "# Let \(problem.place ?? "env.py") connect when it is asked to run online, as Alembic's template does:",
            situation.adminctl("diagnose --fresh"),
        ]
    }
}
