extension ProblemRule {
    /// What the reader of the project's files and the runner of env.py report, in the order of ``FindingCatalog``.
    static let project = [
        ProblemRule(
            code: "project.folderMissing",
            lead: "The project folder cannot be opened",
            page: Page(
                title: "the project folder cannot be opened",
                problem: """
                    The folder that project names in schemad.toml does not exist, or schemad's user may not enter \
                    it. Neither revisions nor models can be read.
                    """,
                evidence: "The path and the system's error.",
                remedy: """
                    Deploy the project to that folder, or correct project of the database in schemad.toml. schemad's \
                    user must be able to read the folder.
                    """),
            remedy: [
                "# Deploy the project there, or correct project in schemad.toml; then:",
                "systemctl restart schemad",
                "adminctl diagnose --fresh",
            ]),
        ProblemRule(
            code: "project.interpreterMissing",
            lead: "The project's Python interpreter cannot be started",
            page: Page(
                title: "the project's Python interpreter cannot be started",
                problem: """
                    The interpreter that python names in schemad.toml does not exist, or schemad's user may not \
                    execute it. Revisions and version rows are still read, because that needs no Python. The models \
                    are not read, and migrate cannot run.
                    """,
                evidence: "The path and the system's error.",
                remedy: """
                    Create the project's virtual environment, or set python of the database in schemad.toml to the \
                    right interpreter.
                    """),
            remedy: [
                "# In the project, create the environment; or correct python in schemad.toml:",
                "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt",
                "systemctl restart schemad",
                "adminctl diagnose --fresh",
            ]),
        ProblemRule(
            code: "project.alembicMissing",
            lead: "The project's Python interpreter has no usable Alembic",
            page: Page(
                title: "the interpreter has no usable Alembic",
                problem: """
                    The interpreter that python names in schemad.toml starts, but cannot import Alembic or \
                    SQLAlchemy. Often it is the system's Python instead of the one in the project's virtual \
                    environment.
                    """,
                evidence: "The interpreter and the import that failed.",
                remedy: """
                    Set python of the database in schemad.toml to the project's own interpreter, or install Alembic \
                    into this one.
                    """),
            remedy: [
                "# Set python in schemad.toml to the right interpreter, or install Alembic:",
                ".venv/bin/pip install alembic",
                "adminctl diagnose --fresh",
            ]),
        ProblemRule(
            code: "project.versionTooOld",
            lead: "schemad cannot run the project",
            page: Page(
                title: "Python, Alembic or SQLAlchemy is too old",
                problem: """
                    The project's interpreter has an older version than schemad works with: Python 3.9, Alembic 1.8, \
                    SQLAlchemy 1.4, or later. Revisions and version rows are still read, because that needs no Python. \
                    The models are not read, and migrate cannot run.
                    """,
                evidence: "The version that was found, the one that is needed, and the interpreter.",
                remedy: """
                    Upgrade the package in the project's environment, or set python of the database in schemad.toml to \
                    an interpreter that has it. SQLAlchemy 1.4 runs most programs that were written for 1.3.
                    """),
            remedy: [
                "# Upgrade the package that is too old, for example:",
                ".venv/bin/pip install --upgrade 'alembic>=1.8' 'sqlalchemy>=1.4'",
                "adminctl diagnose --fresh",
            ]),
        ProblemRule(
            code: "project.pathFileFailed", severities: [.error, .warning],
            lead: "A .pth file of the project's interpreter fails",
            page: Page(
                title: "a .pth file of the interpreter fails",
                problem: """
                    When the interpreter starts, it runs the .pth files among its packages. One of them raised an \
                    exception. Python ignores the rest of that file, so a package that it adds, such as an editable \
                    install, may be missing.
                    Warning: Python started, and all that does not need the file works.
                    Error: Python could not start.
                    """,
                evidence: "The file, the line and the exception.",
                remedy: """
                    Reinstall the package that owns the file, or remove the file if the package is gone.
                    """),
            remedy: [
                "# Reinstall the package that owns <place>, or remove the file; then:",
                "adminctl diagnose --fresh",
            ]),
        ProblemRule(
            code: "project.driverMissing",
            lead: "The project's Python interpreter has no driver for the database",
            page: Page(
                title: "the database driver is not installed",
                problem: """
                    The URL that env.py uses needs a driver (psycopg, psycopg2 or asyncpg) that the project's \
                    interpreter does not have. For postgresql://, SQLAlchemy loads psycopg since version 2.1 and \
                    psycopg2 before.
                    """,
                evidence: "The import that failed.",
                remedy: """
                    Install the driver, or name an installed one in the URL that schemad.toml passes to env.py, for \
                    example ${url+psycopg2}.
                    """),
            remedy: [
                "# Install the driver, or name an installed one in schemad.toml, for example:",
                "# environment = { DATABASE_URL = \"${url+psycopg2}\" }",
                "# Where env.py reads Alembic's option: options = { \"sqlalchemy.url\" = \"${url+psycopg2}\" }",
                "systemctl restart schemad",
                "adminctl diagnose --fresh",
            ]),
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
            code: "project.optionNotRead", severities: [.warning],
            page: Page(
                title: "env.py does not read an option",
                problem: """
                    options in schemad.toml sets an option of Alembic's configuration, but env.py connected without \
                    reading it, or replaced it before. The setting has no effect; the address of the database comes \
                    from elsewhere.
                    """,
                evidence: "The option.",
                remedy: """
                    Remove the option from options in schemad.toml. If env.py takes its address from an environment \
                    variable, set that one under environment.
                    """),
            remedy: [
                "# Set what env.py reads instead, in schemad.toml, for example:",
                "# environment = { DATABASE_URL = \"${url}\" }",
                "systemctl restart schemad",
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
            code: "project.cannotConnect",
            lead: "env.py cannot connect to its database",
            page: Page(
                title: "env.py cannot connect to its database",
                problem: """
                    schemad can connect to the configured database, but env.py cannot connect to the one that it \
                    uses. env.py takes its URL from elsewhere (alembic.ini, a .env file or another variable), or \
                    connects with other options.
                    """,
                evidence: "The driver's message.",
                remedy: """
                    Let env.py take its URL from the variable that schemad.toml sets, or set in schemad.toml the \
                    variable that env.py reads.
                    """),
            remedy: [
                "# In schemad.toml, set the variable from which env.py reads its URL:",
                "# [databases.<database>]",
                "# environment = { DATABASE_URL = \"${url}\" }",
                "systemctl restart schemad",
            ]),
        ProblemRule(
            code: "project.wrongDatabase",
            lead: "env.py connects to another database than the configured one, and was stopped",
            page: Page(
                title: "env.py connects to the wrong database",
                problem: """
                    env.py decides where it connects: by a URL in alembic.ini, a variable or a .env file. Here it \
                    opened another server or database than the one in schemad.toml. schemad stopped it before its \
                    first statement. A migration would have changed the wrong database.
                    """,
                evidence: "The database that env.py opened, as its connection reports it, and the configured one.",
                remedy: """
                    Let env.py take its URL from the variable that schemad.toml sets (environment = { DATABASE_URL = \
                    "${url}" }), or set the variables that env.py reads: ${host}, ${port}, ${user}, ${password} and \
                    ${database} are the parts of the address.
                    """),
            remedy: [
                "# In schemad.toml, set the variable from which env.py reads its URL:",
                "# [databases.<database>]",
                "# environment = { DATABASE_URL = \"${url}\" }",
                "# Then:",
                "systemctl restart schemad",
            ]),
        ProblemRule(
            code: "project.graphDisagrees",
            lead: "Alembic reads other revisions than schemad",
            page: Page(
                title: "Alembic reads other revisions than schemad",
                problem: """
                    When it ran in the project, Alembic named other revisions than schemad had read from the same \
                    folder, or read other folders. Either the project changed in between, or env.py changes \
                    something that shows only when it runs, such as version_locations of context.script.
                    """,
                evidence: "Both lists of revisions or of folders.",
                remedy: """
                    If env.py sets version_locations, set the same in the configuration file: everything that reads \
                    the project without running it uses that file. Otherwise diagnose again when the deployment of \
                    the project has finished. If the finding remains, compare adminctl graph with alembic history.
                    """),
            remedy: [
                "# If env.py sets version_locations, set it in the configuration too; then:",
                "adminctl diagnose --fresh",
                "adminctl graph",
            ]),
        ProblemRule(
            code: "project.changedWhileRunning", severities: [.warning], verdict: .unverified,
            lead: "The project's files changed during the run",
            page: Page(
                title: "the project's files changed during the run",
                problem: """
                    A file of the project changed between the moment when schemad read it and the run of env.py. \
                    Usually a deployment was in progress. schemad discarded the result and concludes nothing from \
                    it.
                    """,
                evidence: "The file that changed.",
                remedy: """
                    Diagnose again when the deployment has finished. Replace the folder in one step (a rename) \
                    instead of file by file.
                    """),
            remedy: [
                "# When the deployment of the project has finished:",
                "adminctl diagnose --fresh",
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
