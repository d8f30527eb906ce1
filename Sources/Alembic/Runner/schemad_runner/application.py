"""What the command `flask db` does for Flask-Migrate's env.py before Alembic runs it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

# How env.py of all Flask-Migrate templates gets the application's engine.
MARKS = (b"current_app.extensions['migrate']", b'current_app.extensions["migrate"]')


def is_flask_migrate(file: str) -> bool:
    """Whether an env.py is Flask-Migrate's: it needs an application context and does not create one itself."""
    with suppress(OSError), open(file, "rb") as source:
        text = source.read()
        return any(mark in text for mark in MARKS) and b"app_context(" not in text
    return False


def main_option(config: Any, name: str) -> Any:
    """An option of the INI file or of pyproject.toml; None when neither sets it."""
    value = None
    with suppress(Exception):
        value = config.get_main_option(name)
    return value or getattr(config, "toml_alembic_config", {}).get(name)


def set_script_location(config: Any) -> None:
    """Flask-Migrate's INI file does not set `script_location`: the script folder is the folder of that file."""
    folder = os.path.dirname(os.path.abspath(config.config_file_name or ""))
    if is_flask_migrate(os.path.join(folder, "env.py")) and not main_option(config, "script_location"):
        # A percent sign would begin an interpolation.
        config.set_main_option("script_location", folder.replace("%", "%%"))


@contextmanager
def application(config: Any, environment: str) -> Iterator[None]:
    """The application's context for an env.py that needs it. The application is found as the command `flask` finds it:
    FLASK_APP, `.flaskenv`, then the usual names."""
    if not is_flask_migrate(environment):
        yield
        return
    from flask.cli import ScriptInfo, load_dotenv

    load_dotenv()
    application = ScriptInfo(app_import_path=os.environ.get("FLASK_APP")).load_app()
    with application.app_context():
        application.extensions["migrate"].migrate.call_configure_callbacks(config)
        yield
