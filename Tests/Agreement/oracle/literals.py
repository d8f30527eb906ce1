"""Python expressions for strings and sequences of strings, in many styles."""

from __future__ import annotations

import random
from typing import Sequence

ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\"}


def text(rng: random.Random, value: str, depth: int = 0) -> str:
    """A string literal, or several adjacent ones that Python concatenates."""
    if depth == 0 and rng.random() < 0.15:
        cuts = sorted(rng.randrange(len(value) + 1) for _ in range(rng.choice((1, 1, 2))))
        parts = [value[a:b] for a, b in zip([0, *cuts], [*cuts, len(value)])]
        pieces = [text(rng, part, 1) for part in parts]
        draw = rng.randrange(4)
        if draw == 0:
            return "(" + "\n    ".join(pieces) + ")"
        if draw == 1:
            return "(  # in pieces\n" + "\n\n  # the next\n".join(pieces) + "\n)"
        return (" \\\n  " if draw == 2 else " ").join(pieces)
    draw = rng.random()
    quote = rng.choice(("'", '"'))
    if draw < 0.5:
        return rng.choice(("", "", "", "u", "U")) + quote + escaped(rng, value, quote) + quote
    if draw < 0.62:
        fence = quote * 3
        return fence + escaped(rng, value, quote) + fence
    if draw < 0.75 and is_raw(value, quote):
        fence = rng.choice((quote, quote * 3))
        return rng.choice(("r", "R")) + fence + value + fence
    if draw < 0.9:
        fence = rng.choice((quote, quote * 3))
        prefix = rng.choice(("f", "F"))
        body = escaped(rng, value.replace("{", "{{").replace("}", "}}"), quote)
        if is_raw(value, quote) and rng.random() < 0.4:
            prefix, body = rng.choice(("rf", "fr", "Rf", "fR", "FR")), value.replace("{", "{{").replace("}", "}}")
        return prefix + fence + body + fence
    # A line continuation inside a string.
    at = rng.randrange(len(value) + 1)
    return quote + escaped(rng, value[:at], quote) + "\\\n" + escaped(rng, value[at:], quote) + quote


def is_raw(value: str, quote: str) -> bool:
    """Whether a raw string can hold the text."""
    return quote not in value and not any(c in value for c in "\\\n\r")


def escaped(rng: random.Random, value: str, quote: str) -> str:
    """The contents of a string literal."""
    result = ""
    for character in value:
        code = ord(character)
        draw = rng.random()
        if character in ESCAPES or character == quote:
            result += ESCAPES.get(character, "\\" + character)
        elif draw < 0.03 and code < 0x100 and character not in "{}":
            result += rng.choice((f"\\x{code:02x}", f"\\{code:03o}", f"\\u{code:04X}"))
        elif draw < 0.2 and 0x80 <= code < 0x10000:
            result += f"\\u{code:04x}"
        elif draw < 0.2 and code >= 0x10000 or not character.isprintable() and character != " ":
            result += f"\\U{code:08x}"
        else:
            result += character
    return result


def names(rng: random.Random, values: Sequence[str], none_in_tuple: bool = True) -> str:
    """None, a string, or a sequence of strings, without brackets where that is allowed."""
    if not values:
        choices = ["None", "None", "None", "()", "[]", "(None)", "( )"]
        return rng.choice(choices + (["(None,)", "[None]"] if none_in_tuple else []))
    items = [text(rng, value) for value in values]
    if len(items) == 1:
        draw = rng.randrange(8)
        if draw < 3:
            return items[0]
        return (f"({items[0]},)", f"[{items[0]}]", f"({items[0]})", f"{{{items[0]}}}", f"{items[0]},")[draw - 3]
    draw = rng.randrange(7)
    if draw == 0:
        return "[" + ", ".join(items) + "]"
    if draw == 1:
        return "(\n    " + ",  # one more\n    ".join(items) + ",\n)"
    if draw == 2:
        return "[\n  # several\n" + ",\n\n".join(items) + "]"
    if draw == 3:
        return ", ".join(items)
    if draw == 4:
        return "{" + " , ".join(items) + "}"
    if draw == 5:
        return "((" + ",".join(items) + ",))"
    return "(" + ", ".join(items) + ")"


COMPUTED = (
    "str({0})",
    "({0} if True else None)",
    "({0} or None)",
    "(lambda: {0})()",
    "__import__('os').environ.get('NOT_SET_ANYWHERE', {0})",
    "[{0}][0]",
    "dict(value={0})['value']",
    "next(iter([{0}]))",
    "{0}.__str__()",
    "{0} + ''",
    "'%s' % ({0},)",
    "'{{}}'.format({0})",
    "'\\N{{LATIN SMALL LETTER A}}'[1:] + {0}",
    "{0}[:]",
)


def computed(rng: random.Random, value: str) -> str:
    """An expression whose value is known only after it has run."""
    return rng.choice(COMPUTED).format(repr(value))
