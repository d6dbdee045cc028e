"""Vectors of what is said and known: asked of the embedding model where there is one, and used in place of words."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from bridge.capabilities.dialogue.npc import meaning as by_meaning
from bridge.capabilities.dialogue.npc.loaded import LoadedNpc
from bridge.capabilities.dialogue.npc.meaning import Meaning
from bridge.capabilities.dialogue.npc.message import npc_of
from bridge.capabilities.dialogue.npc.npcs import Npcs
from bridge.capabilities.dialogue.npc.plan import AUTHORED, FREE, REFUSAL, Asked, plan_of
from bridge.device.embeddings import MODEL, Embeddings
from bridge.device.roster import ModelState
from bridge.policy.work import NEVER, Ending, Job, Outcome, Owner
from models.npc.replies.intents import Kind
from tests.capabilities.dialogue.npc.scenes import action, mara, of, said, talking, tell
from tests.capabilities.dialogue.npc.test_bad_input import FILE
from tests.conftest import Run
from tests.serving.client import until_done

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
    roster: Any = SimpleNamespace(standings=standings, program=lambda name: program, on_unload=[])
    return Meaning(Embeddings(engine, roster))  # type: ignore[arg-type]


def embedded(loaded: LoadedNpc) -> LoadedNpc:
    loaded.take(np.stack([vector(text) for text in loaded.texts]))
    return loaded


def test_a_line_has_a_vector_where_there_is_a_model() -> None:
    async def scenario() -> None:
        engine = Engine()
        found = await meaning(engine).of_line(["Any contraband?"], PLAYER)
        assert found is not None
        assert found.tolist() == [[1, 0, 0, 0]]
        (job,) = engine.jobs
        assert (job.work, job.hard, job.background, job.owner) == (MODEL, True, False, PLAYER)
        assert job.deadline < NEVER
        for state in (None, ModelState.LOADING, ModelState.FAILED):
            assert await meaning(Engine(), state).of_line(["Any contraband?"], PLAYER) is None
        assert await meaning(Engine(fails=0)).of_line(["Any contraband?"], PLAYER) is None

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
        assert loaded.told_vectors is not None
        vectors = (loaded.example_vectors, loaded.passage_vectors, loaded.told_vectors)
        assert [*map(len, vectors)] == [len(loaded.examples), len(loaded.passages), len(loaded.told)]

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


def test_lore_is_told_unless_a_fact_of_the_prompt_is_nearer() -> None:
    loaded = embedded(LoadedNpc(npc_of(mara()), 1024))
    assert loaded.told_vectors is not None
    said = Asked("That deluge, was it bad?", 1, vector=vector("deluge"))
    assert [one.fact.source for one in plan_of(loaded, said).told] == ["lore[0]"]
    loaded.told_vectors[0] = vector("deluge")
    assert [one for one in plan_of(loaded, said).told if one.fact.source.startswith("lore[")] == []


def test_memories_are_compared_by_vectors_once_they_have_some() -> None:
    memories = ("You asked for smugglers.", "You greeted her kindly, that evening.")
    loaded = LoadedNpc(npc_of(mara()), 1024)

    async def scenario() -> None:
        engine = Engine()
        asks = meaning(engine)
        assert asks.of_memories(memories, PLAYER) is None
        asks.of_memories(memories, PLAYER)
        while asks.embedding:
            await asyncio.gather(*asks.embedding)
        assert [job.rungs[0].input.text for job in engine.jobs] == list(memories), "once, though asked for twice"
        assert all(job.background and job.owner == PLAYER for job in engine.jobs)
        found = asks.of_memories(memories, PLAYER)
        assert found is not None
        said = Asked("Any contraband?", 1, memories=memories, vector=vector("contraband"))
        assert plan_of(loaded, said).told == []
        told = plan_of(loaded, replace(said, memory_vectors=found)).told
        assert [(one.fact.source, one.similarity) for one in told] == [("memory[0]", 1.0)]
        assert asks.of_memories((), PLAYER) is None
        assert meaning(Engine(), None).of_memories(memories, PLAYER) is None

    asyncio.run(scenario())


def test_memories_that_cannot_be_embedded_leave_the_words() -> None:
    async def scenario() -> None:
        asks = meaning(Engine(fails=0))
        for _ in range(2):
            assert asks.of_memories(("You asked for smugglers.",), PLAYER) is None
            while asks.embedding:
                await asyncio.gather(*asks.embedding)

    asyncio.run(scenario())


def test_words_in_common_count_only_where_the_meaning_agrees() -> None:
    loaded = embedded(LoadedNpc(npc_of(mara()), 1024))
    assert loaded.example_vectors is not None
    said = Asked("A good evening to you then", 1, vector=np.array([0.6, 0, 0, 0.8], np.float32))
    for direction, stage in (([1.0, 0, 0, 0], AUTHORED), ([0, 1.0, 0, 0], FREE)):
        loaded.example_vectors[:] = direction
        loaded.example_vectors[:, 1] += 0.01
        assert plan_of(loaded, said).stage == stage


def test_what_is_no_request_calls_nothing_however_near_it_is() -> None:
    loaded = LoadedNpc(npc_of(mara(actions=[action()])), 1024)
    embedded(loaded)
    assert loaded.example_vectors is not None
    for example, row in zip(loaded.examples, loaded.example_vectors, strict=True):
        row[:] = [1, 0, 0, 0] if example.kind is Kind.ACTION else [0, 0, 0, 1]
    for text, called in (("Please do that for me.", True), ("Who does that here?", False)):
        plan = plan_of(loaded, Asked(text, 1, vector=np.array([1, 0, 0, 0], np.float32)))
        assert (plan.match is not None and plan.match.decides) == called, text


def test_the_npcs_of_a_folder_are_embedded_before_anybody_meets_them(tmp_path: Path) -> None:
    for name in ("mara", "tobin"):
        (tmp_path / f"{name}.toml").write_text(FILE.format(id=name))

    async def scenario() -> None:
        npcs, engine = Npcs(str(tmp_path), 1024), Engine()
        with ThreadPoolExecutor(1) as threads:
            await meaning(engine, None).warm_up(npcs, threads)
            assert not engine.jobs
            await meaning(engine).warm_up(npcs, threads)
        for name in npcs.names:
            assert npcs.named(name).example_vectors is not None

    asyncio.run(scenario())


def test_a_server_with_a_folder_compares_by_vectors(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(by_meaning, "_SECONDS", 30.0)  # on a busy machine too
    (tmp_path / "mara.toml").write_text(FILE.format(id="mara"))

    async def scenario() -> None:
        async with talking(npcs_folder=str(tmp_path)) as (_, _, call):
            await call.write(tell("hello you", npc_id="mara"))
            events = await until_done(call)
            assert [stage for stage, _ in said(events)] == ["AUTHORED"]
            (trace,) = of(events, "trace")
            assert trace.similarity == pytest.approx(0.5**0.5)  # of one word in two; by words it is more
            await call.write(tell("Is it warm?", 2))
            (trace,) = of(await until_done(call), "trace")
            assert trace.nearest == "lines[0]"

    run(scenario())
