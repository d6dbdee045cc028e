"""The methods of inference.GRPCInferenceService. They need no session; a client is its connection."""

import asyncio
from collections.abc import Callable
from functools import cached_property
from typing import Any

import grpc

from bridge import __version__
from bridge.errors import InvalidRequest, RequestEnded
from bridge.kserve import repository
from bridge.kserve.asked import Asked, read_asked
from bridge.kserve.batches import Batches, Caller
from bridge.kserve.messages import SERVICE, message
from bridge.kserve.outputs import response
from bridge.kserve.repository import Repository
from bridge.kserve.statistics import Ledger
from bridge.kserve.stream import serve_infer_stream
from bridge.kserve.unimplemented import add_unimplemented
from bridge.observe.stats import ClientCounts
from bridge.pictures.byte_counts import ByteCounts
from bridge.policy.work import Owner
from bridge.sessions.sessions import Session
from bridge.streams.backend import Backend
from bridge.streams.delivery import Delivery
from bridge.streams.outbox import Entry
from bridge.v1 import error_pb2
from bridge.wire.handlers import Context, add_service
from bridge.wire.peer import peer, time_left

_NAME = "framebridge"
_EXTENSIONS = ("model_configuration", "model_repository", "statistics")
_CLIENT = "kserve"  # the client name that all calls are counted under
_READERS = {"ModelInfer": read_asked, "ModelStreamInfer": read_asked}

_LIVE, _READY, _MODEL_READY = (
    message("ServerLiveResponse"),
    message("ServerReadyResponse"),
    message("ModelReadyResponse"),
)
_SERVER: Any = message("ServerMetadataResponse")
_LOADED, _UNLOADED = message("RepositoryModelLoadResponse"), message("RepositoryModelUnloadResponse")


class KServe:
    """The service of one server. `waiting` counts tensors that wait for the device, those of bridge.v1 too; `on_models`
    is called after a model was loaded or unloaded.
    """

    def __init__(self, backend: Backend, waiting: ByteCounts, on_models: Callable[[], None]) -> None:
        self._backend = backend
        self._waiting = waiting
        self._on_models = on_models
        self._repository = Repository(backend.roster)
        self._ledger = Ledger()
        self._calls = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @cached_property
    def _counts(self) -> ClientCounts:
        """Made with the first request: names of clients are counted for good."""
        return self._backend.stats.client(_CLIENT)

    def serve_on(self, server: grpc.aio.Server) -> None:
        """Add the methods to a server."""
        add_service(server, SERVICE, self, self._backend.limits, self._backend.hold, _READERS)
        add_unimplemented(server)

    async def drain(self) -> None:
        """Wait until no ModelInfer is in progress: the server is stopping."""
        await self._idle.wait()

    # -- the server ----------------------------------------------------------------------------------------------------

    async def ServerLive(self, request: Any) -> Any:  # noqa: N802
        return _LIVE(live=not self._backend.engine.lost)

    async def ServerReady(self, request: Any) -> Any:  # noqa: N802
        usable = not self._backend.engine.lost and not self._backend.stopping
        return _READY(ready=usable and self._repository.settled)

    async def ServerMetadata(self, request: Any) -> Any:  # noqa: N802
        return _SERVER(name=_NAME, version=__version__, extensions=_EXTENSIONS)

    # -- models --------------------------------------------------------------------------------------------------------

    async def ModelReady(self, request: Any) -> Any:  # noqa: N802
        return _MODEL_READY(ready=self._repository.is_ready(request.name, request.version))

    async def ModelMetadata(self, request: Any) -> Any:  # noqa: N802
        return repository.metadata(request.name, self._repository.program(request.name, request.version))

    async def ModelConfig(self, request: Any) -> Any:  # noqa: N802
        program = self._repository.program(request.name, request.version)
        return repository.config(request.name, program, self._backend.budgets[request.name])

    async def ModelStatistics(self, request: Any) -> Any:  # noqa: N802
        if request.name:
            self._repository.program(request.name, request.version)
        asked = [
            standing
            for standing in self._repository.standings
            if standing.program is not None and request.name in ("", standing.entry.name)
        ]
        return self._ledger.message(asked, self._backend.device_type)

    async def RepositoryIndex(self, request: Any) -> Any:  # noqa: N802
        _check_repository(request)
        return repository.index(self._repository.standings, only_ready=request.ready)

    async def RepositoryModelLoad(self, request: Any) -> Any:  # noqa: N802
        self._backend.check_open()
        _check_repository(request)
        self._repository.standing(request.model_name)
        if request.parameters:
            given = ", ".join(sorted(request.parameters))
            raise InvalidRequest(
                f"parameters {given}: a model is declared where the server is started; send its name only"
            )
        await self._backend.roster.load(request.model_name)
        self._on_models()
        return _LOADED()

    async def RepositoryModelUnload(self, request: Any) -> Any:  # noqa: N802
        _check_repository(request)
        self._repository.standing(request.model_name)
        await self._backend.roster.unload(request.model_name)
        self._on_models()
        return _UNLOADED()

    # -- inference -----------------------------------------------------------------------------------------------------

    async def ModelInfer(self, asked: Asked) -> bytes:  # noqa: N802
        reply, left = _Reply(), time_left.get()
        delivery = Delivery(reply, self._counts, self._backend.delivery_times)
        batches = Batches(self._caller(peer.get()), delivery, lambda _, outcome: outcome, response)
        usual = None if left is None else self._backend.limits.budget_seconds  # a deadline is a budget
        self._began()
        try:
            batches.ask(asked, usual, left)
            answer = await reply.answer
        finally:
            batches.close()
            self._ended()
        if isinstance(answer, error_pb2.Outcome):
            raise RequestEnded(answer.error.message, answer)
        packed: bytes = answer
        return packed

    async def ModelStreamInfer(self, context: Context) -> None:  # noqa: N802
        caller = self._caller(context.peer())
        session = Session(caller.owner.client, self._counts, caller.owner.identity)
        await serve_infer_stream(context, caller, session)

    def _caller(self, address: str) -> Caller:
        owner = Owner(self._backend.identify(address), f"{_CLIENT} {address}")
        return Caller(self._backend, self._repository, self._ledger, self._waiting, owner, self._counts)

    def _began(self) -> None:
        self._calls += 1
        self._idle.clear()

    def _ended(self) -> None:
        self._calls -= 1
        if not self._calls:
            self._idle.set()


class _Reply:
    """The outbox of a unary call: the one answer goes to whoever waits for it."""

    def __init__(self) -> None:
        self.answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    def put(self, entry: Entry) -> None:
        (answer,) = entry.send()
        if not self.answer.done():
            self.answer.set_result(answer)


def _check_repository(request: Any) -> None:
    if request.repository_name:
        raise InvalidRequest(f"repository_name is {request.repository_name!r}; leave it empty: a server has one")
