"""Every distinct way of a command from its request to its end, derived from the vector file.

`python command_paths.py` writes them anew as `fixtures/vectors/command_scenarios.jsonl`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

VECTORS = Path(__file__).parents[2] / "fixtures" / "vectors"
FSM: dict[str, Any] = json.loads((VECTORS / "command_fsm.json").read_text())
SCENARIOS = VECTORS / "command_scenarios.jsonl"
Step = tuple[str, str, str]
"""State, input, next state."""
Path_ = tuple[Step, ...]


def derived() -> list[Path_]:
    """Walks through the transitions in their order that enter no state twice and end in a terminal one."""
    return list(_from("RECEIVED", frozenset({"RECEIVED"})))


def committed() -> list[Path_]:
    """The same, as they are kept beside the vector file."""
    lines = SCENARIOS.read_text().splitlines()
    return [tuple((a, b, c) for a, b, c in json.loads(line)) for line in lines]


def _from(state: str, seen: frozenset[str]) -> Iterator[Path_]:
    if state in FSM["terminal"]:
        yield ()
        return
    for event, transition in FSM["transitions"][state].items():
        following: str = transition["next"]
        if following not in seen:
            for rest in _from(following, seen | {following}):
                yield ((state, event, following), *rest)


if __name__ == "__main__":
    SCENARIOS.write_text("".join(f"{json.dumps(path)}\n" for path in derived()))
