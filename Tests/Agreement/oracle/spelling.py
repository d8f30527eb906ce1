"""Revision scripts: the same header in many styles, among other code."""

from __future__ import annotations

import codecs
import random
from typing import Any, Callable, Optional

from literals import computed, names, text

TYPING = "from typing import Any, Final, Optional, Sequence, Union"
IMPORTS = (
    "import sqlalchemy as sa\nfrom alembic import op",
    "from alembic import (\n    op,\n)\nfrom sqlalchemy.dialects import postgresql",
    "import os, sys as system",
    "from sqlalchemy import *",
    "try:\n    import missing_for_sure\nexcept ImportError:\n    missing_for_sure = None",
)
NOISE = (
    "# revision = 'in a comment'",
    "TABLE = 'users'",
    "COLUMNS = {\n    'revision': 'no',\n'down_revision': None,\n}",
    "NOTE = '''\nrevision = 'in a string'\ndown_revision = 'the same'\n'''",
    'SQL = f"""select {1 + 1:>{4}} from "t" -- {\'revision\'!r:}"""',
    "def helper(revision=None, down_revision=('a', 'b')):\n    revision = 'local'\n    return revision",
    "def one_line(): revision = 'local'",
    "async def later(x=lambda: 1): return 0",
    "class State:\n    revision = 'of a class'\n\n    def depends_on(self):\n        return {}",
    "@staticmethod\ndef decorated(\n    a,\nb=2,\n):\n\n\tbranch_labels = 1\n\treturn branch_labels",
    "for number in range(3):\n    total = number",
    "if len(TABLE if 'TABLE' in dir() else ''):\n    pass\nelse:\n    pass",
    "with open(__file__, 'rb') as handle:\n    handle.read(1)",
    "squares = [revision for revision in range(3)]",
    "x = 1; y = 2; z = \\\n    3",
    "match = case = 1",
    "revision: str",
    "pass",
    "'a string that is no docstring'",
    "print(end='')",
    "\x0c",
    "assert True, 'revision'",
    "numbers = 0x1F, 1_000, 1e5, .5j, 0o17, 0b1",
    "operators = 1 if 2 >= 1 != 3 else ~4 // 5 ** 6 << 7",
    "class Empty: ...",
    "State2 = type('State2', (), dict(revision='no'))",
    "lambda revision: revision",
    "deep = [[[({1: {2: (3,)}})]]]",
    "long = (1 +\n2\n+ 3)",
)
ENDINGS = (
    "def upgrade() -> None:\n    revision = 'local'\n    down_revision: str = 'local'\n    op.execute('SELECT 1')\n\n\n"
    "def downgrade() -> None:\n    pass",
    "def upgrade():\n    '''\nrevision = 'not at the start of a line for Python'\n    '''\n"
    "    for down_revision in ():\n        pass\n\ndef downgrade(): ...",
    "def upgrade(): pass",
    "",
    "def upgrade():\n  def inner():\n      global unrelated\n      unrelated = 1\n  return inner\n# end",
    "if __name__ == '__main__':\n    print('not a script')",
)
DOCUMENTATION = (
    "",
    "{q}{slug}{q}",
    "{q}{slug}\n\nRevision ID: not_this_one\nRevises: neither\nCreate Date: 2024-01-02 03:04:05\n\n{q}",
    "{q}\n\n   {slug}  \n   more of it\n\n{q}",
    "r{q}{slug} \\d{q}",
    "u'{slug}'",
    "'{slug}' ' and more'",
    "('{slug}')",
    "b'bytes are no docstring'",
    "f'neither is {1}'",
    "'one\\ntwo'",
    "'   '",
    "''",
    "'''\\\nafter a continued line\n\nrest'''",
    "'tab\\tin it' # comment",
    "'\\x0bodd \\x1c white space'",
    "1",
    "'first'; 'second'",
    "'first'.strip()",
    "# nothing\n\n\n'late docstring'",
)
ANNOTATIONS = (
    "str",
    "str | None",
    "Union[str, Sequence[str], None]",
    "'Optional[str]'",
    "Final",
    "tuple[str, ...] | None",
    "None",
)
VARIABLES = {"revision": "id", "down_revision": "down", "branch_labels": "labels", "depends_on": "dependsOn"}


class Script:
    """One script. `revision` is an entry of a graph; everything else is random."""

    def __init__(self, rng: random.Random, revision: dict[str, Any], is_named_by_file: bool, is_computed: bool) -> None:
        self.rng = rng
        self.values = {name: revision[key] for name, key in VARIABLES.items()}
        self.is_named_by_file = is_named_by_file
        self.is_computed = is_computed
        self.parts: list[str] = []

    def source(self, changed: Optional[Callable[[list[str]], None]] = None) -> bytes:
        """The file.

        `changed` may spoil the statements of the header.
        """
        header = self.header()
        if changed:
            changed(header)
        rng = self.rng
        # The imports for annotations come last, because SQLAlchemy also exports a Sequence.
        top = [*rng.sample(IMPORTS, rng.randrange(3)), TYPING]
        body = [*rng.sample(NOISE, rng.randrange(4)), *header]
        for noise in rng.sample(NOISE, rng.randrange(3)):
            body.insert(rng.randrange(len(body) + 1), noise)
        quote = rng.choice(('"""', "'''"))
        slug = rng.choice(("add users", "Größe 日本", "it s", "x" * 70, "a  b"))
        documentation = rng.choice(DOCUMENTATION).replace("{q}", quote).replace("{slug}", slug)
        future = "from __future__ import annotations"
        if rng.random() < 0.3 and can_parse(f"{documentation}\n{future}\n"):
            top.insert(0, future)
        lines = rng.choice(("", "", "#!/usr/bin/env python\n", "# a comment\n", "\n\n")) + documentation
        lines += "".join(
            rng.choice(("\n", "\n\n", "\n\n\n", "\n   \n", "\n\t# remark\n")) + part for part in [*top, *body]
        )
        lines += "\n" + rng.choice(ENDINGS) + rng.choice(("\n", "\n", "", "\n\n", "\n   ", "\n#"))
        return encoded(rng, lines)

    def header(self) -> list[str]:
        """The statements that set the variables."""
        rng, values = self.rng, self.values
        left = [
            name for name in VARIABLES if values[name] or name in ("revision", "down_revision") or rng.random() < 0.5
        ]
        if self.is_named_by_file:
            left.remove("revision")
        if rng.random() < 0.3:
            rng.shuffle(left)
        self.victim = rng.choice(left) if self.is_computed else ""
        statements: list[str] = []
        while left:
            name = left.pop(0)
            other = left[0] if left else None
            if other and name != self.victim and other != self.victim and rng.random() < 0.08:
                left.pop(0)
                statements.append(self.together(name, other))
            else:
                statements += self.alone(name)
        return statements

    def expression(self, name: str) -> str:
        value = self.values[name]
        if name == self.victim:
            if name == "revision":
                return computed(self.rng, value)
            return self.rng.choice(("tuple({0})", "list({0})", "({0} + ())", "frozenset({0}) or ()")).format(
                tuple(value)
            )
        if name == "revision":
            return text(self.rng, value)
        if name == "depends_on" and not value and self.values["down_revision"] and self.rng.random() < 0.1:
            return self.rng.choice(("''", "('',)", "['']"))
        return names(self.rng, value, none_in_tuple=name != "branch_labels")

    def together(self, one: str, other: str) -> str:
        """Two variables in one statement."""
        values = [self.values[one], self.values[other]]
        if values[0] == values[1] and self.rng.random() < 0.7:
            # A value such as (None,), which is empty elsewhere, would be a label.
            return f"{one} = {other} = {self.bracketed('branch_labels' if 'branch_labels' in (one, other) else one)}"
        left = self.rng.choice(("{}, {}", "({}, {})", "[{}, {}]", "({}, {},)")).format(one, other)
        right = self.rng.choice(("{}, {}", "({}, {})", "[{}, {}]")).format(self.bracketed(one), self.bracketed(other))
        return f"{left} = {right}"

    def bracketed(self, name: str) -> str:
        """The expression in brackets, where a comma would have another meaning."""
        expression = self.expression(name)
        return expression if name == "revision" or not self.values[name] else f"({expression})"

    def alone(self, name: str) -> list[str]:
        """The statements that set one variable."""
        rng, expression = self.rng, self.expression(name)
        draw = rng.random()
        if draw < 0.25:
            return [f"{name} = {expression}"]
        if draw < 0.45:
            return [f"{name}: {rng.choice(ANNOTATIONS)} = {expression}"]
        if draw < 0.5:
            return [f"{name}={expression}# remark"]
        if draw < 0.55:
            return [f"{name}  =\t{expression} ;"]
        if draw < 0.6:
            return [f"{name} = \\\n    {expression}"]
        if draw < 0.66:
            return [f"{name} = 'the wrong one'", f"{name} = {expression}"]
        if draw < 0.7:
            return [f"{name}: str = 'the wrong one'", "def between():\n    pass", f"{name} = {expression}"]
        if draw < 0.76:
            return [f"{name.upper()} = {expression}", f"{name} = {name.upper()}"]
        if draw < 0.8:
            return [f"alias = {name} = {self.bracketed(name)}"]
        if draw < 0.84:
            return [f"other = 1; {name} = {expression}; another = 2"]
        if draw < 0.88:
            return [f"({name}) = {expression}"]
        if draw < 0.92:
            return [f"{name}: {rng.choice(ANNOTATIONS)}", f"{name} = {expression}"]
        if draw < 0.95:
            return [f"if 1:\n    {name} = 'the wrong one'", f"{name} = {expression}"]
        return [f"def placed_before_{name}():\n    {name} = 0", f"{name} = {expression}"]


def can_parse(source: str) -> bool:
    """Whether the text is valid Python."""
    try:
        compile(source, "", "exec")
    except SyntaxError:
        return False
    return True


def encoded(rng: random.Random, source: str) -> bytes:
    """The bytes of a script, with different line ends, byte order marks and encodings."""
    newline = rng.choice(("\n",) * 6 + ("\r\n",) * 3 + ("\r",))
    draw = rng.random()
    is_latin = all(ord(c) < 0x100 for c in source)
    lines = source.split("\n")
    if draw < 0.08:
        return codecs.BOM_UTF8 + newline.join(lines).encode()
    if draw < 0.2 and is_latin:
        cookie = rng.choice(
            ("# -*- coding: latin-1 -*-", "# vim: set fileencoding=iso-8859-1 :", "#coding=Latin_1", "# coding: l1")
        )
        return newline.join([cookie, *lines]).encode("latin-1")
    if draw < 0.26:
        return newline.join(["# -*- coding: utf-8 -*-", *lines]).encode()
    if draw < 0.3:
        # Python ignores an encoding declaration in the third line.
        return newline.join(["", "", "# coding: latin-1", *lines]).encode()
    if draw < 0.35:
        # Python accepts bytes that are not UTF-8 in comments.
        return newline.join([*lines, ""]).encode() + b"# caf\xe9"
    return newline.join(lines).encode()
