"""Long conversations with the real dialogue model, over the wire: what each turn has to read.

A prompt's tokens that were not in the cache (`prompt_tokens` less `cached_tokens`) are what the time to the first token
goes by, and unlike a time they are the same on every machine.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bridge.capabilities.dialogue.conversation import Conversations
from bridge.config import Config
from bridge.server import Server
from models.language.cache.slots import PAGE
from tests.capabilities.dialogue.turns import given, interrupt
from tests.conftest import Run
from tests.serving.client import D, connected, read, say, until_done, until_token
from tests.waiting import until

CONTEXT, REPLY = 512, 4
GREEDY: dict[str, Any] = {"temperature": 0, "top_p": 1, "repetition_penalty": 1, "max_new_tokens": REPLY}
SAMPLING = D.Sampling(**GREEDY)
PERSONA = (
    "You are Borin, a blacksmith. You answer in a few words, you sell nails and horseshoes, and you know everybody in "
    "the village by the sea."
)
THIEF = f"A thief who lies. {PERSONA}"
NEW = 3 * 8 + 3 * REPLY + PAGE  # tokens of a short line and of the reply before it, with the template's, and of a page


@pytest.fixture(scope="module")
def talker(run: Run) -> Iterator[Any]:
    server = Server(Config(port=0, models=("dialogue",), dialogue_slots=2, dialogue_context=CONTEXT))

    async def start() -> int:
        port = await server.start()
        await server.ready
        return port

    server.listens_at = run(start())  # type: ignore[attr-defined]
    yield server
    run(server.stop(0.0))


@asynccontextmanager
async def talking(server: Any) -> AsyncIterator[Any]:
    async with connected(server.listens_at) as client:
        call = await client.open_dialogue()
        call.session = client.session
        yield call


async def turn(call: Any, number: int, text: str = "", name: str = "smith", **fields: Any) -> Any:
    fields.setdefault("sampling", SAMPLING)
    await call.write(say(text or f"And number {number}?", turn=number, conversation=name, **fields))
    done = (await until_done(call, number))[-1].done
    assert done.finish in (D.TURN_FINISH_END, D.TURN_FINISH_LENGTH), done
    return done


def history(server: Any, call: Any, name: str = "smith") -> Sequence[str]:
    return [line.text for line in server.backend.sessions.find(call.session).keep(Conversations)[name].lines]


def unread(done: Any) -> int:
    """Tokens that the model had to read before the first token of the reply."""
    return int(done.prompt_tokens - done.cached_tokens)


def whole(tokens: int) -> int:
    """What is cached of a prompt's tokens, but for the opening of the reply: whole pages."""
    return (tokens - 3) // PAGE * PAGE


def test_most_of_forty_five_turns_read_only_what_is_new(run: Run, talker: Any) -> None:
    """The history is cut for good when the context is full, to half: one turn in a dozen reads that half again."""

    async def scenario() -> list[Any]:
        async with talking(talker) as call:
            return [await turn(call, number, persona=PERSONA) for number in range(1, 46)]

    dones = run(scenario())
    cuts = [place for place in range(1, 45) if dones[place].prompt_tokens < dones[place - 1].prompt_tokens]
    persona = dones[0].prompt_tokens
    said = sum(unread(done) for place, done in enumerate(dones) if place not in cuts)
    assert 1 <= len(cuts) <= said // ((CONTEXT - REPLY - persona) // 2), (
        "once for each half of the context that was said"
    )
    assert cuts[0] > 15
    for place in range(1, 45):
        before = dones[place - 1]
        if place in cuts:
            assert unread(dones[place]) <= (CONTEXT - REPLY - persona) // 2 + NEW
            assert dones[place].cached_tokens >= whole(persona - 12) > 0, "the persona is not read again"
        else:
            assert unread(dones[place]) <= NEW
            assert dones[place].cached_tokens >= whole(before.prompt_tokens), "all of the prompt before"


def test_with_pauses_no_turn_reads_more_than_what_is_new(run: Run, talker: Any) -> None:
    """As with a player who reads an answer before the next line: what was cut is read again meanwhile."""

    read_ahead = talker.servicers["dialogue"].state.read_ahead

    async def scenario() -> list[Any]:
        async with talking(talker) as call:
            dones = []
            for number in range(1, 46):
                dones.append(await turn(call, number, persona=PERSONA))
                await until(lambda: not len(read_ahead) and not talker.backend.engine.open_jobs)
            return dones

    dones = run(scenario())
    cuts = [place for place in range(1, 45) if dones[place].prompt_tokens < dones[place - 1].prompt_tokens]
    assert len(cuts) >= 2
    assert all(unread(done) <= NEW for done in dones[1:])
    assert all(dones[place].prompt_tokens <= (CONTEXT - REPLY) / 2 + 2 * NEW for place in cuts), "to half"
    assert all(dones[place - 1].prompt_tokens >= 0.75 * (CONTEXT - REPLY) for place in cuts), "not sooner than need be"


def test_long_lines_fill_the_context_sooner_and_are_cut_as_rarely(run: Run, talker: Any) -> None:
    async def scenario() -> list[Any]:
        async with talking(talker) as call:
            return [await turn(call, number, f"{number} " + "word " * 40, persona=PERSONA) for number in range(1, 17)]

    dones = run(scenario())
    cuts = [place for place in range(1, 16) if dones[place].prompt_tokens < dones[place - 1].prompt_tokens]
    assert 2 <= len(cuts) <= 16 // 4
    assert all(unread(dones[place]) <= 40 + NEW for place in range(1, 16) if place not in cuts)


def test_a_persona_that_changes_is_read_once(run: Run, talker: Any) -> None:
    async def scenario() -> None:
        async with talking(talker) as call:
            for number in range(1, 5):
                before = await turn(call, number, persona=PERSONA)
            changed = await turn(call, 5, persona=THIEF)
            assert changed.cached_tokens < 8, "nothing behind a persona that differs"
            assert changed.prompt_tokens >= before.prompt_tokens
            for number in (6, 7):
                after = await turn(call, number, persona="" if number == 6 else THIEF)
                assert unread(after) <= NEW
                assert after.cached_tokens >= whole(changed.prompt_tokens)

    run(scenario())


def test_a_reply_cut_short_is_read_no_further_than_it_was_said(run: Run, talker: Any) -> None:
    """Its history is what the client was told, and what is cached of it is found."""

    async def scenario() -> None:
        async with talking(talker) as call:
            await turn(call, 1, persona=PERSONA)
            long = D.Sampling(temperature=0, top_p=1, repetition_penalty=1.3, max_new_tokens=200)
            await call.write(say("Tell me a long story.", turn=2, conversation="smith", sampling=long))
            prompt = (await read(call)).started.prompt_tokens
            await until_token(call)
            await call.write(interrupt(2))
            cut = (await until_done(call, 2))[-1].done
            assert cut.finish == D.TURN_FINISH_INTERRUPTED
            after = await turn(call, 3)
            assert after.cached_tokens >= whole(prompt), "what was asked"
            assert unread(after) <= NEW + cut.reply_tokens
            assert history(talker, call)[3] == cut.text.strip(), "not what was never said"

    run(scenario())


def test_turns_without_a_reply_add_to_the_prompt_too(run: Run, talker: Any) -> None:
    """Said and cut off before anything came: the player's words stay, one after the other."""

    async def scenario() -> None:
        async with talking(talker) as call:
            last = await turn(call, 1, persona=PERSONA)
            for number in range(2, 12, 2):
                await call.write(say(f"Wait {number}.", turn=number))
                await call.write(interrupt(number))
                await until_done(call, number)
                done = await turn(call, number + 1)
                assert done.prompt_tokens > last.prompt_tokens
                assert done.cached_tokens >= whole(last.prompt_tokens)
                assert unread(done) <= 2 * NEW
                last = done

    run(scenario())


def test_an_empty_reply_is_no_line_of_the_prompt(run: Run, talker: Any) -> None:
    async def scenario() -> None:
        async with talking(talker) as call:
            spoken = await turn(call, 1, name="thief", persona=PERSONA)
            stop = D.Sampling(**GREEDY, stop=[spoken.text[:1]])
            await call.write(say("And number 1?", persona=PERSONA, sampling=stop))
            silent = (await until_done(call, 1))[-1].done
            assert (silent.finish, silent.text) == (D.TURN_FINISH_STOP, "")
            assert history(talker, call) == ["And number 1?"]
            after = await turn(call, 2)
            assert after.cached_tokens >= whole(silent.prompt_tokens)

    run(scenario())


def test_two_conversations_share_their_persona_and_disturb_nothing(run: Run, talker: Any) -> None:
    async def scenario() -> None:
        async with talking(talker) as call:
            for number in range(1, 7):
                for name in ("smith", "thief"):
                    done = await turn(call, number, name=name, persona=f"Two are alike. {PERSONA}")
                    assert (done.cached_tokens == 0) == (name == "smith" and number == 1)
                    assert number == 1 or unread(done) <= NEW

    run(scenario())


def test_a_new_conversation_in_the_place_of_one_that_is_over_begins_afresh(run: Run, talker: Any) -> None:
    async def scenario() -> None:
        async with talking(talker) as call:
            firsts = []
            for _ in range(3):
                first = await turn(call, 1, "Hello!", persona=f"All is new. {PERSONA}")
                second = await turn(call, 2)
                assert (first.cached_tokens, unread(second) <= NEW) == (0, True)
                firsts.append(first.text)
                await call.write(D.ConverseRequest(forget=D.ConverseForget(conversation_id="smith")))
            assert len(set(firsts)) == 1, "nothing of the one before is known"

    run(scenario())


def test_a_conversation_that_others_have_pushed_out_is_read_once(run: Run, talker: Any) -> None:
    """The pool has two full contexts: five long conversations do not fit, and who comes back reads what is lost."""

    async def scenario() -> None:
        async with talking(talker) as call:
            first = await turn(call, 1, "word " * 300, persona=PERSONA)
            for letter in "bcde":
                await turn(call, 1, f"{letter} " * 300, name=f"other {letter}")
            back = await turn(call, 2)
            assert back.cached_tokens < first.prompt_tokens - 2 * PAGE
            assert unread(await turn(call, 3)) <= NEW

    run(scenario())


def test_a_refused_persona_does_not_reach_the_model(run: Run, talker: Any) -> None:
    """The field's case: a persona longer than the context, and every turn after it was refused too."""

    async def scenario() -> None:
        async with talking(talker) as call:
            first = await turn(call, 1, persona=PERSONA)
            await call.write(say("Hello?", turn=2, persona="very " * 600))
            refused = (await until_done(call, 2))[-1].done
            assert refused.finish == D.TURN_FINISH_FAILED
            assert "tokens where" in refused.outcome.error.message
            after = await turn(call, 2)
            assert after.cached_tokens >= whole(first.prompt_tokens)

    run(scenario())


def test_a_history_that_the_server_has_costs_nothing_when_it_is_given_again(run: Run, talker: Any) -> None:
    """As by a client that sends it with every turn; in another conversation it is read once."""

    async def scenario() -> None:
        async with talking(talker) as call:
            for number in (1, 3, 5, 7):
                await turn(call, number, persona=PERSONA)
                lines = [("> " if at % 2 == 0 else "") + text for at, text in enumerate(history(talker, call))]
                done = await turn(call, number + 1, persona=PERSONA, history=given(*lines))
                assert unread(done) <= NEW
            lines = [("> " if at % 2 == 0 else "") + text for at, text in enumerate(history(talker, call))]
            await turn(call, 1, name="twin", persona=PERSONA, history=given(*lines))
            assert unread(await turn(call, 2, name="twin", persona=PERSONA)) <= NEW
            assert history(talker, call, "twin")[: len(lines)] == [line.removeprefix("> ") for line in lines]

    run(scenario())
