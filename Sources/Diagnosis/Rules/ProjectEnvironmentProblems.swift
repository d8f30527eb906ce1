extension ProblemRule {
    /// What env.py does when it runs.
    static let projectEnvironment = [
        ProblemRule(
            code: "project.environmentFailed",
            lead: "The project's env.py fails",
            page: Page(
                title: "env.py fails",
                problem: """
                    The project's env.py, or a module that it imports, raised an exception or ended the process \
                    early. migrate would fail in the same way, before its first revision.
                    """,
                evidence: "The exception, with the file and line of the project that raised it.",
                remedy: """
                    Correct the cause of the exception. Often env.py reads a variable that is not set: schemad \
                    passes only the variables listed under environment in schemad.toml.
                    """),
            remedy: [
                "# Correct <place>, or set its variables in schemad.toml; then:",
                "adminctl diagnose --fresh",
            ]),
        ProblemRule(
            code: "project.migratesItself", severities: [.error, .warning],
            lead: "The application migrates by itself when env.py loads it",
            page: Page(
                title: "the application migrates when it is imported",
                problem: """
                    env.py, or the application that it imports, runs a migration itself: by alembic.command.upgrade(), \
                    by upgrade() of Flask-Migrate, or by the command alembic. Only schemad may migrate.
                    Warning: schemad left the call out and continued. If the application failed without its tables, \
                    schemad's own run took the place of the call.
                    Error: it was the start of another program, which schemad can only refuse.
                    """,
                evidence: "The file and the line of the call.",
                remedy: """
                    Make the call depend on an environment variable, and set that variable under environment in \
                    schemad.toml so that the call is switched off. Services should not migrate at their start either.
                    """),
            remedy: [
                "# Make the call in <place> depend on a variable, and set it in schemad.toml:",
                "# environment = { DATABASE_URL = \"${url}\", MIGRATE_AT_START = \"0\" }",
                "systemctl restart schemad",
            ]),
        ProblemRule(
            code: "project.environmentTimeout",
            page: Page(
                title: "env.py does not end",
                problem: """
                    schemad runs env.py to read the models and to learn which database it opens, with nothing to \
                    migrate, and lets Alembic load revision scripts whose header only Python can compute. Either did \
                    not end within environment_deadline of the database in schemad.toml (60 seconds by default), and \
                    was stopped. The models are not read, and migrate cannot run. Revisions and version rows are \
                    still read where that needs no Python.
                    """,
                evidence: """
                    The line of the project at which Python stood, and the functions that it was in, the innermost \
                    first. schemad tries again after growing intervals, and at once when the project changes.
                    """,
                remedy: """
                    Remove what env.py waits for: often it is another service, a lock, or an application that starts \
                    when it is imported. If env.py is only slow, raise environment_deadline.
                    """),
            remedy: [
                "# Remove what <place> waits for. If env.py is only slow, allow more time in schemad.toml:",
                "# [databases.<database>]",
                "# environment_deadline = \"3m\"",
                "systemctl restart schemad",
            ]),
        ProblemRule(
            code: "project.environmentRunning", severities: [.warning], verdict: .unverified,
            page: Page(
                title: "env.py is still running",
                problem: """
                    schemad runs env.py to read the models, or loads revision scripts whose header only Python can \
                    compute, and this has not ended yet. This diagnosis does without: \
                    revisions and version rows are those of the files and of the database, and the models are not \
                    compared. A version table with another name than alembic_version is found only when env.py has \
                    ended once.
                    """,
                evidence: "How long this request has waited.",
                remedy: """
                    Diagnose again. When env.py does not end within environment_deadline, the finding \
                    project.environmentTimeout says where it stood.
                    """),
            remedy: [
                "# env.py may be slow when it runs for the first time. Diagnose again:",
                "adminctl diagnose",
            ]),
        ProblemRule(
            code: "project.offlineOnly",
            lead: "env.py opens no connection",
            page: Page(
                title: "env.py opens no connection",
                problem: """
                    env.py configures Alembic with a URL or a dialect, but without a connection. That is Alembic's \
                    offline mode, which only prints SQL. schemad can neither compare the models with a database nor \
                    migrate one that way.
                    """,
                evidence: "The arguments that env.py passes to context.configure().",
                remedy: """
                    Make env.py run online, as Alembic's template does: connect, context.configure(connection=…), \
                    context.run_migrations().
                    """),
            remedy: [
                "# Make <place> connect, as Alembic's template does, then:",
                "adminctl diagnose --fresh",
            ]),
        ProblemRule(
            code: "project.severalRuns",
            lead: "env.py migrates more than one database or schema in one run",
            page: Page(
                title: "env.py runs migrations more than once",
                problem: """
                    env.py calls context.run_migrations() more than once on the same database, as recipes for one \
                    schema per tenant do. schemad does not know in which schema a revision ran, so neither a diagnosis \
                    nor a repair would be reliable. Alembic's multidb template runs once on each database and is \
                    supported, unless two of its engines connect to the same database.
                    """,
                evidence: "The second call of context.run_migrations().",
                remedy: """
                    Configure each of them as a database of its own in schemad.toml, and let env.py select it by an \
                    -x argument or an environment variable.
                    """),
            remedy: [
                "# Configure each as a database of its own, selected by x or environment:",
                "# [databases.<database>_one]",
                "# x = [\"tenant=one\"]",
                "systemctl restart schemad",
            ]),
        ProblemRule(
            code: "project.schemaMissing",
            lead: "env.py's session has no schema for the version table",
            page: Page(
                title: "env.py's session has no schema for the version table",
                problem: """
                    env.py, or a setting of the role or of the database, sets search_path to schemas that do not \
                    exist in this database. Alembic could not create its version table, and a migration would fail.
                    """,
                evidence: "The search_path of the session.",
                remedy: """
                    Create the schema, if this is the right database; otherwise correct the search_path.
                    """),
            remedy: [
                "# Create the schema that the message names, or correct the search_path; then:",
                "adminctl diagnose --fresh",
            ]),
        ProblemRule(
            code: "project.writesDuringRead", severities: [.warning], verdict: .unverified,
            lead: "env.py tried to write during a read-only run",
            page: Page(
                title: "env.py tries to write during a read-only run",
                problem: """
                    Without a shadow, schemad reads the models by running env.py in a read-only session of the live \
                    database, with nothing to migrate. env.py tried to write, often with CREATE SCHEMA IF NOT \
                    EXISTS. The server refused the statement, and the models were not read. Nothing was changed. \
                    With a shadow env.py runs there instead, and may write.
                    """,
                evidence: "The statement that the server refused (SQLSTATE 25006).",
                remedy: """
                    Install PostgreSQL's server programs or set shadow.url, so that env.py can run in a shadow. Or \
                    move the statement into a revision, so that env.py itself only reads.
                    """),
            remedy: [
                "# Give schemad a shadow (see shadow in docs/settings.md), or move the statement from <place> into a",
                "# revision; then:",
                "adminctl diagnose --fresh",
            ]),
    ]
}
