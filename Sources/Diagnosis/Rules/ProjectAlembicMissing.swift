extension Rule {
    static let projectAlembicMissing = Rule.problem(
        "project.alembicMissing", lead: "The project's Python interpreter has no usable Alembic",
        page: Page(
            title: "the interpreter has no Alembic",
            problem: """
                The interpreter that the settings name starts, and cannot import Alembic or SQLAlchemy. Most often \
                it is the system's Python instead of the project's virtual environment.
                """,
            evidence: "The interpreter, and the import that failed.",
            remedy: """
                Let python of the database in schemad.toml name the project's own interpreter, or install Alembic \
                there.
                """)
    ) { _, situation in
        [
            "# Let python in schemad.toml name the project's interpreter, or install Alembic into it:",
            ".venv/bin/pip install alembic",
            situation.adminctl("diagnose --fresh"),
        ]
    }
}
