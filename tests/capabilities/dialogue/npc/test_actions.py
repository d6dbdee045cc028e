"""Actions of NPCs over the wire: who may have them, with which arguments, and what becomes of the result."""

import json
from typing import Any

import pytest

from tests.capabilities.dialogue.npc.scenes import P, action, mara, of, result, said, talking, tell, until, work_of
from tests.conftest import Run
from tests.serving.client import D, read, until_done

NIGHTS = json.dumps(
    {
        "type": "object",
        "properties": {"nights": {"type": "integer", "minimum": 1, "maximum": 14}},
        "required": ["nights"],
    }
)
SELL = json.dumps(
    {
        "type": "object",
        "properties": {"item": {"type": "string"}, "count": {"type": "integer", "minimum": 1}},
        "required": ["item"],
    }
)


def keys(**fields: Any) -> Any:
    return mara(actions=[action(parameters_json=NIGHTS, **fields)])


def test_what_the_game_answers_is_known_for_the_rest_of_the_turn(run: Run) -> None:
    async def scenario() -> None:
        async with talking() as (server, client, call):
            server.fakes.dialogue.scripts.append("Room 5 is yours.")
            await call.write(tell("Give me the key to a room for three nights.", npc=keys()))
            called = await until(call, "action")
            assert (called.name, json.loads(called.arguments_json)) == ("hand_over_key", {"nights": 3})
            assert called.timeout_micros == 5_000_000
            assert server.fakes.dialogue.prompts == []  # nobody has to choose, and nothing is said before
            await call.write(result(called.call_id, result_json='{"room": 5}'))
            events = await until_done(call)
            assert said(events) == [("FREE", "Room 5 is yours.")]
            assert "(You also know: Hand over key: room 5.)" in server.fakes.dialogue.prompts[-1][-1][1]
            (trace,) = of(events, "trace")
            assert (trace.intent, trace.known[0].source) == ("actions[0]", "action:hand_over_key")
            assert work_of(await client.stats(6)).npc.action_count == 1

    run(scenario())


@pytest.mark.parametrize(
    ("answer", "known"),
    [
        ({"result_json": '"The key to room 2 hangs on the hook."'}, "The key to room 2 hangs on the hook."),
        ({"result_json": "null"}, "Hand over key is done."),
        ({"error": "All keys are out"}, "All keys are out."),
        ({}, "Hand over key could not be done."),
    ],
)
def test_every_kind_of_answer_becomes_a_sentence(run: Run, answer: dict[str, str], known: str) -> None:
    async def scenario() -> None:
        async with talking() as (_, _, call):
            await call.write(tell("Give me the key to a room for a night.", npc=keys()))
            called = await until(call, "action")
            await call.write(result(called.call_id, **answer))
            (trace,) = of(await until_done(call), "trace")
            assert trace.known[0].text == known

    run(scenario())


def test_an_authors_line_follows_an_action_that_was_done(run: Run) -> None:
    lines = [P.NpcLine(intent="hand_over_key", examples=["the key"], say=["There you are, {player}."])]
    npc = mara(actions=[action(parameters_json=NIGHTS)], lines=lines)

    async def scenario() -> None:
        async with talking() as (server, _, call):
            for turn, answer in enumerate(({"result_json": "{}"}, {"error": "It is lost."}), 1):
                await call.write(
                    tell("Give me the key to a room for a night.", turn, npc=npc, player=P.NpcPlayer(name="Joan"))
                )
                called = await until(call, "action")
                await call.write(result(called.call_id, **answer))
                events = await until_done(call)
                if turn == 1:
                    assert said(events) == [("AUTHORED", "There you are, Joan.")]
                    assert list(of(events, "sentence")[0].trace.sources) == ["lines[0]", "action:hand_over_key"]
            assert len(server.fakes.dialogue.prompts) == 1

    run(scenario())


@pytest.mark.parametrize(("roles", "allowed"), [(["guard", "friend"], True), (["guard"], False), ([], False)])
def test_who_has_no_role_for_it_does_not_get_it(run: Run, roles: list[str], allowed: bool) -> None:
    async def scenario() -> None:
        async with talking() as (_, _, call):
            player = P.NpcPlayer(name="friend", roles=roles)
            text = "I am a friend. Give me the key to a room for a night."
            await call.write(tell(text, npc=keys(who=["friend"]), player=player))
            if allowed:
                await call.write(result((await until(call, "action")).call_id, result_json="{}"))
            assert of(await until_done(call), "action") == []

    run(scenario())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Give me the key to a room for 20 nights.", "Nights can be 1 to 14."),
        ("Sell me an eel pie.", "Eel pies are sold out."),
        ("Sell me five rooms.", "There are only 3 rooms free."),
    ],
)
def test_what_the_facts_are_against_is_not_called_but_told(run: Run, text: str, told: str) -> None:
    sell = action("sell", description="Sells something.", examples=["sell me an ale", "sell me"], parameters_json=SELL)
    npc = mara(actions=[action(parameters_json=NIGHTS), sell])

    async def scenario() -> None:
        async with talking() as (_, _, call):
            await call.write(tell(text, npc=npc))
            events = await until_done(call)
            assert of(events, "action") == []
            assert of(events, "trace")[0].known[0].text == told

    run(scenario())


def test_where_several_arguments_fit_the_model_chooses_under_a_grammar(run: Run) -> None:
    schema = {"type": "object", "properties": {"drink": {"type": "string", "enum": ["ale", "dark ale"]}}}
    pour = action(
        "pour", description="Pours a drink.", examples=["pour me a drink"], parameters_json=json.dumps(schema)
    )

    async def scenario() -> None:
        async with talking() as (server, _, call):
            server.fakes.dialogue.scripts += ['{"drink": "dark ale"}', "Here you are."]
            await call.write(tell("Pour me a dark ale, a drink.", npc=mara(actions=[pour])))
            called = await until(call, "action")
            assert json.loads(called.arguments_json) == {"drink": "dark ale"}
            grammar = json.loads(server.fakes.dialogue.samplings[0].grammar.text)
            assert grammar["properties"]["drink"]["enum"] == ["ale", "dark ale"]
            await call.write(result(called.call_id, result_json="{}"))
            assert said(await until_done(call)) == [("FREE", "Here you are.")]

    run(scenario())


@pytest.mark.parametrize("chosen", ['{"drink": "wine"}', "wine", '{"drink": 1}', ""])
def test_a_choice_that_does_not_fit_calls_nothing(run: Run, chosen: str) -> None:
    schema = {"type": "object", "properties": {"drink": {"type": "string", "enum": ["ale", "dark ale"]}}}
    pour = action(
        "pour", description="Pours a drink.", examples=["pour me a drink"], parameters_json=json.dumps(schema)
    )

    async def scenario() -> None:
        async with talking() as (server, _, call):
            server.fakes.dialogue.scripts += [chosen or " ", "Which one?"]
            await call.write(tell("Pour me a dark ale, a drink.", npc=mara(actions=[pour])))
            events = await until_done(call)
            assert of(events, "action") == []
            assert said(events)[-1] == ("FREE", "Which one?")

    run(scenario())


def test_a_game_that_does_not_answer_is_waited_for_no_longer_than_it_may_take(run: Run) -> None:
    async def scenario() -> None:
        async with talking() as (_, client, call):
            await call.write(tell("Give me the key to a room for a night.", npc=keys(timeout_micros=50_000)))
            called = await until(call, "action")
            ended = await until(call, "action_ended")
            assert (ended.call_id, ended.ending) == (called.call_id, P.ACTION_ENDING_TIMEOUT)
            await call.write(result(called.call_id, result_json="{}"))  # too late
            events = await until_done(call)
            assert of(events, "trace")[0].known[0].text == "Hand over key could not be done."
            assert work_of(await client.stats(6)).npc.action_timeout_count == 1

    run(scenario())


def test_a_player_who_cuts_in_ends_the_call(run: Run) -> None:
    async def scenario() -> None:
        async with talking() as (_, _, call):
            await call.write(tell("Give me the key to a room for a night.", npc=keys()))
            called = await until(call, "action")
            await call.write(tell("hello", 2))
            events = await until_done(call, 2)
            assert [(one.call_id, one.ending) for one in of(events, "action_ended")] == [
                (called.call_id, P.ACTION_ENDING_INTERRUPTED)
            ]
            first, second = of(events, "done")
            assert (first.finish, second.finish) == (D.TURN_FINISH_INTERRUPTED, D.TURN_FINISH_END)
            await call.write(result(called.call_id, result_json="{}"))
            await call.write(tell("hello", 3))
            assert (await until_done(call, 3))[-1].done.finish == D.TURN_FINISH_END

    run(scenario())


@pytest.mark.parametrize("policy", ["QUEUE", "REPLACE", "DROP"])
def test_an_npc_does_one_thing_at_a_time_for_all_players(run: Run, policy: str) -> None:
    npc = keys(policy=P.NpcActionPolicy.Value(f"NPC_ACTION_POLICY_{policy}"))

    async def scenario() -> None:
        async with talking() as (_, _, call):
            text = "Give me the key to a room for a night."
            await call.write(tell(text, conversation="a", npc=npc))
            first = await until(call, "action")
            await call.write(tell(text, conversation="b", npc=npc))
            if policy == "DROP":
                events = await until_done(call)
                assert {event.conversation_id for event in events} == {"b"}
                assert of(events, "action") == []
                await call.write(result(first.call_id, "a", result_json="{}"))
                await until_done(call)
                return
            if policy == "REPLACE":
                ended = await until(call, "action_ended")
                assert (ended.call_id, ended.ending) == (first.call_id, P.ACTION_ENDING_REPLACED)
            else:
                await call.write(result(first.call_id, "a", result_json="{}"))
            second: Any = None
            done = 0
            while second is None or done < 2:
                event = await read(call)
                kind = event.WhichOneof("event")
                done += kind == "done"
                if kind == "action":
                    second = event.action
                    assert event.conversation_id == "b"
                    await call.write(result(second.call_id, "b", result_json="{}"))

    run(scenario())


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        ({"result_json": "{"}, "result_json is not JSON"),
        ({"result_json": "[" * 4000}, "result_json is not JSON"),
        ({"result_json": f'"{"x" * 5000}"'}, "the result has 5,002 bytes; send at most 4,096"),
        ({"error": "x" * 5000}, "the result has 5,000 bytes; send at most 4,096"),
    ],
)
def test_an_answer_that_cannot_be_used_is_told_and_the_call_has_failed(
    run: Run, answer: dict[str, str], wrong: str
) -> None:
    async def scenario() -> None:
        async with talking() as (_, _, call):
            await call.write(tell("Give me the key to a room for a night.", npc=keys()))
            called = await until(call, "action")
            await call.write(result(called.call_id, **answer))
            first, *rest = [*(await until_done(call)), *(await until_done(call))]
            dones = [event for event in (first, *rest) if event.WhichOneof("event") == "done"]
            assert wrong in next(event.done.outcome.error.message for event in dones if event.turn_id == 0)
            assert of([first, *rest], "trace")[0].known[0].text == "Hand over key could not be done."

    run(scenario())


def test_another_conversation_does_not_answer_a_call(run: Run) -> None:
    async def scenario() -> None:
        async with talking() as (_, _, call):
            await call.write(tell("Give me the key to a room for a night.", npc=keys()))
            called = await until(call, "action")
            await call.write(result(called.call_id, "elsewhere", result_json='"It was stolen."'))
            await call.write(result(called.call_id, result_json='"It hangs on the hook."'))
            (trace,) = of(await until_done(call), "trace")
            assert trace.known[0].text == "It hangs on the hook."

    run(scenario())


def test_a_result_for_a_call_that_nobody_made_is_ignored(run: Run) -> None:
    async def scenario() -> None:
        async with talking() as (_, _, call):
            await call.write(result("c99", result_json="{}"))
            await call.write(tell("hello", npc=mara()))
            assert (await until_done(call))[-1].done.finish == D.TURN_FINISH_END

    run(scenario())
