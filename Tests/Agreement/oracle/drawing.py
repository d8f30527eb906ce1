"""Random graphs, with and without a fault."""

from __future__ import annotations

import random
from typing import Any

from names import ILLEGAL, RESERVED, Names

Graph = list[dict[str, Any]]


def draw(rng: random.Random) -> Graph:
    """A graph without faults, in the order in which its scripts are loaded.

    Several bases, branches, merges, dependencies on ids and labels, labels, and similar names.
    """
    size = (
        rng.choice((0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16)) if rng.random() < 0.98 else rng.randrange(17, 48)
    )
    shape = {
        "base": rng.choice((0.03, 0.1, 0.3)),
        "merge": rng.choice((0.0, 0.1, 0.35)),
        "depends": rng.choice((0.0, 0.15, 0.45)),
        "label": rng.choice((0.0, 0.15, 0.4)),
        "reach": rng.choice((1, 2, 4, 100)),
    }
    names = Names(rng)
    revisions: Graph = []
    for _ in range(size):
        down = _parents(rng, names.ids, shape)
        depends = _dependencies(rng, names, shape)
        if down and not depends and rng.random() < 0.02:
            # Alembic ignores an empty dependency.
            depends = [""]
        rid = names.id()
        labels = [names.label() for _ in range(rng.choice((1, 1, 2)))] if rng.random() < shape["label"] else []
        revisions.append(_revision(rid, down, depends, labels))
    if rng.random() < 0.8:
        rng.shuffle(revisions)
    return _with_files(revisions)


def _revision(rid: str, down: list[str], depends: list[str], labels: list[str]) -> dict[str, Any]:
    return {"id": rid, "down": down, "dependsOn": depends, "labels": labels}


def _with_files(revisions: Graph) -> Graph:
    for number, revision in enumerate(revisions):
        revision.update(file=f"versions/{number:03d}.py", doc="", source="static")
    return revisions


def _parents(rng: random.Random, earlier: list[str], shape: dict[str, float]) -> list[str]:
    if not earlier or rng.random() < shape["base"]:
        return []
    near = earlier[-int(shape["reach"]) :]
    down = [rng.choice(near)]
    while rng.random() < shape["merge"] and len(down) < 4:
        # The same parent twice is allowed and makes the revision a merge point.
        down.append(rng.choice(earlier))
    return down


def _dependencies(rng: random.Random, names: Names, shape: dict[str, float]) -> list[str]:
    depends = []
    while names.ids and rng.random() < shape["depends"] and len(depends) < 4:
        # Alembic ignores a dependency on an empty label.
        labels = [label for label in names.labels if label]
        depends.append(rng.choice(labels if labels and rng.random() < 0.4 else names.ids))
    return depends


def spoil(rng: random.Random, revisions: Graph) -> str:
    """Adds one fault to a graph of at least two revisions and returns its kind."""
    fault = rng.choice(sorted(FAULTS))
    FAULTS[fault](rng, revisions)
    _with_files(revisions)
    return fault


def _missing(rng: random.Random, revisions: Graph) -> None:
    victim = rng.choice(revisions)
    key = rng.choice(("down", "dependsOn"))
    other = rng.choice(revisions)["id"]
    name = rng.choice(("nowhere", "", other + "?", other[:-1], " " + other))
    while any(name == r["id"] or name in r["labels"] for r in revisions):
        name += "?"
    # A single empty dependency is ignored.
    victim[key] = [*victim[key], name] if name or victim[key] else ["nowhere"]


def _label_as_parent(rng: random.Random, revisions: Graph) -> None:
    low, high = rng.sample(revisions, 2)
    low["labels"] = ["only a label"]
    high["down"] = ["only a label"]


def _cycle(rng: random.Random, revisions: Graph) -> None:
    # A separate cycle.
    count = rng.randrange(2, 5)
    ids = [f"ring{rng.getrandbits(32):08x}" for _ in range(count)]
    for position, rid in enumerate(ids):
        revisions.append(_revision(rid, [ids[position - 1]], [], []))
    rng.shuffle(revisions)


def _entered_cycle(rng: random.Random, revisions: Graph) -> None:
    # Alembic does not detect a cycle with a parent outside and a child outside.
    below = rng.choice(revisions)["id"]
    ids = [f"ring{rng.getrandbits(32):08x}" for _ in range(2)]
    revisions.append(_revision(ids[0], [below, ids[1]], [], []))
    revisions.append(_revision(ids[1], [ids[0]], [], []))
    revisions.append(_revision(f"top{rng.getrandbits(32):08x}", [ids[0]], [], []))


def _dependency_cycle(rng: random.Random, revisions: Graph) -> None:
    low, high = f"low{rng.getrandbits(32):08x}", f"high{rng.getrandbits(32):08x}"
    labels = ["the top"] if rng.random() < 0.5 else []
    revisions.append(_revision(low, [], labels or [high], []))
    revisions.append(_revision(high, [low], [], labels))


def _empty_dependency(rng: random.Random, revisions: Graph) -> None:
    # For Alembic the revision is no longer a base, and no base leads to it.
    victim = rng.choice([r for r in revisions if not r["down"]])
    victim["dependsOn"] = [""]


def _self_loop(rng: random.Random, revisions: Graph) -> None:
    victim = rng.choice(revisions)
    key = rng.choice(("down", "dependsOn"))
    victim[key] = [*victim[key], victim["id"]]


def _own_label(rng: random.Random, revisions: Graph) -> None:
    # Alembic detects it only at heads and bases.
    victim = rng.choice(revisions)
    victim["labels"] = [*victim["labels"], "myself"]
    victim["dependsOn"] = [*filter(None, victim["dependsOn"]), "myself"]


def _duplicate_label(rng: random.Random, revisions: Graph) -> None:
    one, other = rng.sample(revisions, 2)
    draw = rng.randrange(3)
    if draw == 0:
        one["labels"], other["labels"] = ["twice"], ["twice"]
    elif draw == 1:
        one["labels"] = [other["id"]]
    else:
        one["labels"] = ["twice", "twice"]


def _illegal_character(rng: random.Random, revisions: Graph) -> None:
    for character in rng.sample(ILLEGAL, rng.choice((1, 1, 2))):
        victim = revisions[0]
        old = victim["id"]
        at = rng.randrange(len(old) + 1)
        new = old[:at] + character + old[at:]
        for revision in revisions:
            for key in ("down", "dependsOn"):
                revision[key] = [new if name == old else name for name in revision[key]]
        victim["id"] = new


# Accepted by Alembic, possibly with a warning, and refused by schemad because an upgrade would fail or be wrong.


def _duplicate_id(rng: random.Random, revisions: Graph) -> None:
    one, other = rng.sample(revisions, 2)
    one["id"] = other["id"]
    one["labels"] = []
    one["down"] = other["down"]
    one["dependsOn"] = []
    for revision in revisions:
        for key in ("down", "dependsOn"):
            revision[key] = [name for name in revision[key] if any(name == r["id"] for r in revisions)]


def _reserved_id(rng: random.Random, revisions: Graph) -> None:
    revisions.append(_revision(rng.choice((*RESERVED, "")), [], [], []))


def _look_alikes(rng: random.Random, revisions: Graph) -> None:
    revisions.append(_revision("caf\u00e9", [], [], []))
    revisions.append(_revision("cafe\u0301", [rng.choice(revisions)["id"]], [], []))


FAULTS = {
    "missing": _missing,
    "label as parent": _label_as_parent,
    "cycle": _cycle,
    "entered cycle": _entered_cycle,
    "dependency cycle": _dependency_cycle,
    "self loop": _self_loop,
    "own label": _own_label,
    "empty dependency of a base": _empty_dependency,
    "duplicate label": _duplicate_label,
    "illegal character": _illegal_character,
    "duplicate id": _duplicate_id,
    "reserved id": _reserved_id,
    "look-alike ids": _look_alikes,
}
