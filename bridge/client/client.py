"""The Python client's entry point: one connection, one session, one stream per capability."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from types import TracebackType
from typing import Any, Self

from bridge.client.avatars import Avatars
from bridge.client.camera import Camera
from bridge.client.dialogue import Dialogue
from bridge.client.frames import FORMAT_VALUES
from bridge.client.inference.inferences import Inferences
from bridge.client.inference.model import Model
from bridge.client.link.connection import CLIENT_NAME, Connection
from bridge.client.link.failures import translating
from bridge.client.link.protocol import protocol
from bridge.client.models import Models
from bridge.client.probe import Probe
from bridge.v1 import bridge_pb2, media_pb2

LOAD_TIMEOUT = 300.0


class BridgeClient:
    """A game's connection to one server; use it with `async with`.

    `formats` are the texture formats that the game can sample, best first; `bottom_up` sets their row order. `timeout`
    applies to each control call. A lost connection is restored with its session for up to `reconnect` seconds; requests
    in flight end as cancelled. On the server's own host, textures come through `shared_memory` unless that is off; the
    first avatar stream keeps it until it closes. With `bundles`, what is sent on a stream within one turn of the event
    loop goes up as one message, and what is ready at once comes down as one, if the server knows them. `name`
    identifies this client in the server's stats, metrics and `framebridge top`.

    Raises ValueError for an unknown format, ServerUnavailable if no server answers, and VersionMismatch if it speaks
    another major version.
    """

    def __init__(
        self,
        address: str = "127.0.0.1:50051",
        *,
        formats: Sequence[str] = ("rgba32",),
        bottom_up: bool = False,
        timeout: float = 5.0,
        reconnect: float = 30.0,
        shared_memory: bool = True,
        bundles: bool = True,
        name: str = CLIENT_NAME,
    ) -> None:
        self._address = address
        self._name = name
        if isinstance(formats, str):
            raise ValueError(f"formats is {formats!r}; give a sequence of names, best first")
        self._formats = [_format(name) for name in formats]
        self._row_order = media_pb2.ROW_ORDER_BOTTOM_UP if bottom_up else media_pb2.ROW_ORDER_TOP_DOWN
        self._timeout = timeout
        self._reconnect = reconnect
        self._shared_memory = shared_memory
        self._bundles = bundles
        self._connected: Connection | None = None
        self._models: Models | None = None
        self._inferences: Inferences | None = None

    async def __aenter__(self) -> Self:
        connection = Connection(
            self._address,
            timeout=self._timeout,
            reconnect=self._reconnect,
            formats=self._formats,
            row_order=self._row_order,
            shared_memory=self._shared_memory,
            bundles=self._bundles,
            name=self._name,
        )
        try:
            await connection.open()
        except BaseException:
            await connection.close()
            raise
        self._connected = connection
        self._models = Models(connection)
        self._models.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        connection, self._connected = self._connection, None
        models, self._models = self._models, None
        inferences, self._inferences = self._inferences, None
        try:
            if inferences is not None:
                await inferences.close()
        finally:
            if models is not None:
                await models.stop()
            await connection.close()

    @property
    def session_id(self) -> str:
        """The id of the session."""
        return self._connection.session_id

    @property
    def limits(self) -> bridge_pb2.Limits:
        """The server's limits."""
        return self._connection.limits

    @property
    def server_version(self) -> str:
        """The server's version."""
        return self._connection.handshake.server_version

    @property
    def shares_memory(self) -> bool:
        """Whether textures may come through memory shared with the server, which is then on the same host."""
        return self._connection.shared is not None

    def avatars(self) -> Avatars:
        """A stream of texture frames; use it with `async with`."""
        return Avatars(self._connection)

    def dialogue(self) -> Dialogue:
        """A stream of conversations; use it with `async with`."""
        return Dialogue(self._connection)

    def camera(self) -> Camera:
        """A stream of camera pictures; use it with `async with`."""
        return Camera(self._connection)

    def model(self, name: str) -> Model:
        """A model of the operator's own, by name: `await bridge.model("style").infer(image=array)`."""
        if self._inferences is None:
            self._inferences = Inferences(self._connection, self._following, shares_memory=self._shared_memory)
        return Model(name, self._inferences)

    def probe(self) -> Probe:
        """A stream that measures the round trip; use it with `async with`."""
        return Probe(self._connection)

    async def ping(self) -> float:
        """The round trip to the server's event loop in seconds, without the server's own time."""
        with translating(self._address):
            return await self._connection.ping()

    @property
    def models(self) -> Sequence[bridge_pb2.Model]:
        """All models that the server knows, loaded or not, ordered by name. Updated automatically, across reconnections
        too.
        """
        return self._following.now

    async def list_models(self) -> Sequence[bridge_pb2.Model]:
        """Query the current state of all models; also updates `models`."""
        with translating(self._address):
            return await self._following.ask()

    def watch_models(self) -> AsyncIterator[Sequence[bridge_pb2.Model]]:
        """Yields all models, and again whenever the state or `detail` of one changes."""
        return self._following.watch()

    async def until_ready(self, *models: str, timeout: float = LOAD_TIMEOUT) -> None:
        """Wait until these models are ready, or, without names, until none is loading. Raises UnknownModel, ModelFailed
        or TimeoutError.
        """
        following = self._following
        try:
            async with asyncio.timeout(timeout):
                await following.until_ready(models)
        except TimeoutError:
            raise TimeoutError(f"not ready after {timeout:g} s: {following.states(models)}") from None

    async def load_model(self, name: str, *, timeout: float = LOAD_TIMEOUT) -> bridge_pb2.Model:
        """Load and warm up a model while the server keeps serving; returns when it is ready."""
        with translating(self._address):
            request = bridge_pb2.LoadModelRequest(name=name, protocol=protocol())
            answer = await self._connection.stub.LoadModel(request, timeout=timeout)
            return self._heard(answer)

    async def unload_model(self, name: str, *, timeout: float = LOAD_TIMEOUT) -> bridge_pb2.Model:
        """Unload a model once its running work is done."""
        with translating(self._address):
            request = bridge_pb2.UnloadModelRequest(name=name, protocol=protocol())
            answer = await self._connection.stub.UnloadModel(request, timeout=timeout)
            return self._heard(answer)

    def _heard(self, answer: bridge_pb2.LoadModelResponse | bridge_pb2.UnloadModelResponse) -> bridge_pb2.Model:
        self._following.put(answer.model)
        return answer.model

    async def stats(self) -> bridge_pb2.GetStatsResponse:
        """Counts and times since the server started."""
        with translating(self._address):
            answer: bridge_pb2.GetStatsResponse = await self._connection.stub.GetStats(
                bridge_pb2.GetStatsRequest(protocol=protocol()), timeout=self._connection.timeout
            )
            return answer

    @property
    def _connection(self) -> Connection:
        if self._connected is None:
            raise RuntimeError("BridgeClient is not connected; use `async with BridgeClient(...) as bridge:`")
        return self._connected

    @property
    def _following(self) -> Models:
        if self._models is None:
            raise RuntimeError("BridgeClient is not connected; use `async with BridgeClient(...) as bridge:`")
        return self._models


def _format(name: str) -> Any:
    if name not in list(FORMAT_VALUES):
        raise ValueError(f"unknown texture format {name!r}; choose one of {', '.join(FORMAT_VALUES)}")
    return FORMAT_VALUES[name]
