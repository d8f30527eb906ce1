extension ProblemRule {
    /// The folder and the interpreter of a project.
    static let projectInterpreter = [
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
    ]
}
