extension Rule {
    static let projectEnvironmentFailed = Rule.problem(
        "project.environmentFailed", lead: "The project's env.py fails",
        page: Page(
            title: "env.py fails",
            problem: """
                The project's env.py, or a module that it imports, raised an exception or ended without an answer. \
                migrate would fail in the same way, before its first revision.
                """,
            evidence: "The exception, and the file and line of the project at which it was raised.",
            remedy: """
                Correct what the exception says. Often a variable that env.py reads is not set: schemad gives the \
                child no environment but what the settings name under environment.
                """)
    ) { problem, situation in
        [
            "# Correct \(problem.place ?? "env.py"), or set what it reads under environment in schemad.toml; then:",
            situation.adminctl("diagnose --fresh"),
        ]
    }
}
