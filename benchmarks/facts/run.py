"""Do NPCs keep to their facts? Questions to fifteen of them that no training recipe has seen.

Each question is a conversation of its own, greedy, in one or more turns; the judge reads the last reply. What is right
is in benchmarks/facts/README.md. Replies are kept in benchmarks/results/facts, and the figures of every contender come
from there: one that is not named is not asked again. The sealed half is for the end.

    python benchmarks/facts                       # judge what is kept
    python benchmarks/facts bare                  # ask the bare model first
    python benchmarks/facts --show price          # the kept replies of a class and what the judge thinks of them
    python benchmarks/facts bare --parts actions talks
    python benchmarks/facts adapter pipeline no_authored --adapter FOLDER --parts questions actions talks
    python benchmarks/facts pipeline --second      # questions of another hand to ten more NPCs
    python benchmarks/facts pipeline --npcs hask lull --show all      # try some NPCs, and keep nothing
"""

import argparse
import asyncio
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

from harness.record import finish, show

from facts import kept
from facts.actions import requests
from facts.aloud import print_calls, print_verdicts
from facts.contenders import CONTENDERS
from facts.contenders.adapter import shipped
from facts.contenders.contender import Contender, Said
from facts.questions import CLASSES, questions
from facts.score import Judged, figures, judged, of_requests
from facts.speed import SPEEDS
from facts.talks import figures as figures_of_talks
from facts.talks import talks

_PARTS = ("questions", "actions", "talks")
_NAMES = ("bare", "adapter", "pipeline", "no_authored")


async def converse(
    contender: Contender, conversation: str, npc: str, lines: Sequence[str], roles: Sequence[str] = ()
) -> list[Said]:
    """A conversation from its beginning."""
    said = [await contender.reply(conversation, npc, line, roles) for line in lines]
    contender.forget(conversation)
    return said


async def ask(name: str, halves: Iterable[str], parts: Collection[str], adapter: Path | None = None) -> None:
    """Ask a contender these parts, and keep its replies."""
    async with CONTENDERS[name](adapter) as contender:
        for half in halves:
            if "questions" in parts:
                asked = questions(half)
                said = [await converse(contender, one.number, one.npc, one.say) for one in asked]
                kept.write(name, half, [(one.number, list(one.say), row) for one, row in zip(asked, said, strict=True)])
            if "actions" in parts:
                wanted = requests(half)
                made = [await converse(contender, one.number, one.npc, [one.say], one.roles) for one in wanted]
                rows = [(one.number, [one.say], row) for one, row in zip(wanted, made, strict=True)]
                kept.write(name, f"actions_{half}", rows)
        if "talks" in parts:
            spoken = [(npc, lines, await converse(contender, npc, npc, lines)) for npc, lines in talks().items()]
            kept.write(name, "talks", spoken)


async def attempt(
    name: str, npcs: Collection[str], parts: Collection[str], shown: str, adapter: Path | None = None
) -> None:
    """Ask a contender what the open half asks of these NPCs, and print its replies with their verdicts."""
    async with CONTENDERS[name](adapter) as contender:
        if "questions" in parts:
            asked = [one for one in questions("open") if one.npc in npcs and shown in (None, "all", one.kind)]
            said = {one.number: await converse(contender, one.number, one.npc, one.say) for one in asked}
            print_verdicts(name, tried := judged(asked, said))
            print(figures(tried))
        if "actions" in parts:
            wanted = [one for one in requests("open") if one.npc in npcs]
            made = {one.number: await converse(contender, one.number, one.npc, [one.say], one.roles) for one in wanted}
            print_calls(name, wanted, made)
            print(of_requests(wanted, made))


def found(name: str, halves: Iterable[str]) -> list[Judged]:
    """The verdicts on a contender's kept replies."""
    return [one for half in halves if _has(name, half) for one in judged(questions(half), kept.read(name, half))]


def results_of(name: str, halves: Sequence[str]) -> dict[str, Any]:
    """A contender's figures."""
    results = {**figures(found(name, halves)), "halves": [half for half in halves if _has(name, half)]}
    wanted = [half for half in halves if _has(name, f"actions_{half}")]
    if wanted:
        rows = {key: said for half in wanted for key, said in kept.read(name, f"actions_{half}").items()}
        results["actions"] = of_requests([one for half in wanted for one in requests(half)], rows)
    if _has(name, "second"):
        results["second"] = figures(found(name, ["second"]))
    if _has(name, "talks"):
        results["talks"] = figures_of_talks(list(kept.read(name, "talks").values()))
    return results


def report(results: dict[str, dict[str, Any]]) -> None:
    """The table of classes, and the record."""

    def cell(share: dict[str, Any] | None) -> str:
        if share is None:
            return "-"
        low, high = share["interval"]
        return f"{share['consistent']}/{share['questions']}  {share['share']:.0%} [{low:.0%}, {high:.0%}]"

    rows = [[name, *(cell(one["by_class"].get(name)) for one in results.values())] for name in CLASSES]
    rows.append(["all", *(cell(one) for one in results.values())])
    rows.append(["the second set", *(cell(one.get("second")) for one in results.values())])
    counted = ("wrong_numbers", "wrong_prices", "forbidden_actions", "free_talk", *SPEEDS)
    rows += [[key, *(one[key] for one in results.values())] for key in counted]
    rows += [[f"guard: {key}", *(one["guard"][key] for one in results.values())] for key in ("written", "rejected")]
    show("Consistent with the facts", ("class", *results), rows)
    finish("facts", results)


def read_aloud(names: Iterable[str], halves: Iterable[str], shown: str) -> None:
    """Print the kept replies of a class with their verdicts."""
    for name in names:
        print_verdicts(name, [one for one in found(name, halves) if shown in (one.question.kind, "all")])


def _has(name: str, part: str) -> bool:
    return kept.path(name, part).exists()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("contender", nargs="*", help="who is asked; with none, the kept replies are judged again")
    parser.add_argument("--sealed", action="store_true", help="open the sealed half too: once, at the end")
    parser.add_argument("--second", action="store_true", help="ask the second set, and nothing else")
    parser.add_argument("--parts", nargs="+", choices=_PARTS, default=["questions"], help="what is asked")
    parser.add_argument("--show", choices=[*CLASSES, "all"], help="print kept replies with their verdicts")
    parser.add_argument(
        "--adapter", type=Path, default=shipped(), help="folder of the NPCs' adapter (default: what ships)"
    )
    parser.add_argument("--npcs", nargs="+", help="ask only these, of the open half; print the replies and keep none")
    options = parser.parse_args()
    if unknown := sorted(set(options.contender) - set(CONTENDERS)):
        parser.error(f"{unknown[0]} is not attached; there are {', '.join(CONTENDERS)}")
    halves = ["open", "sealed"] if options.sealed else ["open"]
    if options.sealed:
        print("The sealed half is opened: from now on its questions are known.")
    if options.npcs:
        for name in options.contender:
            asyncio.run(attempt(name, options.npcs, options.parts, options.show, options.adapter))
        return
    for name in options.contender:
        second = (["second"], ["questions"])
        asyncio.run(ask(name, *(second if options.second else (halves, options.parts)), options.adapter))
    names = [name for name in _NAMES if any(_has(name, half) for half in halves)]
    if options.show:
        read_aloud(names, ["second"] if options.second else halves, options.show)
    report({name: results_of(name, halves) for name in names})


if __name__ == "__main__":
    main()
