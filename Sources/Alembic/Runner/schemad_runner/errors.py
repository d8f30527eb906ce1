"""Reads exceptions and their causes."""

from __future__ import annotations

import re
from collections.abc import Iterator


def with_causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and its causes, the driver's (`orig`) and those that `raise … from None` hides included."""
    pending, seen = [error], set()
    while pending:
        current = pending.pop(0)
        if isinstance(current, BaseException) and id(current) not in seen:
            seen.add(id(current))
            yield current
            pending += [getattr(current, "orig", None), current.__cause__, current.__context__]
            pending += getattr(current, "exceptions", ())  # ExceptionGroup


def shown(error: BaseException) -> list[BaseException]:
    """The error and what it was raised from, in the order of a traceback read from its end: the last one was raised
    first. What `raise … from None` hides is left out, and so is a driver's error, which is the `orig` of SQLAlchemy's."""
    links: list[BaseException] = []
    pending = [error]
    while pending:
        current = pending.pop(0)
        if any(current is link for link in links):
            continue
        links.append(current)
        earlier = raised_from(current)
        if earlier is not None and earlier is getattr(current, "orig", None):
            # The error that was being handled when the driver raised its own.
            earlier = raised_from(earlier)
        pending += [] if earlier is None else [earlier]
        pending += getattr(current, "exceptions", ())
    return links


def raised_from(error: BaseException) -> BaseException | None:
    """The error that a traceback shows above this one."""
    return error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def deciding(error: BaseException, *, is_read_only: bool) -> BaseException:
    """The link of the chain that says why the error was raised: the write that a read-only session refused; what the
    server said first; the import that failed first; the driver's first error; otherwise the error itself."""
    if is_read_only:
        for link in with_causes(error):
            if own_sqlstate(link) == "25006":
                return link
    links = shown(error)
    kinds = (
        lambda link: own_sqlstate(link) is not None,
        lambda link: isinstance(link, ImportError),
        lambda link: getattr(link, "orig", None) is not None,
    )
    for is_kind in kinds:
        found = [link for link in links if is_kind(link)]
        if found:
            return found[-1]
    return error


def own_sqlstate(error: BaseException) -> str | None:
    """The SQLSTATE of one link of a chain; that of the driver's error for SQLAlchemy's."""
    for part in (error, getattr(error, "orig", None), getattr(getattr(error, "orig", None), "__cause__", None)):
        code = getattr(part, "sqlstate", None) or getattr(part, "pgcode", None)
        if isinstance(code, str):
            return code
    return None


def sqlstate(error: BaseException | None) -> str | None:
    """The first SQLSTATE in a chain, from its outer end."""
    return next((code for code in map(own_sqlstate, with_causes(error)) if code is not None), None)


def text_of(error: BaseException) -> tuple[str, str]:
    """The name of an error's class and its message, the driver's for SQLAlchemy's error."""
    original = getattr(error, "orig", None) or error
    name = type(original).__name__
    message = server_message(original) if own_sqlstate(error) else str(original).strip()
    # SQLAlchemy's asyncpg adapter puts the driver's class before the message.
    if message.startswith("<class ") and ">: " in message:
        message = message.partition(">: ")[2]
    return name, message or name


def addition(error: BaseException, cause: BaseException, message: str, who: str) -> str:
    """What the message of the cause does not say: what was made of it, or what the server had said before.

    :param who: whose code raised the error, for example `env.py`.
    """
    if error is not cause:
        if isinstance(error, SystemExit):
            return f"; {who} then ended the process with sys.exit({error.code!r})"
        name, text = text_of(error)
        return "" if text in message else f"; {who} then raised {name}: {text}"
    hidden = [link for link in with_causes(error) if own_sqlstate(link)]
    text = text_of(hidden[-1])[1] if hidden and own_sqlstate(error) is None else ""
    return "" if text in message else f"; before that the server said: {text}"


def explained(error: BaseException, who: str) -> str:
    """An error in one sentence, with the cause that counts."""
    cause = deciding(error, is_read_only=False)
    name, message = text_of(cause)
    return f"{name}: {message}" + addition(error, cause, message, who)


def server_message(error: BaseException) -> str:
    """The message of a driver's error with the server's DETAIL and HINT, in one line, without the lines that show where
    in the statement it is. The values of a whole row are left out: they may be secrets."""
    text = str(error)
    message = re.split(r"\n(?:DETAIL|HINT|CONTEXT|LINE \d+):", text)[0].strip()
    for field, label in (("DETAIL", ""), ("HINT", "Hint: ")):
        found = re.search(rf"^{field}: *(.*)$", text, re.MULTILINE)
        # SQLAlchemy's adapter for asyncpg leaves them out of its own error.
        values = (getattr(cause, field.lower(), None) for cause in with_causes(error))
        value = found[1] if found else next((value for value in values if isinstance(value, str)), "")
        if value and not value.startswith("Failing row contains"):
            message = f"{message.rstrip('.')}. {label}{value.strip()}"
    return message
