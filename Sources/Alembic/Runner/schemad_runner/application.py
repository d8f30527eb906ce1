"""What the command `flask db` does for an env.py that needs the application before Alembic runs it."""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import Any

from schemad_runner.errors import with_causes

# What env.py calls to create an application context of its own.
OWN_CONTEXT = {"app_context", "test_request_context", "request_context", "with_appcontext"}


def main_option(config: Any, name: str) -> Any:
    """An option of the INI file or of pyproject.toml; None when neither sets it."""
    value = None
    with suppress(Exception):
        value = config.get_main_option(name)
    return value or getattr(config, "toml_alembic_config", {}).get(name)


def set_script_location(config: Any) -> bool:
    """Flask-Migrate's INI file is in the script folder: `flask db` sets `script_location` to that folder, whatever the
    file says, and Alembic alone cannot run such a project.

    :return: whether this is such a project: there is no env.py where the file says, and one beside it.
    """
    folder = os.path.dirname(os.path.abspath(config.config_file_name or ""))
    location = main_option(config, "script_location") or ""
    if location and (":" in location or os.path.isfile(os.path.join(location, "env.py"))):
        return False
    if not os.path.isfile(os.path.join(folder, "env.py")):
        return False
    # A percent sign would begin an interpolation.
    config.set_main_option("script_location", folder.replace("%", "%%"))
    return True


def run_with_application(config: Any, file: str, is_flask: bool, run: Callable[[], None], can_repeat: Callable) -> None:
    """Runs env.py, in the application's context if it needs one and does not create one itself.

    :param file: the env.py.
    :param is_flask: whether only `flask db` can run the project.
    :param can_repeat: whether env.py has not done anything yet, so that it can be run again.
    """
    if is_flask and os.getcwd() not in sys.path:
        # As the command `flask` does.
        sys.path.insert(0, os.getcwd())
    names = names_in(file)
    context: AbstractContextManager[Any] = nullcontext()
    missing: BaseException | None = None
    tried = False
    if not names & OWN_CONTEXT and (is_flask or names & {"current_app", "flask.g"}):
        tried = True
        context, missing = application_context(config)
    try:
        with context:
            run()
    except Exception as error:
        if not is_outside_of_context(error):
            raise
        if tried or not can_repeat():
            # Why there is no application says more than the error that follows from it.
            raise missing or error from None
        # Not env.py itself but a module that it imports needs the application.
        context, missing = application_context(config)
        if missing is not None:
            raise missing from None
        with context:
            run()


def names_in(file: str) -> set[str]:
    """The names that a source uses or imports, without the texts and comments in it; empty when it is not valid."""
    names: set[str] = set()
    with suppress(OSError, SyntaxError, ValueError), open(file, "rb") as source:
        for node in ast.walk(ast.parse(source.read())):
            if isinstance(node, ast.Name):
                names.add(node.id)
            elif isinstance(node, ast.Attribute):
                names.add(node.attr)
                if isinstance(node.value, ast.Name):
                    names.add(f"{node.value.id}.{node.attr}")
            elif isinstance(node, ast.ImportFrom):
                names |= {name for alias in node.names for name in (alias.name, f"{node.module}.{alias.name}")}
    return names


def is_outside_of_context(error: BaseException) -> bool:
    return any(isinstance(cause, RuntimeError) and "application context" in str(cause) for cause in with_causes(error))


def application_context(config: Any) -> tuple[AbstractContextManager[Any], BaseException | None]:
    """The application's context, or why there is no application. It is found as the command `flask` finds it: by
    FLASK_APP, `.flaskenv`, then the usual names."""
    try:
        import click
        from flask.cli import ScriptInfo, load_dotenv
    except ImportError as error:
        return nullcontext(), error
    load_dotenv()
    # As the command `flask` does: applications look at it when they are imported.
    os.environ["FLASK_RUN_FROM_CLI"] = "true"
    try:
        application = ScriptInfo(app_import_path=os.environ.get("FLASK_APP")).load_app()
    except click.UsageError as error:
        return nullcontext(), error
    return entered(application, config), None


@contextmanager
def entered(application: Any, config: Any) -> Iterator[None]:
    """The application's context; the one that it entered itself when it was imported, if there is one."""
    from flask import has_app_context

    with nullcontext() if has_app_context() else application.app_context():
        migrate = application.extensions.get("migrate")
        if migrate is not None:
            migrate.migrate.call_configure_callbacks(config)
        yield
