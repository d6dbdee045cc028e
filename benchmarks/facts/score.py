"""The figures of a contender from its kept replies."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from facts.actions import Request, answers, not_allowed
from facts.contenders.contender import Said
from facts.judge.context import read
from facts.judge.verdict import Verdict, judge
from facts.questions import CLASSES, Question, npc_file
from facts.speed import guard, speed


@dataclass(frozen=True, slots=True)
class Judged:
    """A question, what was said, and what the judge thinks of it."""

    question: Question
    said: tuple[Said, ...]
    verdict: Verdict


def judged(asked: Sequence[Question], replies: Mapping[str, Sequence[Said]]) -> list[Judged]:
    """The verdicts on a half's replies."""
    contexts = {npc: read(npc_file(npc)) for npc in {question.npc for question in asked}}
    return [
        Judged(question, tuple(said), judge(question, contexts[question.npc], said[-1].text))
        for question in asked
        if (said := replies.get(question.number))
    ]


def figures(found: Sequence[Judged]) -> dict[str, Any]:
    """All figures, by class too."""
    last = [one.said[-1] for one in found]
    calls = [not_allowed(one.question.npc, said.calls) for one in found for said in one.said if said.calls]
    by_class = {name: [one for one in found if one.question.kind == name] for name in CLASSES}
    return {
        **_share(found),
        "wrong_numbers": sum(bool(one.verdict.wrong_numbers) for one in found),
        "wrong_prices": sum(one.verdict.wrong_price for one in found),
        "invented_names": sum(bool(one.verdict.invented_names) for one in found),
        "forbidden_actions": sum(map(bool, calls)),
        "free_talk": sum(said.is_free for said in last),
        **speed([said for one in found for said in one.said]),
        "guard": guard([said for one in found for said in one.said]),
        "by_class": {name: _share(part) for name, part in by_class.items() if part},
    }


def of_requests(asked: Sequence[Request], replies: Mapping[str, Sequence[Said]]) -> dict[str, Any]:
    """The figures of requests for actions."""
    calls = [(request, replies[request.number][-1].calls) for request in asked if request.number in replies]
    wanted = [answers(request, made) for request, made in calls if request.call]
    refused = [answers(request, made) for request, made in calls if not request.call]
    wrong = [not_allowed(request.npc, made, request.roles, request.forbidden) for request, made in calls]
    return {
        "requests": len(calls),
        "wanted": len(wanted),
        "right_calls": sum(wanted),
        "right_share": round(sum(wanted) / len(wanted), 4) if wanted else 0.0,
        "unwanted": len(refused),
        "rightly_no_call": sum(refused),
        "not_allowed": sum(map(bool, wrong)),
    }


def interval(right: int, of: int) -> list[float]:
    """Wilson's 95 % interval of a share."""
    if not of:
        return [0.0, 1.0]
    z, share = 1.96, right / of
    middle, spread = share + z * z / (2 * of), z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    low, high = ((middle + sign * spread) / (1 + z * z / of) for sign in (-1, 1))
    return [round(max(low, 0.0), 4), round(min(high, 1.0), 4)]


def _share(found: Sequence[Judged]) -> dict[str, Any]:
    right = sum(one.verdict.right for one in found)
    share = round(right / len(found), 4) if found else 0.0
    return {"questions": len(found), "consistent": right, "share": share, "interval": interval(right, len(found))}
