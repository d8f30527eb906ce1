"""Targets of every form, valid and invalid."""

from __future__ import annotations

import random
from typing import Callable, Union

from truth import Truth


class Picker:
    """Chooses names of a graph."""

    def __init__(self, rng: random.Random, truth: Truth) -> None:
        self.rng = rng
        self.ids = truth.ids or ["nothing"]
        self.labels = [label for r in truth.revisions.values() for label in r._orig_branch_labels]

    def id(self) -> str:
        return self.rng.choice(self.ids)

    def label(self) -> str:
        return self.rng.choice(self.labels or self.ids)

    def name(self) -> str:
        return self.rng.choice((self.id, self.label))()

    def part(self) -> str:
        """A prefix of an id or a label, of any length."""
        name = self.name()
        return name[: self.rng.randrange(1, len(name) + 1)] if name else name

    def symbol(self) -> str:
        return self.rng.choice(("head", "heads", "base"))

    def steps(self) -> str:
        return self.rng.choice(("1", "1", "1", "2", "2", "3", "4", "0", "01", "17", "99", "٢", "1_0", "1x", "9" * 30))

    def unknown(self) -> str:
        return self.rng.choice(
            ("nosuch", "no such", "無", "zzzz", "z", "Head", "HEAD", "heads ", " head", "base!", "None", "-", "+", "@")
        )


Form = Callable[[Picker], Union[str, tuple[str, ...]]]
FORMS: tuple[Form, ...] = (
    lambda p: "head",
    lambda p: "heads",
    lambda p: "base",
    lambda p: "",
    lambda p: p.id(),
    lambda p: p.label(),
    lambda p: p.part(),
    lambda p: p.part(),
    lambda p: p.part(),
    lambda p: p.id()[:4],
    lambda p: p.id()[:3],
    lambda p: p.id() + "x",
    lambda p: p.id().upper(),
    lambda p: p.unknown(),
    # Steps from the database's rows.
    lambda p: "+1",
    lambda p: f"+{p.steps()}",
    lambda p: f"-{p.steps()}",
    lambda p: f" +{p.steps()}",
    lambda p: f" -{p.steps()}",
    lambda p: f"\t-{p.steps()}\n",
    # Steps from a name.
    lambda p: f"{p.id()}+{p.steps()}",
    lambda p: f"{p.id()}-{p.steps()}",
    lambda p: f"{p.label()}+{p.steps()}",
    lambda p: f"{p.label()}-{p.steps()}",
    lambda p: f"{p.part()}+{p.steps()}",
    lambda p: f"{p.part()}-{p.steps()}",
    lambda p: f"{p.symbol()}+{p.steps()}",
    lambda p: f"{p.symbol()}-{p.steps()}",
    lambda p: f"{p.unknown()}+{p.steps()}",
    lambda p: f"{p.id()}+{p.steps()} and more",
    lambda p: f"{p.id()}+",
    # Branches.
    lambda p: f"{p.label()}@head",
    lambda p: f"{p.label()}@heads",
    lambda p: f"{p.label()}@base",
    lambda p: f"{p.label()}@+{p.steps()}",
    lambda p: f"{p.label()}@-{p.steps()}",
    lambda p: f"{p.label()}@{p.id()}",
    lambda p: f"{p.label()}@{p.part()}",
    lambda p: f"{p.label()}@{p.label()}",
    lambda p: f"{p.label()}@{p.id()}+{p.steps()}",
    lambda p: f"{p.label()}@{p.id()}-{p.steps()}",
    lambda p: f"{p.label()}@{p.part()}+{p.steps()}",
    lambda p: f"{p.label()}@{p.symbol()}+{p.steps()}",
    lambda p: f"{p.label()}@{p.symbol()}-{p.steps()}",
    lambda p: f"{p.label()}@{p.unknown()}",
    lambda p: f"{p.label()}@",
    lambda p: f"{p.label()}@ -{p.steps()}",
    # Ids in place of a branch.
    lambda p: f"{p.id()}@head",
    lambda p: f"{p.id()}@heads",
    lambda p: f"{p.id()}@base",
    lambda p: f"{p.id()}@{p.id()}",
    lambda p: f"{p.id()}@+{p.steps()}",
    lambda p: f"{p.id()}@{p.part()}",
    lambda p: f"{p.part()}@{p.id()}",
    lambda p: f"{p.part()}@{p.symbol()}",
    lambda p: f"{p.part()}@+{p.steps()}",
    lambda p: f"{p.part()}@{p.part()}",
    lambda p: f"{p.symbol()}@{p.symbol()}",
    lambda p: f"{p.symbol()}@{p.id()}",
    lambda p: f"{p.symbol()}@+{p.steps()}",
    lambda p: f"{p.symbol()}@{p.id()}+{p.steps()}",
    lambda p: f"{p.unknown()}@{p.symbol()}",
    lambda p: f"{p.unknown()}@{p.id()}",
    lambda p: f"{p.unknown()}@+{p.steps()}",
    lambda p: f"{p.unknown()}@{p.unknown()}",
    # An empty branch, and more than one of them.
    lambda p: "@",
    lambda p: f"@{p.symbol()}",
    lambda p: f"@{p.name()}",
    lambda p: f"@+{p.steps()}",
    lambda p: f"@-{p.steps()}",
    lambda p: f"@{p.id()}+{p.steps()}",
    lambda p: f"@{p.id()}-{p.steps()}",
    lambda p: f"@@{p.id()}",
    lambda p: f"{p.label()}@{p.label()}@{p.id()}",
    lambda p: f"{p.label()}@{p.id()}@head",
    lambda p: f"{p.label()}@{p.label()}@+{p.steps()}",
    # Ranges, which an upgrade of a live database refuses.
    lambda p: f"{p.id()}:{p.id()}",
    lambda p: f":{p.symbol()}",
    lambda p: f"{p.id()}:+{p.steps()}",
    # Several at once.
    lambda p: (p.id(), p.id()),
    lambda p: (p.name(), p.part()),
    lambda p: ("heads", p.id()),
    lambda p: ("+1", p.id()),
    lambda p: (f"{p.label()}@+1", f"{p.label()}@{p.symbol()}"),
    lambda p: (f"{p.label()}@head", p.id()),
    lambda p: (p.id(), p.unknown()),
    lambda p: (p.id(), "base"),
    lambda p: (),
)


def targets(rng: random.Random, truth: Truth, count: int = 24) -> list[list[str]]:
    """Some lists of targets of different forms; most have one target."""
    picker = Picker(rng, truth)
    drawn = [form(picker) for form in rng.sample(FORMS, count)]
    return [[target] if isinstance(target, str) else list(target) for target in drawn]
