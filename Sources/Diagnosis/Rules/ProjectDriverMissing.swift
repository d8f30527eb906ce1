extension Rule {
    static let projectDriverMissing = Rule.problem(
        "project.driverMissing", lead: "The project's interpreter lacks the database driver",
        page: Page(
            title: "the database driver is not installed",
            problem: """
                The URL that env.py uses asks for a driver (psycopg, psycopg2, asyncpg) that the project's \
                interpreter does not have. SQLAlchemy takes psycopg for postgresql:// from 2.1 on, and psycopg2 \
                before.
                """,
            evidence: "The import that failed.",
            remedy: """
                Install the driver, or name the one that is installed in the URL that the settings hand over, for \
                example ${url+psycopg2}.
                """)
    ) { _, situation in
        [
            "# Install the driver, or name the installed one in schemad.toml, for example:",
            "# environment = { DATABASE_URL = \"${url+psycopg2}\" }",
            "systemctl restart schemad",
            situation.adminctl("diagnose --fresh"),
        ]
    }
}
