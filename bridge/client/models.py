"""Follows the state of the server's models while the client is connected.

WatchModels needs no session, so this neither resumes one nor keeps one alive; it reconnects by itself. Servers of minor
version 0, and those with no room for another watcher, are polled while a model is not ready.
"""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Iterable, Sequence

import grpc

from bridge.client.link.backoff import Backoff
from bridge.client.link.connection import Connection
from bridge.client.link.failures import is_lost
from bridge.client.link.protocol import protocol
from bridge.errors import ModelFailed, UnknownModel
from bridge.v1 import bridge_pb2

POLL_SECONDS = 2.0
_WATCHES_SINCE = 1  # the minor version
_STATES = {
    bridge_pb2.MODEL_STATE_UNLOADED: "not loaded",
    bridge_pb2.MODEL_STATE_LOADING: "loading",
    bridge_pb2.MODEL_STATE_READY: "ready",
    bridge_pb2.MODEL_STATE_UNLOADING: "being unloaded",
    bridge_pb2.MODEL_STATE_FAILED: "failed",
}


class Models:
    """The last known state of the server's models. Belongs to the event loop."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._backoff = Backoff(math.inf)
        self._came = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._polls_in = -1  # the connection generation in which watching was refused
        self._listed_in = -1  # the generation in which a poll found all ready
        self.now: Sequence[bridge_pb2.Model] = tuple(connection.handshake.models)

    def start(self) -> None:
        """Start following."""
        self._task = asyncio.create_task(self._follow(), name="framebridge-models")

    async def stop(self) -> None:
        """Stop following."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def ask(self) -> Sequence[bridge_pb2.Model]:
        """Query their current state."""
        request = bridge_pb2.ListModelsRequest(protocol=protocol())
        answer = await self._connection.stub.ListModels(request, timeout=self._connection.timeout)
        self._take(answer.models)
        return self.now

    def put(self, model: bridge_pb2.Model) -> None:
        """Update one model from another response."""
        others = [other for other in self.now if other.name != model.name]
        self._take(sorted([*others, model], key=lambda one: one.name))
        self._listed_in = -1

    async def watch(self) -> AsyncIterator[Sequence[bridge_pb2.Model]]:
        """Yields all models, and again whenever one changes; a slow consumer skips to the newest."""
        while True:
            newest = self.now
            yield newest
            while self.now is newest:
                await self._came.wait()

    async def until_ready(self, names: Iterable[str]) -> None:
        """Wait for these models, or, without names, for all that are loading. Raises UnknownModel or ModelFailed."""
        wanted = set(names)
        async for models in self.watch():
            if models and not _lacking(models, wanted):
                return

    def states(self, names: Iterable[str]) -> str:
        """The states of those that are not ready, as text."""
        lacking = _lacking(self.now, set(names)) if self.now else []
        return ", ".join(f"model {model.name!r} is {_state_of(model)}" for model in lacking) or "no models are known"

    def _take(self, models: Iterable[bridge_pb2.Model]) -> None:
        news = tuple(models)
        if news != self.now:
            self.now = news
            self._came.set()
            self._came = asyncio.Event()

    async def _follow(self) -> None:
        while True:
            connection = self._connection
            try:
                watches = connection.handshake.protocol.minor >= _WATCHES_SINCE
                if watches and self._polls_in != connection.generation:
                    await self._watch()
                else:
                    await self._poll()
                    continue
            except grpc.aio.AioRpcError as error:
                if not is_lost(error):
                    self._polls_in = connection.generation
            self._backoff.lost(time.perf_counter())
            await asyncio.sleep(self._backoff.next(time.perf_counter()) or 0.0)

    async def _watch(self) -> None:
        call = self._connection.stub.WatchModels(
            bridge_pb2.WatchModelsRequest(protocol=protocol()), wait_for_ready=True
        )
        try:
            async for answer in call:
                self._backoff.connected(time.perf_counter())
                self._take(answer.models)
        finally:
            call.cancel()

    async def _poll(self) -> None:
        """Poll, unless all were ready at the last poll on this connection, then wait."""
        connection = self._connection
        unknown = self._listed_in != connection.generation
        if unknown and all(model.state == bridge_pb2.MODEL_STATE_READY for model in await self.ask()):
            self._listed_in = connection.generation
        await asyncio.sleep(POLL_SECONDS)


def _lacking(models: Sequence[bridge_pb2.Model], wanted: set[str]) -> list[bridge_pb2.Model]:
    """Those that are not ready. Raises UnknownModel or ModelFailed."""
    known = {model.name: model for model in models}
    unknown = sorted(wanted - set(known))
    if unknown:
        raise UnknownModel(f"no model {unknown[0]!r}; there are {', '.join(known)}")
    mine = [known[name] for name in sorted(wanted or known)]
    for model in mine:
        if model.state == bridge_pb2.MODEL_STATE_FAILED:
            raise ModelFailed(f"model {model.name!r} could not be loaded: {model.detail}")
    if not wanted:
        return [model for model in mine if model.state == bridge_pb2.MODEL_STATE_LOADING]
    return [model for model in mine if model.state != bridge_pb2.MODEL_STATE_READY]


def _state_of(model: bridge_pb2.Model) -> str:
    state = _STATES.get(model.state, str(model.state))
    return f"{state} ({model.detail})" if model.detail and model.detail != state else state
