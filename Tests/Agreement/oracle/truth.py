"""Alembic's results for a graph, for version rows and for targets."""

from __future__ import annotations

import itertools
import os
import random
import re
import traceback
import warnings
from typing import Any, Callable, Iterable, Optional

from alembic import command
from alembic.config import Config
from alembic.script.revision import Revision, RevisionError, RevisionMap, is_revision

from drawing import Graph
from names import RESERVED


def revision_map(revisions: Graph) -> RevisionMap:
    """Alembic's map of the graph. Values have the types that its own script reader passes."""

    def generate() -> Iterable[Revision]:
        for r in revisions:
            yield Revision(
                r["id"], tuple(r["down"]) or None, dependencies=tuple(r["dependsOn"]), branch_labels=tuple(r["labels"])
            )

    return RevisionMap(generate)


def refusal(error: BaseException) -> dict[str, str]:
    """The kind of an exception; the function that raised it distinguishes exceptions without a message."""
    known: BaseException = error
    # The reason of "No such branch" is only in its cause.
    if isinstance(error.__cause__, RevisionError):
        known = error.__cause__
    frame = traceback.extract_tb(error.__traceback__)[-1]
    text = str(known).split("\n")[0]
    return {"type": type(known).__name__, "message": text, "function": frame.name}


def attempt(question: Callable[[], Any]) -> tuple[Any, Optional[dict[str, str]]]:
    """A result, or Alembic's error."""
    try:
        return question(), None
    except Exception as error:
        return None, refusal(error)


class Truth:
    """A graph that Alembic accepts. Revisions are numbered in the order of their ids; sets of them are bit masks."""

    def __init__(self, known: RevisionMap) -> None:
        self.map = known
        self.revisions = {key: r for key, r in known._revision_map.items() if r is not None and key == r.revision}
        self.ids = sorted(self.revisions)
        self.number = {rid: number for number, rid in enumerate(self.ids)}
        self.everything = (1 << len(self.ids)) - 1
        self.below = [
            self.mask(r.revision for r in known._get_ancestor_nodes([self.revisions[rid]]) if r.revision != rid)
            for rid in self.ids
        ]

    def mask(self, ids: Iterable[str]) -> int:
        """Ids as a bit mask."""
        result = 0
        for rid in ids:
            result |= 1 << self.number[rid]
        return result

    def facts(self) -> dict[str, Any]:
        """Everything about the graph itself."""
        known = self.map
        nodes = [self.revisions[rid] for rid in self.ids]
        return {
            "ids": self.ids,
            "heads": sorted(known.heads),
            "effectiveHeads": sorted(known._real_heads),
            "bases": sorted(known.bases),
            "branchPoints": [r.revision for r in nodes if r.is_branch_point],
            "mergePoints": [r.revision for r in nodes if r.is_merge_point],
            "down": [sorted(set(r._versioned_down_revisions)) for r in nodes],
            "dependsOn": [sorted(set(r._resolved_dependencies)) for r in nodes],
            "normalized": [sorted(set(r._normalized_resolved_dependencies)) for r in nodes],
            "labels": [sorted(set(r._orig_branch_labels)) for r in nodes],
            "branchLabels": [sorted(r.branch_labels) for r in nodes],
            "ancestors": self.below,
        }

    def row_set(self, rows: tuple[str, ...]) -> list[int]:
        """Rows, whether an upgrade may start from them, the minimal equivalent rows, and the pending revisions."""
        nodes = [self.revisions[row] for row in rows]
        present = self.mask(rows)
        implied = 0
        for row in rows:
            implied |= self.below[self.number[row]]
        try:
            # The first check of every upgrade.
            reached = self.mask(r.revision for r in self.map._get_ancestor_nodes(nodes, check=True))
            legitimate = 1
        except RevisionError:
            reached = present | implied
            legitimate = 0
        return [present, legitimate, present & ~implied, self.everything & ~(reached | present)]

    def row_sets(self, rng: random.Random) -> list[int]:
        """No rows, each single row, every pair, and many triples, as a flat list with four numbers for each."""
        sets: list[tuple[str, ...]] = [(), *((rid,) for rid in self.ids), *itertools.combinations(self.ids, 2)]
        if len(self.ids) > 2:
            sets += [tuple(rng.sample(self.ids, 3)) for _ in range(len(self.ids))]
            sets += [tuple(rng.sample(self.ids, rng.randrange(3, len(self.ids) + 1))) for _ in range(3)]
        return [number for rows in sets for number in self.row_set(rows)]

    def odd_row(self, row: str) -> dict[str, Any]:
        """What Alembic resolves a row to that is not an id but a prefix of one, or a label."""
        found, refused = attempt(lambda: self.map.get_revision(row))
        return {"row": row, "revision": None if refused or found is None else found.revision, "refusal": refused}

    def odd_rows(self, rng: random.Random) -> list[dict[str, Any]]:
        labels = [label for r in self.revisions.values() for label in r._orig_branch_labels]
        rows = rng.sample(labels, min(2, len(labels))) + ["nowhere", "zz"]
        rows += [rid[: rng.randrange(1, len(rid) + 1)] for rid in rng.sample(self.ids, min(3, len(self.ids)))]
        # schemad has its own rules for white space and these words; rows are not targets.
        return [
            self.odd_row(row)
            for row in rows
            if row.strip() == row and row not in RESERVED and "@" not in row and row not in self.number and row
        ]

    def antichain(self, rng: random.Random) -> tuple[str, ...]:
        """Rows as an upgrade leaves them: the tips of some chosen revisions, in any order."""
        if not self.ids or rng.random() < 0.1:
            return ()
        chosen = rng.sample(self.ids, rng.randrange(1, min(len(self.ids), rng.choice((1, 2, 3, 6))) + 1))
        implied = 0
        for rid in chosen:
            implied |= self.below[self.number[rid]]
        return tuple(rid for rid in chosen if not implied >> self.number[rid] & 1)

    def target(self, rows: tuple[str, ...], targets: list[str]) -> dict[str, Any]:
        """The destination and revisions of `alembic upgrade`, or its error. Several targets are resolved one by one."""

        def found() -> set[str]:
            for target in targets:
                if ":" in target:
                    # The command refuses it before it resolves anything.
                    command.upgrade(_anywhere(), target)
            return {
                is_revision(r).revision
                for target in targets
                for r in self.map._parse_upgrade_target(rows, target, assert_relative_length=True)
            }

        def runs() -> int:
            upper = targets[0] if len(targets) == 1 else tuple(found())
            return self.mask(r.revision for r in self.map.iterate_revisions(upper, rows, implicit_base=True))

        case: dict[str, Any] = {"rows": list(rows), "targets": targets}
        reached, case["refusal"] = attempt(found)
        if not case["refusal"]:
            case["runs"], case["refusal"] = attempt(runs)
        if not case["refusal"]:
            case["found"] = sorted(reached)
        return case


def _anywhere() -> Config:
    config = Config()
    config.set_main_option("script_location", os.path.dirname(os.path.abspath(__file__)).replace("%", "%%"))
    return config


def ask(
    revisions: Graph, rng: random.Random, targets: Callable[[random.Random, Truth], list[list[str]]]
) -> dict[str, Any]:
    """Everything that is compared for a graph without faults, or the error."""
    known, refused = attempt(lambda: Truth(revision_map(revisions)))
    if refused:
        return {"revisions": revisions, "refusal": refused}
    return {
        "revisions": revisions,
        "facts": known.facts(),
        "rowSets": known.row_sets(rng),
        "oddRows": known.odd_rows(rng),
        "targets": [known.target(known.antichain(rng), target) for target in targets(rng, known)],
    }


def ask_spoiled(revisions: Graph, fault: str) -> dict[str, Any]:
    """Whether Alembic accepts a graph with a fault, with its error and warnings."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        _, refused = attempt(lambda: revision_map(revisions)._revision_map)
    messages = [re.sub(r"\s+", " ", str(warning.message)) for warning in told]
    return {"revisions": revisions, "fault": fault, "refusal": refused, "warnings": messages}
