"""Strict JSON: a body that two readers could understand differently is refused."""

from __future__ import annotations

import json
import math
import re
from typing import Any, Final

from .errors import StrictJSONError

MAXIMUM_DEPTH: Final = 16
# A finite double has at most 309 digits before the point; longer literals only cost time.
_LONGEST_INTEGER: Final = 310
# A string, which may contain brackets, or a bracket. The closing quote is optional, so that an unterminated string
# takes one pass and not one for each quote in it; the decoder refuses it later.
_BRACKETS: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[\]{}]', re.DOTALL)


def decode(body: bytes) -> dict[str, Any]:
    """One JSON object: UTF-8 without BOM, no duplicate member, depth 16 at most, numbers within a double.

    Raises StrictJSONError. Integers stay integers: the reader of a member checks that it is not a float.
    """
    try:
        text = body.decode("utf-8", "strict")
    except UnicodeDecodeError as error:
        raise StrictJSONError(f"not UTF-8 at byte {error.start}") from None
    if text.startswith("\ufeff"):
        raise StrictJSONError("starts with a byte order mark")
    _check_depth(body)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_float,
            parse_constant=_constant,
        )
    except ValueError as error:
        raise StrictJSONError(str(error)) from None
    if not isinstance(value, dict):
        raise StrictJSONError("not an object")
    if "\\u" in text:
        _check_surrogates(value)
    return value


def encode(value: dict[str, Any]) -> bytes:
    """Compact UTF-8. Raises ValueError for a value that JSON cannot express (NaN, a lone surrogate)."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8", "strict")


def _check_depth(body: bytes) -> None:
    """Check before decoding, without recursion: the standard decoder recurses as deep as the body nests."""
    depth = 0
    for found in _BRACKETS.finditer(body):
        mark = found[0]
        if mark in (b"[", b"{"):
            depth += 1
            if depth > MAXIMUM_DEPTH:
                raise StrictJSONError(f"nested deeper than {MAXIMUM_DEPTH}")
        elif mark in (b"]", b"}"):
            depth -= 1


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("an object names the same member twice")
    return members


def _integer(literal: str) -> int:
    if len(literal) > _LONGEST_INTEGER:
        raise ValueError("a number does not fit a double")
    value = int(literal)
    try:
        float(value)
    except OverflowError:
        raise ValueError("a number does not fit a double") from None
    return value


def _float(literal: str) -> float:
    value = float(literal)
    if math.isinf(value):
        raise ValueError("a number does not fit a double")
    return value


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _check_surrogates(value: Any) -> None:
    if isinstance(value, str):
        try:
            value.encode("utf-8", "strict")
        except UnicodeEncodeError:
            raise StrictJSONError("a string contains a lone surrogate") from None
    elif isinstance(value, dict):
        for name, member in value.items():
            _check_surrogates(name)
            _check_surrogates(member)
    elif isinstance(value, list):
        for item in value:
            _check_surrogates(item)
