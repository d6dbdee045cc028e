"""A request for a model that does not answer says where the model stands and what mends that, by each capability."""

from typing import Any

import pytest

from bridge.device.roster import ModelState
from bridge.v1 import error_pb2
from tests.capabilities.recognition.test_recognition import CLASSIFY, DETECT, frame
from tests.conftest import Run
from tests.serving.client import B, ask, connected, look, read, say, until_done
from tests.serving.server import serving

CAPABILITIES = ("avatar", "dialogue", "classifier", "detector")
STANDS: dict[str, tuple[ModelState, dict[str, str], str, bool]] = {
    "waiting": (
        ModelState.LOADING,
        {"progress": "waiting for its turn"},
        "is still loading (waiting for its turn); it comes by itself",
        True,
    ),
    "warming up": (
        ModelState.LOADING,
        {"progress": "warming up"},
        "is still loading (warming up); it comes by itself",
        True,
    ),
    "unloaded": (
        ModelState.UNLOADED,
        {},
        "is not loaded; load it with LoadModel, `framebridge models load NAME` or `framebridge serve --models`",
        False,
    ),
    "unloading": (ModelState.UNLOADING, {}, "is being unloaded; load it again with LoadModel", False),
    "failed": (
        ModelState.FAILED,
        {"detail": "no weights\nTraceback"},
        "could not be loaded (no weights); mend that and load it again with LoadModel",
        False,
    ),
}


class Asker:
    """Asks a capability for one answer, and reads what becomes of it."""

    def __init__(self, client: Any, capability: str) -> None:
        self._client, self._capability = client, capability
        self._number = 0

    async def open(self) -> None:
        opening = {"avatar": "avatars", "dialogue": "dialogue"}.get(self._capability, "recognition")
        self._call = await getattr(self._client, f"open_{opening}")()
        if self._capability == "avatar":
            await self._call.write(look())

    async def ask(self) -> None:
        self._number += 1
        match self._capability:
            case "avatar":
                await self._call.write(ask(self._number))
            case "dialogue":
                await self._call.write(say("hello", turn=self._number))
            case _:
                kind = DETECT if self._capability == "detector" else CLASSIFY
                await self._call.write(frame(self._number, kind))

    async def outcome(self) -> Any:
        """The outcome that came in place of an answer; none when there was one."""
        if self._capability == "dialogue":
            done = (await until_done(self._call))[-1].done
            return done.outcome if done.HasField("outcome") else None
        message = await read(self._call)
        return message.status.outcome if message.WhichOneof("message") == "status" else None


@pytest.mark.parametrize("stands", STANDS)
@pytest.mark.parametrize("capability", CAPABILITIES)
def test_a_refusal_says_where_the_model_stands_and_what_mends_it(run: Run, capability: str, stands: str) -> None:
    state, told, sentence, comes = STANDS[stands]
    sentence = sentence.replace("NAME", capability)

    async def scenario() -> None:
        async with serving() as server, connected(server.port) as client:
            asker = Asker(client, capability)
            await asker.open()
            await asker.ask()
            assert await asker.outcome() is None
            roster, standing = server.backend.roster, server.backend.roster.standing(capability)
            program = standing.program
            roster._move(standing, state, program=program, **told)
            await asker.ask()
            outcome = await asker.outcome()
            assert outcome.disposition == error_pb2.DISPOSITION_REFUSED
            assert outcome.error.reason == error_pb2.ERROR_REASON_UNKNOWN_MODEL
            assert outcome.error.message == f"model '{capability}' {sentence}"
            assert outcome.error.retryable == comes
            assert (outcome.error.retry_after_micros > 0) == comes
            roster._move(standing, ModelState.READY, program=program)
            await asker.ask()
            assert await asker.outcome() is None, "the refusal left nothing behind"

    run(scenario())


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_a_model_that_was_unloaded_since_the_request_came_says_so(
    run: Run, capability: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The request found the model ready; on the device thread its lanes are gone."""

    async def scenario() -> None:
        async with serving() as server, connected(server.port) as client:
            asker = Asker(client, capability)
            await asker.open()
            submit, late = server.backend.engine.submit, []
            monkeypatch.setattr(server.backend.engine, "submit", lambda *job: late.append(job))
            await asker.ask()
            while not late:
                await client.bridge.Ping(B.PingRequest())
            monkeypatch.setattr(server.backend.engine, "submit", submit)
            await client.bridge.UnloadModel(B.UnloadModelRequest(name=capability))
            submit(*late[0])
            outcome = await asker.outcome()
            assert outcome.disposition == error_pb2.DISPOSITION_REFUSED
            assert outcome.error.reason == error_pb2.ERROR_REASON_UNKNOWN_MODEL
            assert "was unloaded while the request waited; load it again with LoadModel" in outcome.error.message
            assert not outcome.error.retryable

    run(scenario())
