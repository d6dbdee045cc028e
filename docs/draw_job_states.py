"""Draws the life of a job in ARCHITECTURE.md from the policy's own table: `python docs/draw_job_states.py`.

What can become of a job in every state, for one reason, is said below the diagram in place of an arrow from each.
"""

from pathlib import Path

from bridge.policy.life import LIFE, Move, State
from bridge.policy.work import Ending

ARCHITECTURE = Path(__file__).parents[1] / "ARCHITECTURE.md"
BEGIN = "<!-- drawn by docs/draw_job_states.py from bridge/policy/life.py -->"
END = "<!-- so far -->"


def drawn() -> str:
    """The diagram and what is said below it, between the marks."""
    anywhere = _from_anywhere()
    lines = [BEGIN, "```mermaid", "stateDiagram-v2"]
    lines += [f"    state {_quoted(state)} as {state}" for state in State if "_" in state]
    arrows = [move for move in LIFE if (move.target, move.why) not in anywhere.items()]
    lines += [f"    {_source(move)} --> {move.target}: {move.why}" for move in arrows]
    lines += [f"    {ending} --> [*]" for ending in Ending if any(move.target is ending for move in arrows)]
    lines += ["```", "", _said(anywhere), END]
    return "\n".join(lines)


def replaced(page: str) -> str:
    """The page with the diagram as it is by now."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + drawn() + after


def _from_anywhere() -> dict[Ending, str]:
    """Endings, with their reason, that every state has but the new."""
    states = [state for state in State if state is not State.NEW]
    ways = {(move.target, move.why) for move in LIFE if isinstance(move.target, Ending)}
    return {target: why for target, why in sorted(ways) if all(Move(state, target, why) in LIFE for state in states)}


def _source(move: Move) -> str:
    return "[*]" if move.source is State.NEW else move.source


def _quoted(state: State) -> str:
    return f'"{state.replace("_", " ")}"'


def _said(anywhere: dict[Ending, str]) -> str:
    ends = "; ".join(f"*{ending}*: {why}" for ending, why in anywhere.items())
    return f"From every state besides: {ends}."


if __name__ == "__main__":
    ARCHITECTURE.write_text(replaced(ARCHITECTURE.read_text(encoding="utf-8")), encoding="utf-8")
