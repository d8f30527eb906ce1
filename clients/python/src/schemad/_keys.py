"""The client's key file: TOML with exactly one `[[key]]`, owned by root or by its reader, mode 0600 or 0400."""

from __future__ import annotations

import base64
import binascii
import os
import stat
import sys
from datetime import datetime
from typing import Any, Callable, Final

from ._tokens import Key
from .errors import ConfigurationError

if sys.version_info >= (3, 11):
    import tomllib

    _loads: Callable[[str], dict[str, Any]] = tomllib.loads
else:
    from . import _toml

    _loads = _toml.loads

_LARGEST_FILE: Final = 64 << 10
_SECRET_PREFIX: Final = "sdk_"
_SCOPES: Final = frozenset({"read", "plan", "repair", "migrate", "admin"})


def load_key(path: str) -> Key:
    """Read the one key of a client.

    Raises ConfigurationError, which names the file and the rule that it breaks: a symbolic link, not a regular file,
    another owner, another mode, not TOML, not exactly one record, a record that the agent would refuse.
    """
    try:
        return _key(_loads(_read(path)))
    except ValueError as error:
        # The errors of the TOML readers are ValueErrors too: they name the line and never repeat its text.
        raise ConfigurationError(f"key file {path}: {error}") from None


def _read(path: str) -> str:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise ConfigurationError(f"key file {path}: cannot be opened: {error.strerror}") from None
    try:
        # Checked by its descriptor, so that the file that was checked is the one that is read.
        status = os.fstat(descriptor)
        mode = stat.S_IMODE(status.st_mode)
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("is not a regular file")
        if status.st_uid not in (0, os.geteuid()):
            raise ValueError(f"belongs to uid {status.st_uid}; it must belong to root or to uid {os.geteuid()}, its reader")
        if mode not in (0o600, 0o400):
            raise ValueError(f"has mode {mode:04o}; make it 0600 or 0400")
        content = b""
        while chunk := os.read(descriptor, _LARGEST_FILE):
            content += chunk
            if len(content) > _LARGEST_FILE:
                raise ValueError(f"is larger than {_LARGEST_FILE} bytes")
    finally:
        os.close(descriptor)
    return content.decode("utf-8", "strict")


def _key(document: dict[str, Any]) -> Key:
    records = document.pop("key", None)
    if document:
        raise ValueError(f"unknown key {min(document)}")
    if not isinstance(records, list) or len(records) != 1 or not isinstance(records[0], dict):
        raise ValueError("a client's key file must contain exactly one [[key]]")
    record = dict(records[0])
    kid = _text(record.pop("kid", None), "kid")
    secret = _secret(_text(record.pop("secret", None), "secret"))
    scopes = record.pop("scopes", None)
    if (
        not isinstance(scopes, list)
        or not scopes
        or not all(isinstance(scope, str) and scope in _SCOPES for scope in scopes)
    ):
        raise ValueError(f"scopes must be a list of {', '.join(sorted(_SCOPES))}")
    _check_restrictions(record)
    return Key(kid, secret)


def _check_restrictions(record: dict[str, Any]) -> None:
    """Check the grammar of the restrictions; the agent enforces them."""
    databases = record.pop("databases", [])
    if not isinstance(databases, list) or not all(isinstance(name, str) for name in databases):
        raise ValueError("databases is not a list of names")
    for name in ("uids", "gids"):
        numbers = record.pop(name, [])
        if not isinstance(numbers, list) or not all(type(number) is int and number >= 0 for number in numbers):
            raise ValueError(f"{name} is not a list of numbers")
    for name in ("not_before", "not_after"):
        moment = record.pop(name, None)
        if isinstance(moment, str):
            try:
                moment = datetime.fromisoformat(moment.replace("Z", "+00:00"))
            except ValueError:
                raise ValueError(f"{name} is not an RFC 3339 time") from None
        if moment is not None and not (isinstance(moment, datetime) and moment.tzinfo):
            raise ValueError(f"{name} is not an RFC 3339 time with its offset")
    if record:
        raise ValueError(f"unknown key {min(record)} in [[key]]")


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} is missing or not a string")
    return value


def _secret(written: str) -> bytes:
    encoded = written[len(_SECRET_PREFIX) :]
    try:
        if not written.startswith(_SECRET_PREFIX):
            raise ValueError
        secret = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
        # Each secret has one spelling: no padding, no unused bits in the last character.
        if base64.urlsafe_b64encode(secret).rstrip(b"=").decode("ascii") != encoded:
            raise ValueError
    except (ValueError, binascii.Error):
        raise ValueError("secret is not sdk_ and base64url without padding") from None
    return secret
