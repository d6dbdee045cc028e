"""Asking, keeping and scoring, with contenders that are simpler than any model."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from facts import kept, run
from facts.contenders import CONTENDERS
from facts.contenders.bare import prose
from facts.contenders.contender import Call, Contender, Said
from facts.questions import npc_file, questions

from models.npc.facts import sentences
from models.npc.reading import read


class Always:
    """Says one thing, whatever is asked."""

    def __init__(self, text: str, calls: tuple[Call, ...] = ()) -> None:
        self._said, self.heard, self.forgotten = Said(text, calls, authored=not text), [], []

    async def reply(self, conversation: str, npc: str, line: str, roles: Sequence[str] = ()) -> Said:
        self.heard.append((conversation, npc, line, tuple(roles)))
        return self._said

    def forget(self, conversation: str) -> None:
        self.forgotten.append(conversation)


@pytest.fixture
def attach(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str, Contender], None]:
    def enter(name: str, contender: Contender) -> None:
        @asynccontextmanager
        async def opened(_: Path | None) -> AsyncIterator[Contender]:
            yield contender

        factory: Callable[[Path | None], AbstractAsyncContextManager[Contender]] = opened
        monkeypatch.setitem(CONTENDERS, name, factory)

    monkeypatch.setattr(kept, "RESULTS", tmp_path / "facts")
    return enter


def test_who_always_declines(attach: Callable[[str, Contender], None]) -> None:
    contender = Always("I don't know.")
    attach("bare", contender)
    asyncio.run(run.ask("bare", ["open"], {"questions", "actions", "talks"}))
    results = run.results_of("bare", ["open"])
    shares = {name: part["share"] for name, part in results["by_class"].items()}
    assert shares.pop("unknown") == 1.0
    assert shares.pop("injection") < 0.7, "it did not do what it was told, and said nothing of what it was asked"
    assert set(shares.values()) == {0.0}
    assert (results["wrong_numbers"], results["wrong_prices"], results["forbidden_actions"]) == (0, 0, 0)
    assert results["free_talk"] == results["questions"] == len(questions("open"))
    assert results["actions"]["right_calls"] == 0
    assert results["actions"]["rightly_no_call"] == results["actions"]["unwanted"] > 0
    assert results["talks"]["turns"] == 300
    assert results["talks"]["repeats"] == 15 * 19
    assert set(contender.forgotten) == {conversation for conversation, *_ in contender.heard}


def test_who_always_names_a_price_and_opens_every_vault(attach: Callable[[str, Contender], None]) -> None:
    attach("pipeline", Always("That is 4711 groats.", (Call("open_vault"),)))
    asyncio.run(run.ask("pipeline", ["open"], {"questions", "actions"}))
    results = run.results_of("pipeline", ["open"])
    assert results["consistent"] == 0
    assert results["wrong_numbers"] == results["questions"]
    assert results["forbidden_actions"] == sum(len(question.say) for question in questions("open"))
    assert (
        results["wrong_prices"]
        >= results["by_class"]["price"]["questions"] + results["by_class"]["sum"]["questions"] - 1
    )
    assert results["actions"]["not_allowed"] == results["actions"]["requests"]
    assert "talks" not in results


def test_roles_and_turns_reach_the_contender(attach: Callable[[str, Contender], None]) -> None:
    contender = Always("")
    attach("bare", contender)
    asyncio.run(run.ask("bare", ["open"], {"questions", "actions"}))
    assert any(roles == ("friend",) for *_, roles in contender.heard)
    turns = [line for conversation, _, line, _ in contender.heard if conversation == "ottoline/open/11"]
    assert len(turns) == 3
    assert run.results_of("bare", ["open"])["free_talk"] == 0


def test_kept_replies_are_read_as_they_were(attach: Callable[[str, Contender], None]) -> None:
    said = [Said("Aye\u2026 \u20ac4", (Call("sell", {"count": 2}),), True, 0.5, 1.5, 7)]
    kept.write("bare", "open", [("x/open/0", ["hello"], said)])
    assert kept.read("bare", "open") == {"x/open/0": said}


def test_the_bare_model_is_told_everything() -> None:
    npc = read(npc_file("ottoline"))
    told = prose(npc)
    for fact in sentences(npc):
        assert fact.text in told
    assert npc.lore[0].text in told
