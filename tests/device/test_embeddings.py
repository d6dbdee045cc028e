"""Vectors of texts, asked of the real model on a real device thread: alone, at once, late, kept, and while it goes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
import pytest
import torch

from bridge.device.embeddings import AT_ONCE, Embeddings
from bridge.errors import ModelFailed, ModelNotReady, Overloaded, ShuttingDown
from bridge.policy.work import Owner
from models.embedding.embedding_program import EmbeddingProgram
from tests.device.programs import Doubler
from tests.device.rig import Rig, until

PLAYER, NPCS = Owner("address", "session"), Owner("npcs", "npcs")
LINES = ("How much is a room?", "What do you charge for a bed?", "Who is your brother?")


class Counted(EmbeddingProgram):
    """The real model, with two lanes that are quickly warm; counts the rows that it runs."""

    rows = 0
    broken = False

    def start(self, lane: str, inputs: Any) -> Any:
        Counted.rows += len(inputs)
        if Counted.broken:
            raise RuntimeError("asked to")
        return super().start(lane, inputs)


@pytest.fixture(scope="module")
def model() -> EmbeddingProgram:
    program = Counted.load(torch.device("cpu"))
    program.lanes = program.lanes[:2]
    return program


@asynccontextmanager
async def served(model: EmbeddingProgram, **more: Any) -> AsyncIterator[tuple[Rig, Embeddings, Doubler]]:
    """An engine with the model and one that may hold the device."""
    blocker = Doubler()
    async with Rig(model, blocker) as rig:  # type: ignore[arg-type]
        Counted.rows, Counted.broken = 0, False
        yield rig, Embeddings(rig.engine, rig.roster, **more), blocker


async def block(rig: Rig, blocker: Doubler) -> "asyncio.Task[Any]":
    """Hold the device until the blocker's gate opens."""
    blocker.gate.clear()
    before = blocker.steps
    held = asyncio.create_task(rig.ask(rig.job("hang", budget=60)))
    await until(lambda: blocker.steps > before + 1)
    return held


def test_texts_become_vectors_in_their_order(model: EmbeddingProgram) -> None:
    async def main() -> None:
        async with served(model) as (_, embeddings, _):
            ran: list[int] = []
            found = await embeddings.vectors([*LINES, LINES[0]], PLAYER, 20.0, lambda rows, seconds: ran.append(rows))
            assert (found.shape, found.dtype) == ((4, 384), np.float32)
            np.testing.assert_array_equal(found[0], found[3])
            assert found[0] @ found[1] > found[0] @ found[2] + 0.2
            assert Counted.rows == 3, "a text that is given twice runs once"
            assert sum(1 for _ in ran) == 3
            assert (await embeddings.vectors([], PLAYER)).shape[0] == 0

    asyncio.run(main())


def test_a_text_that_was_asked_lately_is_kept_and_the_oldest_is_not(model: EmbeddingProgram) -> None:
    async def main() -> None:
        async with served(model, most_kept=2) as (_, embeddings, _):
            first = await embeddings.vectors(LINES[:2], PLAYER, 20.0)
            again = await embeddings.vectors(LINES[:1], PLAYER, 20.0)
            np.testing.assert_array_equal(again[0], first[0])
            assert Counted.rows == 2
            await embeddings.vectors(LINES[2:], PLAYER, 20.0)  # in place of the second, which was asked for before
            await embeddings.vectors(LINES[:1], PLAYER, 20.0)
            assert Counted.rows == 3
            await embeddings.vectors(LINES[1:2], PLAYER, 20.0)
            assert Counted.rows == 4

    asyncio.run(main())


def test_what_cannot_be_in_time_is_refused_before_it_runs(model: EmbeddingProgram) -> None:
    async def main() -> None:
        async with served(model) as (rig, embeddings, _):
            with pytest.raises(Overloaded, match="cannot be compared in time") as refused:
                await embeddings.vectors(LINES[:1], PLAYER, -1.0)
            assert refused.value.retry_after is not None
            assert Counted.rows == 0
            await until(lambda: rig.engine.open_jobs == 0)

    asyncio.run(main())


def test_what_is_late_is_given_up_while_the_device_is_held(model: EmbeddingProgram) -> None:
    async def main() -> None:
        async with served(model) as (rig, embeddings, blocker):
            held = await block(rig, blocker)
            with pytest.raises(Overloaded, match="in time"):
                await embeddings.vectors(LINES, PLAYER, 0.2)
            assert Counted.rows == 0
            blocker.gate.set()
            await held
            assert (await embeddings.vectors(LINES, PLAYER, 20.0)).shape == (3, 384)

    asyncio.run(main())


def test_many_texts_without_a_deadline_share_runs_and_are_never_many_jobs(model: EmbeddingProgram) -> None:
    async def main() -> None:
        async with served(model) as (rig, embeddings, blocker):
            held = await block(rig, blocker)
            texts = [f"the {number} of them" for number in range(AT_ONCE + 5)]
            ran: list[int] = []
            asked = asyncio.create_task(embeddings.vectors(texts, NPCS, ran=lambda rows, seconds: ran.append(rows)))
            await until(lambda: rig.engine.open_jobs == 1 + AT_ONCE)
            blocker.gate.set()
            assert (await asked).shape == (len(texts), 384)
            assert max(ran) == 16
            assert rig.engine.open_jobs == 0
            await held

    asyncio.run(main())


def test_whoever_gives_up_leaves_no_work(model: EmbeddingProgram) -> None:
    async def main() -> None:
        async with served(model) as (rig, embeddings, blocker):
            held = await block(rig, blocker)
            asked = asyncio.create_task(embeddings.vectors(LINES, NPCS))
            await until(lambda: rig.engine.open_jobs == 4)
            asked.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asked
            blocker.gate.set()
            await held
            await until(lambda: rig.engine.open_jobs == 0)
            assert Counted.rows == 0

    asyncio.run(main())


def test_a_model_that_fails_is_told(model: EmbeddingProgram) -> None:
    async def main() -> None:
        async with served(model) as (_, embeddings, _):
            Counted.broken = True
            with pytest.raises(ModelFailed, match="failed on a text"):
                await embeddings.vectors(LINES[:1], PLAYER, 20.0)
            Counted.broken = False
            assert (await embeddings.vectors(LINES[:1], PLAYER, 20.0)).shape == (1, 384)

    asyncio.run(main())


def test_a_server_that_stops_says_so(model: EmbeddingProgram) -> None:
    async def main() -> None:
        async with served(model) as (rig, embeddings, blocker):
            held = await block(rig, blocker)
            asked = asyncio.create_task(embeddings.vectors(LINES, NPCS))
            await until(lambda: rig.engine.open_jobs == 4)
            stopping = asyncio.create_task(rig.engine.stop())
            with pytest.raises(ShuttingDown):
                await asked
            blocker.gate.set()
            await asyncio.gather(held, stopping)

    asyncio.run(main())


def test_a_model_that_is_unloaded_is_not_asked_and_leaves_nothing() -> None:
    async def main() -> None:
        own = Counted.load(torch.device("cpu"))
        own.lanes = own.lanes[:1]
        async with served(own) as (rig, embeddings, _):
            await embeddings.vectors(["hello"], PLAYER, 20.0)
            assert embeddings.available
            await rig.roster.unload("embedding")
            assert not embeddings.available
            with pytest.raises(ModelNotReady, match="not loaded"):
                await embeddings.vectors(["hello"], PLAYER, 20.0)

    asyncio.run(main())
