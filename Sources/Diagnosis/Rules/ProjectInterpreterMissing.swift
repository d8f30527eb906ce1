extension Rule {
    static let projectInterpreterMissing = Rule.problem(
        "project.interpreterMissing", lead: "The project's Python interpreter cannot be started",
        page: Page(
            title: "the project's Python interpreter cannot be started",
            problem: """
                The interpreter that the settings name does not exist or cannot be executed by the agent's user. \
                Revisions and rows are still read, without Python; the models are not, and migrate cannot run.
                """,
            evidence: "The path, and what the system said.",
            remedy: """
                Make the project's virtual environment, or let python of the database in schemad.toml name its \
                interpreter.
                """)
    ) { _, situation in
        [
            "# In the project's folder make the environment, or correct python in schemad.toml:",
            "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt",
            "systemctl restart schemad",
            situation.adminctl("diagnose --fresh"),
        ]
    }
}
