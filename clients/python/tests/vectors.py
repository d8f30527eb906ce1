"""The project's test vectors and schemas, which the tests of every client use."""

import json
from pathlib import Path
from typing import Any

PROTOCOL = Path(__file__).resolve().parents[3] / "proto"


def load(name: str) -> Any:
    return json.loads((PROTOCOL / "vectors" / f"{name}.json").read_text("utf-8"))


def case_bytes(case: dict[str, Any]) -> bytes:
    repeat = case.get("repeat")
    return bytes.fromhex(repeat["hex"]) * repeat["count"] if repeat else bytes.fromhex(case["hex"])
