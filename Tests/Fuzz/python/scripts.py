"""Random revision scripts and the result of running each in Python, for a parser that does not run them.

    python scripts.py SEED COUNT

One JSON object a line: `script` (base64), `runs` (whether Python runs it to the end) and `header`: the values of the
module's variables, or null where they are not names of revisions. Half of the scripts are damaged after they are
written. Number N of a seed is always the same.
"""

from __future__ import annotations

import base64
import builtins
import json
import random
import resource
import signal
import sys
import warnings
from typing import Any, Iterable

VARIABLES = ("revision", "down_revision", "branch_labels", "depends_on")
NAMES = (*VARIABLES, "PARENTS", "ONE", "LIST")
SETUP = "from x import x\nD = {}\nPARENTS = ('p', 'q')\nONE = 'one'\nLIST = ['l', 'm']"
TEXTS = (
    "a", "b1", "x y", "", "é", "e\u0301", "\\x41", "\\u00e9", "\\101", "\\777", "\\n", "\\q", "\\\\", "\\\n", "{{a}}",
    "\\{{", "#", "\\N{DASH}", "\\ud800", "\\U0001F600", "%s", "ſ",
)
PREFIXES = ("", "", "", "u", "r", "R", "f", "rf", "fR", "b", "Br")
FIELDS = (
    "a", "{{", "}}", "{x}", "{x!r}", "{x:>3}", "{x:{y}}", "{x=}", "{ {'a': 1}['a'] }", "{(lambda: 1)()}", "{'a'}",
    '{"a"}', "\\{x}", "{x:%H}", "\\N{DASH}", "{x #c\n}", "{\nx\n}",
)
# Values that are not plain literals.
COMPUTED = (
    "1", "0x1F", "1e5", "-1", "True", "b'x'", "...", "str('a')", "'a'.upper()", "'a' + 'b'", "'a' if x else 'b'",
    "x['k']", "lambda revision='q': 1", "[y for y in 'ab']", "(revision := 'w')", "tuple(PARENTS)", "{'a': 'b'}",
    "*PARENTS,", "'a' or 'b'", "'%s' % 1", "ONE[0]", "1if x else'b'", "0or'a'", "[*PARENTS]", "ONE, ", "{}",
    "{'a' 'b',}",
)
STATEMENTS = (
    "import os", "import x as revision", "from x import y as ONE", "from sqlalchemy import *", "import x.revision",
    "from x import (a as down_revision,\n b)", "import revision.x", "del ONE", "del x.revision", "del (ONE, PARENTS)",
    "del LIST[0]", "del [ONE]", "revision += 'x'", "LIST += ['q']", "LIST.append('q')", "branch_labels.append('q')",
    "LIST[0] = 'k'", "X = LIST\nX.append('zz')\ndown_revision = X", "globals()['revision'] = 'g'",
    "globals()['rev' + 'ision'] = 'g'", "globals().update(revision='g')", "vars()['down_revision'] = 'g'",
    "for k in ('revision',): vars()[k] = 'g'", "exec(\"revision = 'e'\")", "x.revision = 'n'", "D['revision'] = 'n'",
    "'''string'''", "revision: str", "print(revision := 'h')", "[revision := 'h' for _ in 'a']", "match = 1",
    "type = 3",
    "[revision for revision in 'ab']", "{revision: 1 for revision in 'ab'}", "lambda revision: 0", "case: str = 'a'",
    "x[(revision := 'o')] = 1", "y: (revision := 'ann') = 1", "revision = 'a'; down_revision = None", "type X = int",
    "type revision = int", "assert (revision := 'h')", "x = y = revision = 'chain'", "# comment", "  # indented", "\\",
    "\f", "ｒevision = 'w'", "reviſion: str = 'w'", "ONＥ = 'w'", "(revision, down_revision) = ['a', ('b',)]",
    "branch_labels = depends_on = None", "revision, (down_revision, depends_on) = 'a', ('b', 'c')", "*y, ONE = 'ab'",
)
# Lines that need a block.
BLOCKS = (
    "if 1:", "if 0:", "while 0:", "for revision in 'ab':", "for y, revision in [('a','b')]:", "for x.revision in 'ab':",
    "with x as revision:", "with x as (y, revision):", "with x as y, x as revision:", "with (x as revision, x as y):",
    "def f():", "def revision():", "def f(a=(revision := 'dflt')):", "async def f():", "if (revision := 'w'):",
    "def f(a: str = 'x', *b, **c) -> {'a': 1}:", "if lambda: 1:", "if {'a': 1}:", "for revision in ():", "@x\ndef g():",
    "try:\n    pass\nexcept x as ONE:", "match x:\n  case {'k': revision}:", "match x:\n  case [revision, *y]:",
)
CLASSES = (
    "class A:\n  revision = 'no'", "class revision: pass", "class A(object, metaclass=type):\n  def f(self): pass",
    "class A:\n  global revision\n  revision = 'b'", "class A: revision = 'no'",
)
COOKIES = (
    "# -*- coding: latin-1 -*-", "# coding: utf-8-unix", "x = 1\n# coding: latin-1", "#!\n#coding=cp1252",
    "# coding: utf-7", "# coding: ascii", "# coding: unicode_escape",
)
DOCUMENTATION = ('"""Doc\n\nmore"""', "'''\n  First \n'''", "u'doc' 'b'", "f'no'", "('doc' \n 'b')", "b'no'")
PIECES = (
    *VARIABLES, "=", "'", '"', "'''", "(", ")", "[", "]", "{", "}", ",", ":", ";", "\\", "\n", "\r\n", "\r", " ",
    "    ", "\t", "#", "f'", "rb'", "\\N{", ".", "1", "é", "if ", "def f():", "class ", "lambda", ":=", "+=", "None",
    "@", "*", "\f", "import ", "as ", "del ", "global ", "!", "==", "...", "\\\n", "\xa0", "coding: latin-1",
    "\ufeff", "try:", "else:",
)


def string(rng: random.Random) -> str:
    prefix, text = rng.choice(PREFIXES), rng.choice(TEXTS) + rng.choice(("", "z", "1"))
    quote = rng.choice(("'", '"', "'''", '"""'))
    if prefix in ("r", "R", "rf", "fR", "Br") and text.endswith("\\"):
        text += "x"
    return prefix + quote + text + quote


def fields(rng: random.Random) -> str:
    quote = rng.choice(("'", '"', "'''", '"""'))
    return rng.choice(("f", "rf")) + quote + "".join(rng.choices(FIELDS, k=rng.randrange(4))) + quote


def value(rng: random.Random, depth: int = 0) -> str:
    draw = rng.random()
    if draw < 0.35 or depth > 2:
        return string(rng)
    if draw < 0.45:
        return "None"
    if draw < 0.55:
        return rng.choice(NAMES)
    if draw < 0.65:
        return f"({value(rng, depth + 1)})"
    if draw < 0.83:
        items = [value(rng, depth + 1) for _ in range(rng.randrange(4))]
        opening, closing = rng.choice(("()", "()", "[]", "{}"))
        return opening + "".join(item + rng.choice((", ", ",\n  # c\n ")) for item in items) + closing
    if draw < 0.88:
        return string(rng) + " " + string(rng)
    return fields(rng) if draw < 0.91 else rng.choice(COMPUTED)


def statement(rng: random.Random, depth: int = 0) -> str:
    draw = rng.random()
    if draw < 0.4:
        sign = rng.choice((" = ", "=", ": str = ", ": 'str | None' = ", " = \\\n  "))
        return rng.choice(NAMES) + sign + value(rng)
    if draw < 0.75 or depth > 1:
        return rng.choice(STATEMENTS)
    if draw < 0.8:
        return rng.choice(CLASSES)
    indent = rng.choice(("    ", "\t", "      "))
    body = statement(rng, depth + 1) if rng.random() < 0.8 else "global revision\nrevision = 'g'"
    return rng.choice(BLOCKS) + "\n" + "\n".join(indent + line for line in body.split("\n"))


def module(rng: random.Random) -> str:
    lines: list[str] = []
    if rng.random() < 0.1:
        lines.append(rng.choice(COOKIES))
    if rng.random() < 0.3:
        lines.append(rng.choice(DOCUMENTATION))
    lines.append(SETUP)
    for base in ("revision = 'a'", "down_revision = 'b'", "branch_labels = None", "depends_on = None"):
        lines += [base] * (rng.random() < 0.95) + [statement(rng)] * (rng.random() < 0.3)
    lines += [statement(rng) for _ in range(rng.randrange(3))]
    text = "\n".join(lines) + rng.choice(("\n", ""))
    return text.replace("\n", rng.choice(("\n", "\n", "\n", "\r\n", "\r")))


def damaged(rng: random.Random, script: bytes) -> bytes:
    data = bytearray(script)
    for _ in range(rng.choice((1, 1, 2, 3))):
        start = rng.randrange(len(data) + 1)
        draw = rng.random()
        if draw < 0.5:
            data[start:start] = rng.choice(PIECES).encode()
        elif draw < 0.9:
            del data[start : start + rng.choice((1, 2, 4, 10, 40))]
        else:
            data[start:start] = bytes([rng.randrange(128, 256)])
    return bytes(data)


class Anything:
    """A module for imports of scripts: it has every attribute, and can be called and used in `with`."""

    def __getattr__(self, name: str) -> "Anything":
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything()

    def __call__(self, *values: object, **named: object) -> "Anything":
        return Anything()

    def __enter__(self) -> "Anything":
        return self

    def __exit__(self, *error: object) -> bool:
        return False


ALLOWED = "str tuple list dict set object type range vars globals locals exec eval Exception __build_class__".split()
BUILTINS = {name: getattr(builtins, name) for name in ALLOWED}
BUILTINS["__import__"] = lambda *given: Anything()
BUILTINS["print"] = lambda *values: None


class TooLong(BaseException):
    pass


def stop(*signal_and_frame: object) -> None:
    raise TooLong


def names(variables: dict[str, Any], variable: str) -> list[str]:
    value = variables[variable]
    if value is None:
        return []
    items = [value] if isinstance(value, str) else list(value)
    if items == [None] and variable != "branch_labels":
        return []
    if isinstance(value, dict) or not all(isinstance(item, str) for item in items):
        raise ValueError(value)
    return sorted(set(items))


def run(script: bytes) -> dict[str, Any] | None:
    """The module's variables; None if it does not run to the end."""
    variables: dict[str, Any] = {"__builtins__": dict(BUILTINS), "__name__": "script"}
    signal.setitimer(signal.ITIMER_REAL, 2)
    try:
        exec(compile(script, "script", "exec", dont_inherit=True), variables)
    except (Exception, TooLong):
        return None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return variables


def header(variables: dict[str, Any]) -> dict[str, Any] | None:
    documentation = variables.get("__doc__")
    try:
        told: dict[str, Any] = {"revision": variables["revision"], "down": names(variables, "down_revision")}
        if not isinstance(told["revision"], str):
            return None
        variables = {"branch_labels": None, "depends_on": None, **variables}
        told["labels"] = names(variables, "branch_labels")
        told["dependsOn"] = names(variables, "depends_on")
        told["doc"] = documentation.strip().split("\n")[0].strip() if isinstance(documentation, str) else ""
        # Lone surrogates cannot be encoded in UTF-8.
        json.dumps(told, ensure_ascii=False).encode()
    except (KeyError, TypeError, ValueError):
        return None
    return told


def scripts(seed: str, count: int) -> Iterable[bytes]:
    for number in range(count):
        rng = random.Random(f"{seed}:{number}")
        script = module(rng).encode()
        yield damaged(rng, script) if number % 2 else script


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
    signal.signal(signal.SIGALRM, stop)
    for data in scripts(sys.argv[1], int(sys.argv[2])):
        ran = run(data)
        told = {"script": base64.b64encode(data).decode(), "runs": ran is not None, "header": ran and header(ran)}
        print(json.dumps(told))
