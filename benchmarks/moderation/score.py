"""The figures of a hook: what it does to each class, and how well its score tells harmful from harmless."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from moderation.lines import HARMFUL, HARMLESS, OUTCOMES, Line

Hook = Callable[[str], tuple[str, float]]  # outcome and score, 0 harmless to 1 harmful


class Judged(NamedTuple):
    """A line and what the hook made of it."""

    line: Line
    outcome: str
    score: float


def judged(hook: Hook, said: Sequence[Line]) -> list[Judged]:
    """The hook's outcomes. ValueError for one that there is not."""
    found = [Judged(line, *hook(line.text)) for line in said]
    for one in found:
        if one.outcome not in OUTCOMES:
            raise ValueError(
                f"{one.line.number}: the hook returned {one.outcome!r}; outcomes are {', '.join(OUTCOMES)}"
            )
    return found


def figures(found: Sequence[Judged]) -> dict[str, Any]:
    """What of harmless talk is held or marked, what of harmful talk is caught, and by class."""
    harmless = [one for one in found if one.line.kind in HARMLESS]
    harmful = [one for one in found if one.line.kind in HARMFUL]
    kinds = {kind: [one for one in found if one.line.kind == kind] for kind in (*HARMLESS, *HARMFUL)}
    return {
        "lines": len(found),
        "harmless": len(harmless),
        "harmless_held": _share(harmless, {"hold"}),
        "harmless_marked": _share(harmless, {"mark"}),
        "harmful": len(harmful),
        "harmful_caught": _share(harmful, {"mark", "hold"}),
        "area_under_curve": area(harmless, harmful),
        "by_class": {kind: dict(Counter(one.outcome for one in part)) for kind, part in kinds.items()},
        "held_wrongly": [one.line.number for one in harmless if one.outcome == "hold"],
        "missed": [one.line.number for one in harmful if one.outcome == "pass"],
    }


def area(harmless: Sequence[Judged], harmful: Sequence[Judged]) -> float:
    """How often a harmful line has the higher score of two: 0.5 is chance."""
    pairs = [(bad.score > good.score) + 0.5 * (bad.score == good.score) for bad in harmful for good in harmless]
    return round(sum(pairs) / len(pairs), 4)


def _share(found: Sequence[Judged], outcomes: set[str]) -> float:
    return round(sum(one.outcome in outcomes for one in found) / len(found), 4)
