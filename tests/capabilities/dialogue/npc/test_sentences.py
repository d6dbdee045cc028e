"""Sentences of NPCs over the wire: what is released, what is written again, and what is said instead."""

from typing import Any

import pytest

from tests.capabilities.dialogue.npc.scenes import GREETING, P, mara, of, said, talking, tell, work_of
from tests.conftest import Run
from tests.serving.client import D, read, say, until_done

PRICE = "A room costs 7 silver a night."


def test_a_sentence_is_released_whole_and_says_what_it_rests_on(run: Run) -> None:
    async def scenario() -> None:
        async with talking() as (server, _, call):
            server.fakes.dialogue.scripts.append(f"{PRICE} Sleep well.")
            await call.write(tell("What does a room cost?", npc=mara()))
            events = await until_done(call)
            assert said(events) == [("FREE", PRICE), ("FREE", "Sleep well.")]
            assert [one.text for one in of(events, "token")] == [PRICE, " Sleep well."]
            first, second = of(events, "sentence")
            assert list(first.trace.sources) == ["wares[0].price"]
            done = events[-1].done
            assert done.text == f"{PRICE} Sleep well."
            assert [done.text[one.start : one.end] for one in (first, second)] == [first.text, second.text]
            assert done.finish == D.TURN_FINISH_END
            assert done.reply_tokens == 9

    run(scenario())


def test_the_prompt_has_the_facts_and_what_was_computed_in_front_of_the_line(run: Run) -> None:
    async def scenario() -> None:
        async with talking() as (server, _, call):
            server.fakes.dialogue.scripts += ["That is 21 silver.", "Good night."]
            await call.write(tell("What would three nights cost me?", npc=mara()))
            events = await until_done(call)
            (trace,) = of(events, "trace")
            assert [(one.text, one.source) for one in trace.known] == [("A room for 3 nights costs 21 silver.", "sum")]
            (role, system), (_, line) = server.fakes.dialogue.prompts[-1]
            assert role == "system"
            assert "- A room costs 7 silver a night." in system.splitlines()
            asked = "(You also know: A room for 3 nights costs 21 silver.)\nWhat would three nights cost me?"
            assert line == asked
            await call.write(tell("Thanks for that, I think.", turn=2))
            await until_done(call)
            assert server.fakes.dialogue.prompts[-1][1:3] == [("user", asked), ("assistant", "That is 21 silver.")]

    run(scenario())


@pytest.mark.parametrize("before", ["", f"{PRICE} "])
def test_a_wrong_sentence_is_written_again_from_where_it_begins(run: Run, before: str) -> None:
    async def scenario() -> None:
        async with talking() as (server, client, call):
            server.fakes.dialogue.scripts += [
                f"{before}An ale costs 9 silver. Or so.",
                " An ale costs 2 silver. Cheap.",
            ]
            await call.write(tell("What do a room and an ale cost, please?", npc=mara()))
            events = await until_done(call)
            texts = [PRICE, "An ale costs 2 silver.", "Cheap."] if before else ["An ale costs 2 silver.", "Cheap."]
            total = "A room for a night and an ale cost 9 silver together."  # what the model has left out
            assert said(events) == [*(("FREE", text) for text in texts), ("CALCULATION", total)]
            assert events[-1].done.text == " ".join([*texts, total])
            (trace,) = of(events, "trace")
            ((text, regenerated),) = [(one.text, one.regenerated) for one in trace.rejected]
            assert (text, regenerated) == ("An ale costs 9 silver.", True)
            assert "9" in trace.rejected[0].reason
            fakes = server.fakes.dialogue
            assert ["".join(words).strip() for words in fakes.again_after] == [before.strip()]
            first, second = fakes.samplings
            assert second.temperature > first.temperature
            assert second.max_new_tokens == first.max_new_tokens - len(before.split())
            stats = work_of(await client.stats(6)).npc
            assert (stats.rejected_count, stats.regenerated_count, stats.safe_line_count) == (1, 1, 0)

    run(scenario())


def test_one_that_is_wrong_twice_is_replaced_by_what_was_computed(run: Run) -> None:
    async def scenario() -> None:
        async with talking() as (server, _, call):
            server.fakes.dialogue.scripts += ["That is 20 silver.", "That is 22 silver."]
            await call.write(tell("What would three nights cost me?", npc=mara()))
            events = await until_done(call)
            assert said(events) == [("CALCULATION", "A room for 3 nights costs 21 silver.")]
            assert [one.regenerated for one in of(events, "trace")[0].rejected] == [True, False]
            assert events[-1].done.finish == D.TURN_FINISH_END

    run(scenario())


def test_one_that_is_wrong_twice_is_replaced_by_a_safe_line_where_nothing_is_known(run: Run) -> None:
    lines = [P.NpcLine(intent="unknown", examples=["what do you not know"], say=["Ask the priest, {player}."])]

    async def scenario() -> None:
        async with talking() as (server, client, call):
            server.fakes.dialogue.scripts += ["The king is Osric the Third.", "King Osric is 40 years old."]
            await call.write(tell("Who rules this land?", npc=mara(lines=lines), player=P.NpcPlayer(name="Alaric")))
            events = await until_done(call)
            assert said(events) == [("SAFE_LINE", "Ask the priest, Alaric.")]
            assert work_of(await client.stats(6)).npc.safe_line_count == 1

    run(scenario())


def test_nothing_of_a_rejected_sentence_is_sent(run: Run) -> None:
    async def scenario() -> None:
        async with talking() as (server, _, call):
            server.fakes.dialogue.scripts += ["An ale costs 9 silver.", "It costs 8 silver."]
            await call.write(tell("What does an ale cost?", npc=mara()))
            events = await until_done(call)
            sent = "".join(one.text for one in of(events, "token"))
            assert not set("89") & set(sent)
            assert sent == events[-1].done.text == "An ale costs 2 silver."

    run(scenario())


def test_a_model_that_turns_in_circles_is_stopped(run: Run) -> None:
    async def scenario() -> None:
        async with talking() as (server, _, call):
            server.fakes.dialogue.scripts.append("Come in. Come in. Come in. Come in. And never more.")
            await call.write(tell("Is it warm inside?", npc=mara()))
            events = await until_done(call)
            assert said(events) == [("FREE", "Come in.")]
            assert events[-1].done.finish == D.TURN_FINISH_END

    run(scenario())


def test_what_is_cut_off_within_a_sentence_is_not_said(run: Run) -> None:
    changes = D.SamplingChanges(max_new_tokens=9)

    async def scenario() -> None:
        async with talking() as (server, _, call):
            server.fakes.dialogue.scripts.append(f"{PRICE} And that is a very good price.")
            await call.write(tell("What does a room cost?", npc=mara(), sampling_changes=changes))
            events = await until_done(call)
            assert events[-1].done.text == PRICE
            assert events[-1].done.finish == D.TURN_FINISH_LENGTH

    run(scenario())


def test_an_authors_line_needs_no_model(run: Run) -> None:
    async def scenario() -> None:
        async with talking() as (server, client, call):
            await call.write(tell("Good evening to you!", npc=mara()))
            events = await until_done(call)
            assert said(events) == [("AUTHORED", "Come in, come in."), ("AUTHORED", "Mind the step.")]
            assert [list(one.trace.sources) for one in of(events, "sentence")] == [["lines[0]"]] * 2
            done = events[-1].done
            assert (done.text, done.prompt_tokens, done.timing.rung) == (GREETING, 0, "authored")
            assert server.fakes.dialogue.prompts == []
            (trace,) = of(events, "trace")
            assert (trace.intent, trace.similarity) == ("lines[0]", 1.0)
            await call.write(tell("What does a room cost?", turn=2))
            await until_done(call)
            history = server.fakes.dialogue.prompts[-1]
            assert history[1:3] == [("user", "Good evening to you!"), ("assistant", GREETING)]
            stats = work_of(await client.stats(6)).npc
            assert (stats.authored_count, stats.sentence_count >= 2) == (2, True)
            assert not (await client.stats(5)).work[3].HasField("npc")

    run(scenario())


def test_an_authors_line_is_said_however_busy_the_device_is(run: Run) -> None:
    async def scenario() -> None:
        async with talking() as (server, client, call):
            other = await client.open_dialogue()
            server.fakes.dialogue.pace.clear()
            for number in range(3):
                await other.write(tell("Is it warm?", conversation=f"c{number}", npc=mara()))
            await call.write(tell("hello", npc=mara()))
            assert said(await until_done(call)) == [("AUTHORED", "Come in, come in."), ("AUTHORED", "Mind the step.")]
            server.fakes.dialogue.pace.set()
            for _ in range(3):
                await until_done(other)

    run(scenario())


@pytest.mark.parametrize("text", ["Who brings the brandy in?", "Do the smugglers drink here?"])
def test_what_is_refused_is_refused(run: Run, text: str) -> None:
    async def scenario() -> None:
        async with talking() as (server, _, call):
            await call.write(tell(text, npc=mara()))
            events = await until_done(call)
            assert said(events) == [("REFUSAL", "I talk about fish.")]
            assert server.fakes.dialogue.prompts == []

    run(scenario())


def test_lore_and_memories_that_fit_are_told(run: Run) -> None:
    memories = ["Alaric paid for a round in spring.", "Alaric's horse is lame"]

    async def scenario() -> None:
        async with talking() as (server, _, call):
            for turn, (text, source) in enumerate(
                (("Tell me about the flood.", "lore[0]"), ("How is my lame horse?", "memory[1]"), ("Well?", "")), 1
            ):
                await call.write(tell(text, turn=turn, npc=mara(), memories=memories))
                (trace,) = of(await until_done(call), "trace")
                assert [one.source for one in trace.known] == ([source] if source else [])
                line = server.fakes.dialogue.prompts[-1][-1][1]
                assert line.startswith("(You also know: ") == bool(source)

    run(scenario())


def test_a_player_who_cuts_in_leaves_what_was_released(run: Run) -> None:
    async def scenario() -> None:
        async with talking() as (server, _, call):
            server.fakes.dialogue.scripts.append(f"{PRICE} And more of it here and now.")
            server.fakes.dialogue.company = 9  # no word but the first, for now
            await call.write(tell("What does a room cost?", npc=mara()))
            assert (await read(call)).WhichOneof("event") == "started"
            await call.write(D.ConverseRequest(interrupt=D.ConverseInterrupt(conversation_id="inn", turn_id=1)))
            done = (await until_done(call))[-1].done
            assert (done.finish, done.text) == (D.TURN_FINISH_INTERRUPTED, "")
            server.fakes.dialogue.joined.set()
            await call.write(tell("And now?", turn=2))
            assert (await until_done(call))[-1].done.finish == D.TURN_FINISH_END
            history: list[Any] = server.fakes.dialogue.prompts[-1]
            assert [text.splitlines()[-1] for _, text in history[1:]] == ["What does a room cost?", "And now?"]

    run(scenario())


@pytest.mark.parametrize(
    ("config", "name"),
    [
        ({}, "shipped"),
        ({"dialogue_adapters": ("npc=/",), "dialogue_npc_adapter": "npc"}, "npc"),
        ({"dialogue_npc_adapter": "none"}, None),
    ],
)
def test_the_adapter_of_npcs_is_used_for_them_alone(run: Run, config: dict[str, Any], name: str | None) -> None:
    async def scenario() -> None:
        async with talking(**config) as (server, _, call):
            await call.write(tell("What does a room cost?", npc=mara()))
            await until_done(call)
            await call.write(say("What does a room cost?"))
            await until_done(call)
            assert server.fakes.dialogue.adapters == [name, None]
            assert [one.repetition_penalty for one in server.fakes.dialogue.samplings] == [1.0 if name else 1.1, 1.1]

    run(scenario())
