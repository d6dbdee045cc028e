"""The operator's moderation of talk with NPCs, over the wire: marked, held, counted, written down, and slowed down."""

import json
from pathlib import Path

import pytest

from bridge.v1 import error_pb2
from tests.capabilities.dialogue.npc.scenes import P, mara, of, said, talking, tell, work_of
from tests.conftest import Run
from tests.serving.client import until_done

HELD, MARKED = "Go kill yourself.", "Fuck you."


def test_what_is_held_reaches_neither_model_nor_history(run: Run, tmp_path: Path) -> None:
    audit = tmp_path / "audit.jsonl"

    async def scenario() -> None:
        async with talking(moderation_audit=audit) as (server, client, call):
            await call.write(tell(HELD, npc=mara(), player=P.NpcPlayer(name="Joan")))
            events = await until_done(call)
            assert [stage for stage, _ in said(events)] == ["MODERATION"]
            assert events[-1].done.moderation.outcome == P.MODERATION_OUTCOME_HOLD
            assert "self_harm" in events[-1].done.moderation.reasons
            assert server.fakes.dialogue.prompts == []
            assert work_of(await client.stats(6)).npc.held_input_count == 1
            await call.write(tell("Is it warm?", 2))
            await until_done(call, 2)
            assert not [text for _, text in server.fakes.dialogue.prompts[-1] if "kill" in text]

    run(scenario())
    (line,) = map(json.loads, audit.read_text().splitlines())
    assert (line["player"], line["speaker"], line["outcome"]) == ("Joan", "player", "hold")
    assert "kill" not in audit.read_text()


def test_what_is_marked_goes_on(run: Run) -> None:
    async def scenario() -> None:
        async with talking() as (server, client, call):
            await call.write(tell(MARKED, npc=mara()))
            events = await until_done(call)
            assert events[-1].done.moderation.outcome == P.MODERATION_OUTCOME_MARK
            assert len(server.fakes.dialogue.prompts) == 1
            assert work_of(await client.stats(6)).npc.marked_input_count == 1
            await call.write(tell("Is it warm?", 2))
            assert not (await until_done(call, 2))[-1].done.HasField("moderation")

    run(scenario())


@pytest.mark.parametrize("judged", [False, True])
def test_what_npcs_say_is_judged_if_the_operator_wants_it(run: Run, judged: bool) -> None:
    async def scenario() -> None:
        async with talking(moderation_output=judged) as (server, client, call):
            server.fakes.dialogue.scripts += ["You should kill yourself.", "Come in and sit down."]
            await call.write(tell("Is it warm?", npc=mara()))
            events = await until_done(call)
            stats = work_of(await client.stats(6)).npc
            held = [one.text for one in of(events, "trace")[0].rejected if one.reason.startswith("moderation")]
            assert (held, stats.held_output_count) == ((["You should kill yourself."], 1) if judged else ([], 0))
            if judged:
                assert "kill" not in events[-1].done.text

    run(scenario())


def test_a_player_who_says_too_much_waits_and_others_do_not(run: Run) -> None:
    async def scenario() -> None:
        async with talking(moderation_lines_per_minute=1.0, moderation_burst=2) as (_, _, call):
            joan, wilma = P.NpcPlayer(name="Joan"), P.NpcPlayer(name="Wilma")
            for turn in (1, 2):
                await call.write(tell("hello", turn, npc=mara(), player=joan))
                assert said(await until_done(call))[0][0] == "AUTHORED"
            await call.write(tell("hello", 3, npc=mara(), player=joan))
            outcome = (await until_done(call))[-1].done.outcome
            assert outcome.disposition == error_pb2.DISPOSITION_REFUSED
            assert outcome.error.retry_after_micros > 30_000_000
            await call.write(tell("hello", 3, npc=mara(), player=wilma))
            assert said(await until_done(call))[0][0] == "AUTHORED"

    run(scenario())
