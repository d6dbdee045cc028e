"""Prints replies, so that somebody reads them."""

from collections.abc import Mapping, Sequence

from facts.actions import Request, answers, not_allowed
from facts.contenders.contender import Said
from facts.score import Judged


def print_verdicts(name: str, found: Sequence[Judged]) -> None:
    """Replies with what the judge thinks of them, how they came about, and what the guard kept back."""
    for one in found:
        last = one.said[-1]
        print(f"\n[{name}] {one.question.number} {one.question.kind}: {one.question.say[-1]}")
        print(f"    {last.text}  [{', '.join(last.stages)}]")
        for kept in last.rejected:
            print(f"      not said: {kept.text}  ({kept.reason})")
        print(f"    {'right' if one.verdict.right else 'WRONG: ' + '; '.join(one.verdict.wrong)}")


def print_calls(name: str, asked: Sequence[Request], made: Mapping[str, Sequence[Said]]) -> None:
    """The calls that requests led to, and whether they are right and allowed."""
    for one in asked:
        said = made[one.number][-1]
        calls = ", ".join(f"{call.name} {dict(call.arguments)}" for call in said.calls) or "no call"
        against = not_allowed(one.npc, said.calls, one.roles, one.forbidden)
        verdict = "; ".join(against) or ("right" if answers(one, said.calls) else f"WRONG: {one.call} {one.arguments}")
        print(f"\n[{name}] {one.number}: {one.say}\n    {calls}: {verdict}\n    {said.text}")
