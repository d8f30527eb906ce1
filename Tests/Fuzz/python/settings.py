"""Random INI files, and what Python's ConfigParser with Alembic's options reads in each.

    python settings.py SEED COUNT

One JSON object a line: `text`, `reads` (whether ConfigParser reads it) and `values`: each with `section`, `key` and
`value`, which is null if there is none, or `fault` if reading it fails. Number N of a seed is always the same.
"""

from __future__ import annotations

import configparser
import json
import random
import sys
from typing import Any

LINES = (
    "[alembic]", "[alembic] x", "[DEFAULT]", "[x]", "[é]", "[e\u0301]", "[]", "[]]", "[a]b]", "[ alembic ]", "[x]=y",
    "script_location = migrations", "script_location: %(here)s/m", "version_locations = a b,c , d:e", "K = v", "k = v",
    "k=", "k", "= v", ": v", "a = %(b)s", "b = %(a)s", "b = %(c)s x %%", "c = 1", "c = %(C)s", "A=%(here)s", "d = %",
    "d = %%", "d = %(", "d = %(x", "d = %(x)", "d = %()s", "d = %(x\n )s", "    continued", "\tcontinued # x",
    "  # comment", "# comment", "; comment", "\u037e comment", "  ; comment", "", "  ", "\f", "\x1c", "\u2003k2 = v2",
    "\u3000 more", "é = 1", "e\u0301 = 2", "É = 3", "k3 = %(é)s", "k4 = %(e\u0301)s", "k =\u0301 v", "#\u0301 x",
    "k5 \u0301= v", "here = there", "x: y = z", "x = y : z", "x =   spaces   ", "x = a\u2028b", "x = a\x85b",
    "x = a\vb",
    "İ = 1", "k6 = %(i\u0307)s", "Key With Spaces = 2", "k8 = %(key with spaces)s", "   k9 = indented", " k10 = less",
    "      k11 = more", "%(x)s = y", "k13 = %(x)s%(x)s%(x)s", "\ufeff[alembic]", "k = ;", "k = #", "k = x ; y",
    "l1 = %(l2)s%(l2)s\nl2=%(l3)s\nl3=%(l4)s\nl4=%(l5)s\nl5=%(l6)s\nl6=%(l7)s\nl7=%(l8)s\nl8=%(l9)s\nl9=%(l10)s",
    "l10=%(l11)s", "l11=end%%", "l11=end", "\0 = \0",
)
PIECES = ("%", "%(", ")s", "=", ":", "[", "]", " ", "\t", "\n", "#", ";", "\u0301", "\r", "k", "\x1f", "\xa0")


def settings(rng: random.Random) -> str:
    lines = rng.choices(LINES, k=rng.randrange(1, 14))
    if rng.random() < 0.8:
        lines.insert(0, "[alembic]")
    end = rng.choice(("\n", "\n", "\n", "\r\n", "\r", "\n\n"))
    text = end.join(lines) + rng.choice(("", end))
    for _ in range(rng.choice((0, 0, 1, 2))):
        start = rng.randrange(len(text) + 1)
        end = start + rng.choice((0, 1, 3))
        text = text[:start] + rng.choice((*PIECES, "")) + text[end:]
    return text


def value(parser: configparser.ConfigParser, section: str, key: str) -> dict[str, Any]:
    """Like `Config.get_alembic_option`: a missing key is not a fault."""
    told: dict[str, Any] = {"section": section, "key": key, "value": None, "fault": False}
    try:
        if parser.has_option(section, key):
            told["value"] = parser.get(section, key)
    except configparser.Error:
        told["fault"] = True
    return told


def read(text: str) -> dict[str, Any]:
    parser = configparser.ConfigParser({"here": "/he re"})
    told: dict[str, Any] = {"text": text, "reads": False, "values": []}
    try:
        # Line ends are converted, as in a file that is opened as text.
        parser.read_string(text.replace("\r\n", "\n").replace("\r", "\n"))
    except configparser.Error:
        return told
    told["reads"] = True
    pairs = [(section, key) for section in parser.sections() for key in parser[section]]
    pairs += [(section, key) for section in ("alembic", "nowhere", "é", "e\u0301") for key in ("K", "é", "e\u0301", "z")]
    told["values"] = [value(parser, section, key) for section, key in pairs]
    return told


if __name__ == "__main__":
    for number in range(int(sys.argv[2])):
        print(json.dumps(read(settings(random.Random(f"{sys.argv[1]}:{number}")))))
