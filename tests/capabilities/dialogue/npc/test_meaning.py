"""Vectors of what is said and known: asked of the embedding model where there is one, and used in place of words."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import numpy as np

from bridge.capabilities.dialogue.npc.loaded import LoadedNpc
from bridge.capabilities.dialogue.npc.meaning import MODEL, Meaning
from bridge.capabilities.dialogue.npc.message import npc_of
from bridge.capabilities.dialogue.npc.plan import FREE, REFUSAL, Asked, plan_of
from bridge.device.roster import ModelState
from bridge.policy.work import NEVER, Ending, Job, Outcome, Owner
from tests.capabilities.dialogue.npc.scenes import mara

PLAYER = Owner("address", "session")
TOPICS = (("brandy", "smugglers", "contraband"), ("sea", "flood", "deluge"), ("hello", "evening", "greetings"))


def vector(text: str) -> Any:
    """A direction for each topic, and one for none."""
    found = [float(any(word in text.lower() for word in topic)) for topic in TOPICS]
    return np.array([*found, float(not any(found))], np.float32)


class Engine:
    """Answers as the device does: later, and by its listener; `fails` after so many texts."""

    def __init__(self, fails: int = 10**6) -> None:
        self.jobs: list[Job] = []
        self.fails = fails

    def next_id(self) -> int:
        return len(self.jobs) + 1

    def submit(self, job: Job, listener: Any) -> None:
        self.jobs.append(job)
        failed = len(self.jobs) > self.fails
        text = job.rungs[0].input.text
        outcome = Outcome(job, Ending.FAILED if failed else Ending.ANSWERED, 0.0, None if failed else vector(text))
        asyncio.get_running_loop().call_soon(listener, outcome)

    def cancel(self, job: Job) -> None: ...


def meaning(engine: Engine, state: ModelState | None = ModelState.READY) -> Meaning:
    program = SimpleNamespace(text=lambda text: SimpleNamespace(lane="embedding.16", text=text))
    standings = {} if state is None else {MODEL: SimpleNamespace(state=state)}
    roster: Any = SimpleNamespace(standings=standings, program=lambda name: program)
    return Meaning(engine, roster, ThreadPoolExecutor(1))  # type: ignore[arg-type]


def embedded(loaded: LoadedNpc) -> LoadedNpc:
    loaded.take(np.stack([vector(text) for text in loaded.texts]))
    return loaded


def test_a_line_has_a_vector_where_there_is_a_model() -> None:
    async def scenario() -> None:
        engine = Engine()
        found = await meaning(engine).of_line("Any contraband?", PLAYER)
        assert found is not None
        assert found.tolist() == [1, 0, 0, 0]
        (job,) = engine.jobs
        assert (job.work, job.soft, job.background, job.owner) == (MODEL, True, False, PLAYER)
        assert job.deadline < NEVER
        for state in (None, ModelState.LOADING, ModelState.FAILED):
            assert await meaning(Engine(), state).of_line("Any contraband?", PLAYER) is None
        assert await meaning(Engine(fails=0)).of_line("Any contraband?", PLAYER) is None

    asyncio.run(scenario())


def test_what_an_npc_knows_is_embedded_once_and_in_the_background() -> None:
    async def scenario() -> None:
        engine, loaded = Engine(), LoadedNpc(npc_of(mara()), 1024)
        asks = meaning(engine)
        for _ in range(3):
            asks.prepare(loaded)
        while asks.embedding:
            await asyncio.gather(*asks.embedding)
        asks.prepare(loaded)
        assert [job.rungs[0].input.text for job in engine.jobs] == list(loaded.texts)
        assert all(job.background and job.deadline == NEVER for job in engine.jobs)
        assert loaded.example_vectors is not None
        assert loaded.passage_vectors is not None
        assert (len(loaded.example_vectors), len(loaded.passage_vectors)) == (
            len(loaded.examples),
            len(loaded.passages),
        )

    asyncio.run(scenario())


def test_a_model_that_fails_leaves_the_words() -> None:
    async def scenario() -> None:
        loaded, asks = LoadedNpc(npc_of(mara()), 1024), meaning(Engine(fails=2))
        asks.prepare(loaded)
        while asks.embedding:
            await asyncio.gather(*asks.embedding)
        assert loaded.example_vectors is None
        assert plan_of(loaded, Asked("Who brings the brandy in?", 1, vector=vector("brandy"))).stage == REFUSAL

    asyncio.run(scenario())


def test_vectors_find_what_shares_no_word() -> None:
    loaded = LoadedNpc(npc_of(mara()), 1024)
    for text in ("Any contraband about?", "That deluge, was it bad?"):
        by_words = plan_of(loaded, Asked(text, 1, vector=vector(text)))
        assert (by_words.stage, by_words.told) == (FREE, [])
    embedded(loaded)
    for text, stage, told in (("Any contraband about?", REFUSAL, []), ("That deluge, was it bad?", FREE, ["lore[0]"])):
        found = plan_of(loaded, Asked(text, 1, vector=vector(text)))
        assert (found.stage, [one.fact.source for one in found.told]) == (stage, told)
