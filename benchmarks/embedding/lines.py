"""What the server takes the lines of `benchmarks/facts` for, by vectors and by words: questions (the open half), open
talk and requests for actions. A question about a fact that becomes an author's line is a wrong answer.
"""

import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import torch
from facts.questions import FOLDER, npc_file, questions
from harness.record import show

from bridge.capabilities.dialogue.npc.loaded import LoadedNpc, Vectors
from bridge.capabilities.dialogue.npc.plan import AUTHORED, REFUSAL, Asked, Plan, plan_of
from embedding.texts import vectors
from models.embedding.embedding_program import EmbeddingProgram
from models.npc.reading import read

CONTEXT = 2048  # tokens


class Said(NamedTuple):
    """A line of a player. `kind`: "question", "refused question", "talk", or "request"."""

    kind: str
    npc: str
    text: str
    roles: Sequence[str] = ()
    call: str = ""  # the action that a request is for; "" if nothing may be called


def lines() -> dict[str, Any]:
    """Of each kind of line, how many become an author's line, a refusal, an action, talk with lore, or plain talk."""
    program, said = EmbeddingProgram.load(torch.device("cpu")), list(_said())
    results: dict[str, Any] = {}
    for way in ("vectors", "words"):
        npcs = {name: _loaded(program if way == "vectors" else None, name) for name in {one.npc for one in said}}
        counts: dict[str, Counter[str]] = {}
        for one, vector in zip(said, vectors(program, [one.text for one in said]), strict=True):
            asked = Asked(one.text, 1, "Ana", one.roles, vector=vector if way == "vectors" else None)
            taken = _taken(plan_of(npcs[one.npc], asked), one)
            counts.setdefault(one.kind, Counter())[taken] += 1
        results[way] = {kind: dict(sorted(found.items())) for kind, found in counts.items()}
        show(f"lines, by {way}", ("", "taken for"), [(kind, str(found)) for kind, found in results[way].items()])
    return results


def _said() -> Iterator[Said]:
    for question in questions("open"):
        yield Said("refused question" if question.refuses else "question", question.npc, question.say[-1])
    for path in sorted((FOLDER / "talks").glob("*.txt")):
        for line in path.read_text("utf-8").splitlines():
            if line.strip():
                yield Said("talk", path.stem, line)
    for one in tomllib.loads((FOLDER / "actions/open.toml").read_text("utf-8"))["requests"]:
        yield Said("request", one["npc"], one["say"], one.get("roles", ()), one["call"])


def _loaded(program: EmbeddingProgram | None, name: str) -> LoadedNpc:
    loaded = LoadedNpc(read(npc_file(name)), CONTEXT)
    if program is not None:
        found: Vectors = vectors(program, loaded.texts)
        loaded.take(found)
    return loaded


def _taken(plan: Plan, said: Said) -> str:
    called = plan.action.name if plan.action is not None else ""
    if said.kind == "request":
        if called:
            return "right action" if called == said.call else "wrong action"
        return "no action, rightly" if not said.call else "no action, wrongly"
    if called:
        return "action"
    if plan.stage in (AUTHORED, REFUSAL):
        return "author's line" if plan.stage == AUTHORED else "refusal"
    return "talk with lore" if any(one.fact.source.startswith("lore") for one in plan.told) else "talk"
