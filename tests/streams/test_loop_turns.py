"""Whose parts of bundles are heard in which turn of the loop."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from bridge.streams.loop_turns import PARTS_A_TURN, LoopTurns


def played(play: Callable[[LoopTurns, list[str]], Coroutine[Any, Any, None]]) -> list[str]:
    """Who was heard, in order; "|" is where a turn of the loop ends."""
    heard: list[str] = []

    async def scenario() -> None:
        loop, over = asyncio.get_running_loop(), False

        def end_turn() -> None:
            heard.append("|")
            if not over:
                loop.call_soon(end_turn)

        loop.call_soon(end_turn)
        await play(LoopTurns(), heard)
        over = True

    asyncio.run(scenario())
    return heard


async def bundle(turns: LoopTurns, heard: list[str], identity: str, parts: int) -> None:
    while parts:
        granted = await turns.wait(identity, parts)
        heard += [identity] * granted
        parts -= granted


def shares(heard: list[str]) -> list[str]:
    return [turn for turn in "".join(heard).split("|") if turn]


def test_a_game_frame_is_heard_in_one_turn() -> None:
    heard = played(lambda turns, heard: bundle(turns, heard, "a", PARTS_A_TURN))
    assert shares(heard) == ["a" * PARTS_A_TURN]


def test_a_large_bundle_is_heard_over_several_turns_and_the_others_in_between() -> None:
    async def play(turns: LoopTurns, heard: list[str]) -> None:
        large = asyncio.create_task(bundle(turns, heard, "a", 64))
        for _ in range(3):
            await bundle(turns, heard, "b", 2)
            await asyncio.sleep(0)
        await large

    heard = shares(played(play))
    assert "".join(heard).count("a") == 64
    assert max(turn.count("a") for turn in heard) == PARTS_A_TURN
    assert "".join(heard).rindex("b") < 2 * PARTS_A_TURN + 6, "they have waited for nothing"


def test_the_streams_of_an_identity_share_its_part_of_a_turn() -> None:
    async def play(turns: LoopTurns, heard: list[str]) -> None:
        await asyncio.gather(*(bundle(turns, heard, "a", 20) for _ in range(4)))

    heard = shares(played(play))
    assert "".join(heard).count("a") == 80
    assert {turn.count("a") for turn in heard} == {PARTS_A_TURN}
