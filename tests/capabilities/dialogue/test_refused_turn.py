"""A turn that is refused changes nothing: persona, lines and numbers stay as they were."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from bridge.device.roster import ModelState
from bridge.errors import Overloaded
from bridge.v1 import timing_pb2
from tests.capabilities.dialogue.turns import HOT, LONG, NAN, THIEF, ends, interrupt, raising
from tests.conftest import Run
from tests.serving.client import D, connected, read, say, until_done, until_token
from tests.serving.fakes import FakeReply
from tests.serving.server import FakeServer, serving


@asynccontextmanager
async def no_slot(server: FakeServer, patch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    patch.setattr(FakeReply, "reserve", lambda reply: False)
    yield


@asynccontextmanager
async def no_memory(server: FakeServer, patch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """Somebody else's reply takes most of the pool."""
    async with connected(server.port) as other:
        call = await other.open_dialogue()
        await call.write(say("count 90 and wait"))
        assert (await read(call)).WhichOneof("event") == "started"
        patch.setattr(server.fakes.dialogue, "room", 150)
        yield


@asynccontextmanager
async def no_prompts(server: FakeServer, patch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    patch.setattr(server.dialogue.preparation, "check", raising(Overloaded("full")))
    yield


@asynccontextmanager
async def stopping(server: FakeServer, patch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    patch.setattr(server.backend, "stopping", True)
    yield


@asynccontextmanager
async def a_fault(server: FakeServer, patch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    patch.setattr(server.fakes.dialogue, "reply", raising(RuntimeError("broken")))
    yield


@asynccontextmanager
async def unloaded(server: FakeServer, patch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    patch.setattr(server.backend.roster.standing("dialogue"), "state", ModelState.UNLOADING)
    yield


@asynccontextmanager
async def nothing(server: FakeServer, patch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    yield


REFUSALS: dict[str, tuple[Any, Any]] = {
    "a persona longer than the context": (nothing, {"persona": LONG}),
    "words longer than the context": (nothing, {"text": LONG}),
    "too many bytes": (nothing, {"text": "x" * 17_000}),
    "no words": (nothing, {"text": " "}),
    "a number out of range": (nothing, {"sampling": HOT}),
    "no number": (nothing, {"sampling": NAN}),
    "a negative budget": (nothing, {"budget": timing_pb2.Budget(budget_micros=-1)}),
    "no gap in the pool": (no_slot, {}),
    "no memory": (no_memory, {}),
    "too many prompts": (no_prompts, {}),
    "a server that stops": (stopping, {}),
    "a fault of the tokenizer": (a_fault, {}),
    "a model that is not ready": (unloaded, {}),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_refused_turn_leaves_the_conversation_as_it_was(run: Run, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Persona, lines and numbers: the same number can be said again, without a persona."""
    circumstance, fields = REFUSALS[case]

    async def scenario() -> None:
        async with serving() as server, connected(server.port) as client:
            call = await client.open_dialogue()
            await call.write(say("hello", persona="A smith."))
            await until_done(call)
            with pytest.MonkeyPatch.context() as patch:
                async with circumstance(server, patch):
                    await call.write(say(**{"text": "Hands up!", "turn": 2, "persona": THIEF, **fields}))
                    (event,) = await until_done(call)
            assert (event.turn_id, event.done.finish) == (2, D.TURN_FINISH_FAILED)
            assert event.done.outcome.error.message
            await call.write(say("again", turn=2))
            assert (await until_done(call))[-1].done.text == "You said: again"
            assert server.fakes.dialogue.prompts[-1] == [
                ("system", "A smith."),
                ("user", "hello"),
                ("assistant", "You said: hello"),
                ("user", "again"),
            ]

    run(scenario())


@pytest.mark.parametrize("case", [case for case in REFUSALS if case != "no gap in the pool"])
def test_a_refused_turn_does_not_end_the_one_that_is_answered(run: Run, case: str) -> None:
    circumstance, fields = REFUSALS[case]

    async def scenario() -> None:
        async with serving() as server, connected(server.port) as client, AsyncExitStack() as stack:
            call = await client.open_dialogue()
            await call.write(say("count 5 and wait"))
            await until_token(call)
            patch = stack.enter_context(pytest.MonkeyPatch.context())
            await stack.enter_async_context(circumstance(server, patch))
            await call.write(say(**{"text": "Hands up!", "turn": 2, "persona": THIEF, **fields}))
            assert ends(await until_done(call)) == [(2, D.TURN_FINISH_FAILED)]
            patch.undo()
            await call.write(interrupt(1))
            assert ends(await until_done(call)) == [(1, D.TURN_FINISH_INTERRUPTED)]
            await stack.aclose()
            await call.write(say("again", turn=2))
            await until_done(call)
            assert [role for role, _ in server.fakes.dialogue.prompts[-1]] == ["user", "assistant", "user"]

    run(scenario())


@pytest.mark.parametrize("fields", [{"persona": LONG}, {"text": LONG}, {"sampling": HOT}], ids=lambda one: str(*one))
def test_a_conversation_that_never_began_takes_no_place(run: Run, fields: dict[str, Any]) -> None:
    async def scenario() -> None:
        async with serving() as server, connected(server.port) as client:
            call = await client.open_dialogue()
            for number in range(70):  # more than a session may have
                await call.write(say(**{"text": "hello", "conversation": f"npc {number}", **fields}))
                assert ends(await until_done(call)) == [(1, D.TURN_FINISH_FAILED)]
            assert list((await client.open_dialogue()).opened.conversation_ids) == []

    run(scenario())
