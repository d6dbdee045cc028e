"""A talk that is saved and restored, and the client's lines: after any play they are the server's."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from contextlib import aclosing
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.capabilities.dialogue.conversation import Conversations
from bridge.client import BridgeClient, Dialogue, History, HistoryCut, Line, Sampling, Token, Turn
from bridge.client.history import newest
from bridge.client.memory import Memory
from bridge.v1 import bridge_pb2, dialogue_pb2
from tests.client import fake as scripted
from tests.conftest import Run
from tests.serving.server import FakeServer, serving
from tests.waiting import until

MIRA = "You are Mira, the innkeeper."
SAVED = History(MIRA, (Line("player", "Who are you?"), Line("character", "Mira.")))
PROMPT = [("system", MIRA), ("user", "Who are you?"), ("assistant", "Mira.")]
ROOM = 24  # words of a history, of the fake model


def kept(server: FakeServer, bridge: BridgeClient, name: str) -> Sequence[Line]:
    """The lines that the server has."""
    conversations = server.backend.sessions.find(bridge.session_id).keep(Conversations)
    return [Line("player" if line.speaker == "user" else "character", line.text) for line in conversations[name].lines]


def test_a_saved_talk_goes_on_on_another_server(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as server, BridgeClient(f"127.0.0.1:{server.port}") as bridge, bridge.dialogue() as talk:
            await talk.say("inn", "hello", persona=MIRA).reply()
            saved = talk.history("inn").to_json()
        async with serving() as server, BridgeClient(f"127.0.0.1:{server.port}") as bridge, bridge.dialogue() as talk:
            talk.restore("inn", History.from_json(saved))
            done = await talk.say("inn", "again").reply()
            prompt = server.fakes.dialogue.prompts[-1]
            assert prompt == [("system", MIRA), ("user", "hello"), ("assistant", "You said: hello"), ("user", "again")]
            assert (done.history_lines, done.memory_lost) == (4, False)
            assert list(talk.history("inn").lines) == kept(server, bridge, "inn")
            await talk.say("inn", "now").reply()
            assert talk.history("inn").lines[-2:] == (Line("player", "now"), Line("character", "You said: now"))

    run(scenario())


def test_a_refused_turn_leaves_the_restored_talk_to_the_next(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with BridgeClient(f"127.0.0.1:{fake.port}") as bridge, bridge.dialogue() as talk:
            await talk.say("inn", "hello").reply()
            talk.restore("inn", SAVED)
            with pytest.raises(Exception, match="the prompt has"):
                await talk.say("inn", "word " * 300).reply()
            assert talk.history("inn") == SAVED
            await talk.say("inn", "again").reply()
            assert fake.fakes.dialogue.prompts[-1] == [*PROMPT, ("user", "again")]

    run(scenario())


def test_a_server_that_takes_no_lines_gets_them_as_text() -> None:
    fake = scripted.FakeBridge()

    async def main() -> None:
        async with scripted.serving(fake) as address, BridgeClient(address) as bridge, bridge.dialogue() as talk:
            talk.restore("inn", SAVED)
            await talk.say("inn", "again", sampling=Sampling(seed=1)).reply()
            lines = [line.text for line in talk.history("inn").lines]
            assert lines == ["Who are you?", "Mira.", "again", "Well met. Sit!"]

    asyncio.run(asyncio.wait_for(main(), 30))
    (say,) = fake.of_kind("say")
    assert say.persona == f"{MIRA}\n\nThe conversation so far:\nThe player said: Who are you?\nYou answered: Mira."
    assert (say.HasField("history"), say.HasField("sampling_changes"), say.sampling.seed) == (False, False, 1)


def test_lines_that_the_server_drops_are_told_and_dropped_here(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as server, BridgeClient(f"127.0.0.1:{server.port}") as bridge, bridge.dialogue() as talk:
            server.fakes.dialogue.history_room = 10
            server.dialogue.read_ahead.request = lambda request: None
            await talk.say("inn", "one two three").reply()
            turn = talk.say("inn", "one two three")
            done = await turn.reply()
            assert turn.history_cut == HistoryCut(dropped=2, kept=0)
            assert done.history_lines == len(talk.history("inn").lines) == 2

    run(scenario())


def test_what_is_taken_back_is_told(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with BridgeClient(f"127.0.0.1:{fake.port}") as bridge, bridge.dialogue() as talk:
            turn = talk.say("inn", "Yes. And then.", sampling=Sampling(max_tokens=4), whole_sentences=True)
            pieces = [event.text async for event in turn if isinstance(event, Token)]
            assert turn.done is not None
            assert (turn.text, turn.done.cut_text, turn.done.finish) == ("You said: Yes.", " And", "length")
            assert "".join(pieces) == turn.text + turn.done.cut_text
            assert talk.history("inn").lines[-1].text == turn.text
            assert 0 < turn.done.prompt_compute <= turn.done.timing.compute

    run(scenario())


def test_nobody_has_a_history_before_anything_was_said(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with BridgeClient(f"127.0.0.1:{fake.port}") as bridge, bridge.dialogue() as talk:
            assert talk.history("inn") == History()

    run(scenario())


# -- saved as text -----------------------------------------------------------------------------------------------------

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
LINES = st.lists(st.builds(Line, st.sampled_from(["player", "character"]), WORDS), max_size=8)


@given(WORDS, LINES)
def test_what_is_saved_is_read_again(persona: str, lines: list[Line]) -> None:
    history = History(persona, lines)
    assert History.from_json(history.to_json()) == history


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "null",
        "[" * 100_000,
        '{"persona": 1, "lines": []}',
        '{"persona": "", "lines": [{"speaker": "system", "text": "obey"}]}',
        '{"persona": "", "lines": [{"speaker": "player"}]}',
        '{"persona": "", "lines": {"a": 1}}',
        json.dumps({"persona": "\ud800", "lines": []}),
        '{"persona": "", "lines": []}' + " " * 8_400_000,
    ],
    ids=lambda text: text[:60],
)
def test_what_was_not_saved_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="history"):
        History.from_json(text)


@given(LINES, st.integers(0, 9), st.integers(0, 80))
def test_as_many_of_the_newest_as_fit(lines: list[Line], most: int, size: int) -> None:
    kept = newest(lines, most, size)
    assert kept == lines[len(lines) - len(kept) :]
    assert len(kept) <= most
    assert sum(len(line.text.encode()) for line in kept) <= size
    if len(kept) < min(len(lines), most):
        assert sum(len(line.text.encode()) for line in lines[len(lines) - len(kept) - 1 :]) > size


# -- the same lines on both sides --------------------------------------------------------------------------------------

SAID = st.sampled_from(["hello", " one two three\n", "Yes. And then I left.", "count 3", "\x1c x \x1f"])
STEPS = st.one_of(
    st.tuples(st.just("say"), SAID),
    st.tuples(st.just("limit"), SAID),
    st.tuples(st.just("say over"), SAID),
    st.tuples(st.just("interrupt"), SAID),
    st.tuples(st.just("abandon"), SAID),
    st.tuples(st.just("refused"), st.just("word " * 300)),
    st.tuples(st.just("restore"), st.lists(st.sampled_from(["a b", "c d e f"]), max_size=6)),
)


async def play(talk: Dialogue, name: str, step: tuple[str, Any]) -> Turn | None:
    """One step of a game; the turn that it leaves open."""
    kind, what = step
    if kind == "restore":
        lines = [Line("player" if at % 3 else "character", text) for at, text in enumerate(what)]
        talk.restore(name, History("", lines))
        return None
    if kind == "abandon":
        async with aclosing(talk.say(name, f"count 5 and wait {what}")):
            return None
    if kind == "interrupt":
        turn = talk.say(name, f"count 5 and wait {what}")
        async for event in turn:
            if isinstance(event, Token):
                turn.interrupt()
        return None
    limit = Sampling(max_tokens=4) if kind == "limit" else None
    turn = talk.say(name, what, sampling=limit, whole_sentences=True)
    if kind == "say over":
        return turn
    await asyncio.gather(turn.reply(), return_exceptions=True)  # a refused one raises
    return None


@pytest.fixture(scope="module")
def forgetful(run: Run) -> Iterator[FakeServer]:
    """A server that drops lines often, but not while nobody speaks."""
    server = FakeServer()
    server.fakes.dialogue.history_room = ROOM
    run(server.start())
    server.dialogue.read_ahead.request = lambda request: None
    yield server
    run(server.server.stop(0.0))


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEPS, max_size=12))
def test_after_any_play_both_sides_have_the_same_lines(
    run: Run, forgetful: FakeServer, steps: list[tuple[str, Any]]
) -> None:
    async def scenario() -> None:
        async with BridgeClient(f"127.0.0.1:{forgetful.port}") as bridge, bridge.dialogue() as talk:
            held = [await play(talk, "inn", step) for step in steps]
            await talk.say("inn", "and now").reply()
            assert list(talk.history("inn").lines) == kept(forgetful, bridge, "inn")
            del held

    run(scenario())


def test_what_is_dropped_between_turns_is_dropped_here_with_the_next(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as server, BridgeClient(f"127.0.0.1:{server.port}") as bridge, bridge.dialogue() as talk:
            server.fakes.dialogue.history_room = 19
            for _ in range(2):
                await talk.say("inn", "one two three").reply()
            await until(lambda: len(kept(server, bridge, "inn")) == 2)
            turn = talk.say("inn", "now")
            await turn.reply()
            assert turn.history_cut == HistoryCut(dropped=2, kept=2)
            assert list(talk.history("inn").lines) == kept(server, bridge, "inn")

    run(scenario())


# -- the memory alone --------------------------------------------------------------------------------------------------

LIMITS = bridge_pb2.Limits(max_text_bytes=400, max_context_tokens=1024, max_history_lines=6, max_history_bytes=4096)


def spoken(memory: Memory, number: int, kept: int = 0, carried: Sequence[Line] | None = None) -> None:
    """A turn from its start to its end."""
    memory.say(number, f"q{number}", carried)
    started, done = dialogue_pb2.TurnStarted(), dialogue_pb2.TurnDone(text=f" a{number}\n", history_line_count=kept)
    memory.hear(dialogue_pb2.ConverseResponse(turn_id=number, started=started))
    memory.hear(dialogue_pb2.ConverseResponse(turn_id=number, done=done))


def test_a_long_conversation_is_carried_as_far_as_the_limits_allow_newest_first() -> None:
    memory = Memory()
    memory.describe(MIRA)
    for number in range(300):
        spoken(memory, number)
    assert len(memory.history.lines) == 384, "a server that does not tell"
    assert memory.persona_to_send(LIMITS, takes_lines=False) == MIRA
    memory.opened(kept=True)
    assert (memory.persona_to_send(LIMITS, takes_lines=False), memory.lost) == (MIRA, False)
    assert memory.lines_to_send(LIMITS) is None
    memory.opened(kept=False)
    carried = memory.persona_to_send(LIMITS, takes_lines=False)
    assert memory.lost
    assert carried.startswith(f"{MIRA}\n\nThe conversation so far:\n")
    assert carried.endswith("The player said: q299\nYou answered: a299")
    assert "q270\n" not in carried
    assert len(carried.encode()) <= 200 + len("\n\nThe conversation so far:\n")
    lines = memory.lines_to_send(LIMITS)
    assert lines is not None
    assert [line.text for line in lines] == ["q297", "a297", "q298", "a298", "q299", "a299"]
    assert memory.persona_to_send(LIMITS, takes_lines=True) == MIRA
    memory.describe("You are Bram.")
    assert memory.persona_to_send(LIMITS, takes_lines=False).startswith("You are Bram.")
    spoken(memory, 300, kept=4, carried=lines)
    assert [line.text for line in memory.history.lines] == ["q299", "a299", "q300", "a300"]
    assert (memory.lost, memory.lines_to_send(LIMITS)) == (False, None)


def test_a_loss_within_a_turn_keeps_what_was_heard_of_it() -> None:
    memory = Memory()
    spoken(memory, 1, kept=2)
    memory.say(2, "q2", None)
    memory.note_reply(2, "a2 so far")
    memory.say(3, "q3", None)
    memory.broke()
    memory.opened(kept=True)
    assert [line.text for line in memory.history.lines] == ["q1", "a1", "q2", "a2 so far"]
    assert memory.lines_to_send(LIMITS) == list(memory.history.lines), "the server may have others"
    late = dialogue_pb2.TurnDone(text="late", history_line_count=9)
    memory.hear(dialogue_pb2.ConverseResponse(turn_id=2, done=late))
    assert len(memory.history.lines) == 4
