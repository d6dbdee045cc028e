"""What the demo counts, writes and draws, without a server."""

import asyncio
import json
import math
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bridge.client import Disposition, Done, Frame, Grounds, Recognized, Sentence, Timing, Token, Unanswered
from bridge.client.recognition import Box, Label
from bridge.errors import BridgeError, ConfigError, ServerUnavailable
from bridge.tools.demo import pictures, view
from bridge.tools.demo.counters import Counters, joined, percentile
from bridge.tools.demo.game import PHOTO, Game, Rate
from bridge.tools.demo.options import Options
from bridge.tools.demo.play import _jpeg
from bridge.tools.demo.script import CHARACTERS, Character
from bridge.tools.demo.size import Size
from bridge.tools.demo.story import Conversation, Exchange, file_of
from bridge.tools.demo.summary import ServerFigures, summarize
from bridge.tools.demo.transcript import transcript
from bridge.v1 import bridge_pb2
from models.npc.reading import read

TIMING = Timing(compute=0.004, queue=0.001, server=0.006, batch_size=2)


def frame(index: int, color: tuple[int, int, int, int] = (200, 100, 50, 255)) -> Frame:
    payload = np.tile(np.array(color, np.uint8), (64, 64, 1)).tobytes()
    return Frame(0, index, 64, 64, "rgba32", False, False, 0.01, 0.05, TIMING, payload)


def seen(kind: str, index: int) -> Recognized:
    labels = (Label("tabby", 0.8, 281),) if kind == "classify" else ()
    boxes = (Box("cat", 0.9, 10.0, 10.0, 60.0, 40.0, 15),) if kind == "detect" else ()
    return Recognized(0, index, kind, labels, boxes, 160, 120, b"", False, 0, 0.03, 0.15, TIMING)


def unanswered(disposition: Disposition, *, silent: bool = False, stage: str = "") -> Unanswered:
    return Unanswered(disposition, "", "", silent=silent, stage=stage)


def played() -> Game:
    """A game in which everything was answered in time."""
    picture = _jpeg(Image.new("RGB", (160, 120), (90, 140, 200)))
    game = Game(Options(seconds=2.0), picture, [picture], 10.0)
    for index in range(1, 6):
        game.frames.append(frame(index))
    for work, counters in game.counters.items():
        for index in range(1, 6):
            counters.sent += 1
            if work == "dialogue":
                counters.on_time += 1
                counters.note(0.2, TIMING)
            else:
                counters.answered(0, index, 0.010, TIMING)
    for kind in ("classify", "detect"):
        game.newest[PHOTO][kind] = seen(kind, 1)
    for conversation in game.conversations:
        conversation.exchanges.append(Exchange("Hello!", "Well met.", "end", 0.2, 3, 0, 12.5))
    return game


def record(game: Game) -> dict[str, Any]:
    stats = bridge_pb2.GetStatsResponse(peak_resident_bytes=1 << 30, dialogue_pool_bytes=180 << 20, device="CPU")
    return summarize(game, ServerFigures(8.5, 12.0, 30.0, 5.0, stats), game.options, Size(game.options))


def test_the_summary_has_the_form_that_was_promised() -> None:
    summary = json.loads(json.dumps(record(played())))
    assert summary["ok"] is True
    assert summary["problems"] == []
    assert summary["seconds_to_ready"] == 8.5
    assert summary["peak_rss_mib"] == 1024
    assert summary["kv_pool_mib"] == 180
    works = summary["capabilities"]
    assert set(works) == {"avatar", "dialogue", "recognition"}
    for work in (*works.values(), works["recognition"]["classify"], works["recognition"]["detect"]):
        for name in ("budget_ms", "requests", "in_budget", "superseded", "refused", "missed", "stale", "p50_ms"):
            assert isinstance(work[name], int | float), name
        assert work["in_budget"] == 1.0
        assert work["mean_batch"] == 2.0
        assert work["p99_ms"] >= work["p50_ms"]
    assert works["recognition"]["requests"] == 10
    assert (works["avatar"]["budget_ms"], works["recognition"]["classify"]["budget_ms"]) == (50, 66)
    assert works["dialogue"]["first_token_ms"] == 200
    assert works["dialogue"]["tokens_per_second"] == 12.5


def test_a_slow_machine_is_no_problem_but_silence_and_staleness_are() -> None:
    game = played()
    avatar = game.counters["avatar"]
    avatar.sent += 3
    for disposition in (Disposition.MISSED, Disposition.REFUSED, Disposition.SUPERSEDED):
        avatar.unanswered(unanswered(disposition, stage="transport"))
    summary = record(game)
    assert summary["ok"]
    assert summary["capabilities"]["avatar"]["in_budget"] == round(5 / 7, 4)
    assert summary["capabilities"]["avatar"]["missed_on_the_way"] == 1

    avatar.answered(0, 2, 0.010, TIMING)  # older than what the slot has shown already
    avatar.sent += 1
    assert record(game)["problems"] == ["avatar: 1 stale"]


def test_the_summary_says_where_it_falls_short() -> None:
    game = played()
    assert record(game)["short"] == []
    game.counters["classify"].sent += 1
    game.counters["classify"].unanswered(unanswered(Disposition.MISSED))
    assert record(game)["short"] == ["classification: 83.3% in budget, 1 of 6 late"]
    assert record(game)["load"]["full"]["avatar_fps"] == 30
    assert record(game)["machine"]["cores"] >= 1


@pytest.mark.parametrize("silent", [True, False])
def test_a_missing_answer_is_a_problem(silent: bool) -> None:
    game = played()
    game.counters["detect"].sent += 1
    if silent:
        game.counters["detect"].unanswered(unanswered(Disposition.MISSED, silent=True))
    assert record(game)["problems"] == ["detect: 1 without any answer"]


def test_a_fault_is_a_problem() -> None:
    game = played()
    game.conversations[0].exchanges[0].finish = "failed: the model failed"
    game.faults["detect: no such model"] += 2
    summary = record(game)
    assert not summary["ok"]
    assert len(summary["problems"]) == 2


def test_late_is_stale_when_it_is_not_marked() -> None:
    counters = Counters(0.05, sent=1)
    counters.answered(0, 1, 0.051, TIMING)
    assert (counters.stale, counters.on_time) == (1, 0)


def test_a_repeated_picture_is_counted_apart_and_carried_boxes_are_on_time() -> None:
    counters = Counters(0.05, sent=2)
    counters.answered(0, 1, 0.01, TIMING, repeated=True)
    counters.answered(0, 2, 0.01, TIMING, carried=True)
    assert (counters.on_time, counters.repeated, counters.carried, counters.ended, counters.in_budget) == (
        1,
        1,
        1,
        2,
        0.5,
    )


def test_percentiles_are_answers_that_really_came() -> None:
    assert percentile([], 0.5) == 0.0
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile([float(value) for value in range(1, 101)], 0.99) == 99.0
    assert percentile([5.0], 0.99) == 5.0


def test_joined_counters_add_up() -> None:
    first, second = Counters(0.066, sent=2, on_time=1), Counters(0.15, sent=3, on_time=3)
    second.note(0.1, TIMING)
    total = joined([first, second], 0.15)
    assert (total.sent, total.on_time, total.in_budget) == (5, 4, 0.8)
    assert total.batches == [2]
    assert total.parts["compute"] == pytest.approx(0.004)


def test_a_rate_is_due_as_often_as_it_says() -> None:
    rate = Rate(3.0)
    assert sum(rate.due(tick / 60) for tick in range(600)) == 30


def test_options_are_checked() -> None:
    with pytest.raises(ConfigError, match="--seconds"):
        Options(seconds=float("inf"))
    with pytest.raises(ConfigError, match="--detect-budget-ms"):
        Options(detect_budget_ms=0)
    assert Options(trace=Path("t.jsonl")).config.trace == Path("t.jsonl")


def test_pictures_are_drawn(tmp_path: Path) -> None:
    game = played()
    pictures.avatar_sheet(game.frames, tmp_path / "sheet.png")
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.getpixel((8 + 64, 8 + 64)) == (200, 100, 50)
        assert sheet.getpixel((2, 2)) == (244, 241, 234)
    pictures.avatar_animation(game.frames, 30.0, tmp_path / "avatar.webp")
    with Image.open(tmp_path / "avatar.webp") as animation:
        assert animation.format == "WEBP"
    plain = pictures.annotated(game.photo, {})
    drawn = pictures.annotated(game.photo, game.newest[PHOTO])
    assert drawn.size == plain.size
    assert np.abs(np.asarray(drawn, np.int16) - np.asarray(plain, np.int16)).max() > 100


def test_a_transparent_frame_shows_the_paper() -> None:
    pixels = view.shrink(frame(1, (0, 0, 0, 0)), 26)
    assert pixels.shape == (26, 26, 3)
    assert (pixels == np.array([24, 26, 33])).all()


@pytest.mark.parametrize("size", [1, 7, 32, 64])
def test_a_frame_of_any_size_fills_the_view(size: int) -> None:
    """Smaller than the view too: a cheaper rung has fewer pixels than the view has cells."""
    pixels = view.shrink(replace(frame(1), width=size, height=size, payload=_painted(size)), 40)
    assert (pixels[0] == (250, 0, 0)).all()
    assert (pixels[-1] == ((0, 250, 0) if size > 1 else (250, 0, 0))).all()


def _painted(size: int) -> bytes:
    """Red above, green below."""
    pixels = np.full((size, size, 4), (0, 250, 0, 255), np.uint8)
    pixels[: (size + 1) // 2] = (250, 0, 0, 255)
    return pixels.tobytes()


def test_a_picture_without_size_is_not_shown() -> None:
    game = played()
    game.frames.append(replace(frame(1), width=0, height=0, payload=b""))
    assert "waiting" in view.picture(game)


def test_the_view_and_the_transcript_show_what_was_said() -> None:
    game = played()
    shown = view.picture(game).replace("&#160;", " ")
    for word in ("Well met.", "avatar frames", "100.0%", "Mara", "Brannoch"):
        assert word in shown
    assert "@font-face" not in shown
    assert "https://" not in shown
    text = transcript(game.conversations)
    assert "**Mara:** Well met." in text
    assert "12 tokens a second" in text


def test_the_transcript_says_what_each_reply_rests_on() -> None:
    game = played()
    grounds = Grounds("free", ("wares[0].price", "rules[0]"))
    said = [Sentence("Seven silver.", 0, grounds=grounds), Sentence("I take it now.", 1, grounds=grounds)]
    game.conversations[0].exchanges[0].sentences += said
    game.conversations[0].exchanges[0].actions.append("hand_over_key(nights=2)")
    under = next(line for line in transcript(game.conversations).splitlines() if "hand_over_key" in line)
    assert under.count("the model, on “A room costs 7 silver a night.” and “") == 1
    assert "does `hand_over_key(nights=2)`" in under


def test_an_author_s_line_is_no_fact() -> None:
    game = played()
    game.conversations[0].exchanges[0].sentences.append(
        Sentence("Come in.", 0, grounds=Grounds("authored", ("lines[0]",)))
    )
    assert "<sub>the author's line; 200 ms" in transcript(game.conversations)


def test_every_character_of_the_demo_has_its_file() -> None:
    """And the game answers actions that the character has."""
    for character in CHARACTERS:
        npc = read(file_of(character))
        assert set(character.results) <= {action.name for action in npc.actions}
        assert character.cut_in is None or character.cut_in < len(character.lines)


class BusyAtFirst:
    """A dialogue that refuses the first words, and answers all that follow."""

    def __init__(self, retry_after: float) -> None:
        self.said: list[str] = []
        self._failure = Unanswered(Disposition.REFUSED, "overloaded", "busy", retry_after=retry_after)

    async def say(self, name: str, line: str, **_: Any) -> AsyncIterator[Done]:
        self.said.append(line)
        failure = self._failure if len(self.said) == 1 else None
        yield Done("Well met.", "end" if failure is None else "failed", 3, 0, 3, 0, 0.1, 0.2, TIMING, failure)


def test_a_line_that_is_refused_is_said_again() -> None:
    talk, counters = BusyAtFirst(1e-3), Counters(2.0)
    conversation = Conversation(Character("Mara", "mara", ("Hello!", "Goodbye!")))
    asyncio.run(conversation.play(talk, counters, math.inf))  # type: ignore[arg-type]
    assert talk.said == ["Hello!", "Hello!", "Goodbye!"]
    assert [(exchange.line, exchange.finish) for exchange in conversation.exchanges] == [
        ("Hello!", "end"),
        ("Goodbye!", "end"),
    ]
    assert (counters.sent, counters.refused, counters.on_time) == (3, 1, 2)


def test_a_line_that_is_refused_for_good_is_a_problem() -> None:
    conversation = Conversation(Character("Mara", "mara", ("Hello!", "Goodbye!")))
    asyncio.run(conversation.play(BusyAtFirst(0.0), Counters(2.0), math.inf))  # type: ignore[arg-type]
    assert [exchange.finish for exchange in conversation.exchanges] == ["failed", "end"]


class Endless:
    """A reply that goes on until it is interrupted."""

    def __init__(self) -> None:
        self.interrupted = False

    def say(self, name: str, line: str, **_: Any) -> "Endless":
        return self

    def interrupt(self) -> None:
        self.interrupted = True

    async def __aiter__(self) -> AsyncIterator[Token | Done]:
        while not self.interrupted:
            yield Token("and ", False, 0.1)
        yield Done("and", "interrupted", 3, 0, 3, 0, 0.1, 0.2, TIMING, None)


def test_a_reply_that_outlasts_the_game_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    counters = Counters(2.0)
    conversation = Conversation(Character("Mara", "mara", ("Hello!", "Goodbye!")))
    monkeypatch.setattr("bridge.tools.demo.story.OVERTIME", -math.inf)
    asyncio.run(conversation.play(Endless(), counters, 1e12))  # type: ignore[arg-type]
    assert [exchange.finish for exchange in conversation.exchanges] == ["interrupted"] * 2
    assert counters.sent == counters.on_time == 2


class Reader:
    """A dialogue that notes what was said, and fails if it is told to."""

    def __init__(self, error: BridgeError | None = None) -> None:
        self.said: list[str] = []
        self.forgotten: list[str] = []
        self._error = error

    def say(self, name: str, line: str, **_: Any) -> "Reader":
        self.said.append(name)
        return self

    async def reply(self) -> None:
        if self._error is not None:
            raise self._error

    def forget(self, name: str) -> None:
        self.forgotten.append(name)


@pytest.mark.parametrize("error", [None, ServerUnavailable("gone")])
def test_a_character_is_read_before_the_game_and_not_in_its_own_conversation(error: BridgeError | None) -> None:
    talk, conversation = Reader(error), Conversation(Character("Mara", "mara", ("Hello!",)))
    asyncio.run(conversation.meet(talk))  # type: ignore[arg-type]
    assert talk.said == ["Mara, loading"]
    assert talk.forgotten == ([] if error else talk.said)
    assert conversation.exchanges == []
