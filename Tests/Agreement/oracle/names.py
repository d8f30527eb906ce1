"""Unusual ids and labels, each used once."""

from __future__ import annotations

import random
import unicodedata

# These names have a special meaning for Alembic.
RESERVED = ("head", "heads", "base")
# Forbidden in ids, because targets use them; allowed in labels.
ILLEGAL = "@-+:"

WORDS = (
    "add users",
    "v1.2.3",
    "2024.01.02",
    "it's",
    'say "hi"',
    "100%",
    "%(here)s",
    "{braces}",
    "back\\slash",
    "a/b",
    "tab\there",
    "x=1",
    "#hash",
    "None",
    "True",
    "größe",
    "gro\u0308ße",
    "日本語の版",
    "Ж",
    "🦊fox",
    "e\u0301",
    "é",
    "ﬁne",
    "fine",
    "ABCDEF",
    "abcdef",
    "Abcdef",
    "000000000000",
    "0",
    "1",
    "12",
    "123",
    "1234",
    "12345",
    "٣٤٥٦",
    "_",
    "__init__",
    "a",
    "ab",
    "abc",
    "abcd",
    "abcde",
    " lead",
    "trail ",
    "ensure_all_prospect_columns_final",
    "x" * 60,
)
LABELS = (
    "expand",
    "contract",
    "data",
    "api",
    "core",
    "shared tables",
    "users@eu",
    "@",
    "a@b@c",
    "b-lab",
    "+1",
    "-1",
    "label+1",
    "x:y",
    "None",
    "head",
    "heads",
    "base",
    "ünïcode",
    "lab",
    "labe",
    "label",
    "labels",
    "-3",
    " -2",
    "línea",
    "li\u0301nea",
    "with.dots",
    "42",
    "line\nbreak",
)


class Names:
    """The names of one graph; ids and labels share a namespace."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.ids: list[str] = []
        self.labels: list[str] = []
        # Most projects use one kind of ids, some use several.
        self.families = rng.sample(range(8), rng.choice((1, 1, 2, 3, 8)))

    def id(self) -> str:
        """An id that Alembic allows."""
        while True:
            name = self._id(self.rng.choice(self.families))
            if self._is_good(name) and not self._is_taken(name):
                self.ids.append(name)
                return name

    def label(self) -> str:
        """A branch label; any text is allowed."""
        while True:
            name = self._label()
            if not self._is_taken(name):
                self.labels.append(name)
                return name

    def _is_good(self, name: str) -> bool:
        looks = {unicodedata.normalize("NFC", other) for other in self.ids}
        return (
            bool(name)
            and name not in RESERVED
            and not set(name) & set(ILLEGAL)
            and unicodedata.normalize("NFC", name) not in looks
        )

    def _is_taken(self, name: str) -> bool:
        return name in self.ids or name in self.labels

    def _id(self, family: int) -> str:
        rng, number = self.rng, len(self.ids)
        if family == 0:
            return f"{rng.getrandbits(48):012x}"
        if family == 1:
            # Short names of few characters: many are prefixes of others.
            return "".join(rng.choice("ab1") for _ in range(rng.randrange(1, 8)))
        if family == 2:
            return rng.choice((str(number), f"{number:03d}", f"{number:04d}_step", f"r{number}"))
        if family == 3:
            return rng.choice(WORDS)
        if family == 4 and self.ids:
            earlier = rng.choice(self.ids)
            return rng.choice((earlier[: rng.randrange(1, len(earlier) + 1)], earlier + rng.choice("x0_é.")))
        if family == 5:
            return f"add_thing_{number}_{'x' * rng.randrange(30)}"
        if family == 6:
            return f"{2020 + number % 6}.{number % 12 + 1:02d}.{number}"
        return f"{rng.getrandbits(128):032x}"[: rng.choice((3, 4, 5, 8, 32))]

    def _label(self) -> str:
        rng = self.rng
        draw = rng.random()
        if draw < 0.4:
            return rng.choice(LABELS)
        if draw < 0.6 and self.ids:
            earlier = rng.choice(self.ids)
            return rng.choice((earlier[: rng.randrange(1, len(earlier) + 1)], earlier + "x", earlier + " too"))
        if draw < 0.7 and self.labels:
            return rng.choice(self.labels) + rng.choice(("", "s", "@", "2", " "))
        if draw < 0.71:
            return ""
        return f"branch{len(self.labels)}"
