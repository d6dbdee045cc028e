"""Replies are kept, so that they can be read, and judged again when the judge is mended.

A file of results/facts for each contender and part ("open", "sealed", "actions_open", "actions_sealed", "talks"): JSON
lines, of which the first says when and where.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from harness.record import commit, machine

from facts.contenders.contender import Call, Rejected, Said

RESULTS = Path(__file__).parents[1] / "results" / "facts"


def path(contender: str, part: str) -> Path:
    """Where the replies are."""
    return RESULTS / f"{contender}_{part}.jsonl"


def write(contender: str, part: str, replies: Iterable[tuple[str, list[str], list[Said]]]) -> None:
    """Keep replies: the number of the question, the player's turns, the NPC's."""
    head = {"contender": contender, "part": part, "commit": commit(), "machine": machine()}
    rows = [{"question": number, "say": say, "said": [asdict(one) for one in said]} for number, say, said in replies]
    RESULTS.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in [head, *rows])
    path(contender, part).write_text(text, encoding="utf-8")


def read(contender: str, part: str) -> dict[str, list[Said]]:
    """The replies by the number of their question."""
    lines = path(contender, part).read_text("utf-8").splitlines()
    rows = map(json.loads, lines[1:])
    return {row["question"]: [_said(one) for one in row["said"]] for row in rows}


def _said(row: dict[str, Any]) -> Said:
    calls = tuple(Call(**call) for call in row["calls"])
    rejected = tuple(Rejected(**one) for one in row.get("rejected", ()))
    return Said(**{**row, "calls": calls, "rejected": rejected, "stages": tuple(row.get("stages", ()))})
