"""Prints the results of this interpreter's Alembic for random input, for comparison with those of schemad.

    python oracle version                                           the version of Alembic
    python oracle graphs --seed S --first N --count K               random graphs with Alembic's results, as JSON lines
    python oracle faults --seed S --first N --count K               random graphs with a fault, and Alembic's error
    python oracle projects --seed S --first N --count K --into DIR  random projects on disk with Alembic's results
    python oracle behaviours --into DIR                             small projects that show one behaviour each

Number N of a seed is always the same object, with any version of Python or Alembic.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import warnings
from typing import Any

import alembic

from behaviours import ask_behaviours
from drawing import draw, spoil
from projects import ask_project
from targets import targets
from truth import ask, ask_spoiled


def tell(answer: dict[str, Any]) -> None:
    """Prints one line of JSON."""
    sys.stdout.write(json.dumps(answer, separators=(",", ":")) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("verb", choices=("version", "graphs", "faults", "projects", "behaviours"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--into", help="an empty folder for the projects")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    if asked.verb == "version":
        print(alembic.__version__)
        return
    if asked.verb == "behaviours":
        for answer in ask_behaviours(asked.into):
            tell(answer)
        return
    for number in range(asked.first, asked.first + asked.count):
        rng = random.Random(f"{asked.verb}/{asked.seed}/{number}")
        if asked.verb == "graphs":
            answer = ask(draw(rng), rng, targets)
        elif asked.verb == "faults":
            graph = draw(rng)
            while len(graph) < 2:
                graph = draw(rng)
            answer = ask_spoiled(graph, spoil(rng, graph))
        else:
            answer = ask_project(rng, f"{asked.into}/{number}")
        tell({"number": number, **answer})


if __name__ == "__main__":
    main()
