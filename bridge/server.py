"""The composition root: wires device, engine, models and services into a server; starts and stops it."""

import bridge.polling  # noqa: F401 (takes effect only before gRPC is imported)

# isort: split
import asyncio
import contextlib
import gc
import logging
import signal
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import grpc
from google.protobuf import descriptor_pool
from grpc_health.v1 import health_pb2
from grpc_health.v1._async import HealthServicer

from bridge.capabilities import CAPABILITIES
from bridge.capabilities.dialogue.capability import other_models
from bridge.capabilities.inference.capability import INFERENCE
from bridge.capabilities.inference.service import InferenceService
from bridge.config import Config
from bridge.control.metrics_port import MetricsPort
from bridge.control.service import BridgeService
from bridge.control.standard import add_health, add_reflection
from bridge.device.catalog import ModelSpec, budgets, entries, imported, needed, wanted, with_models
from bridge.device.engine import Engine
from bridge.device.host import Host, choose_device, device_name
from bridge.device.own_models import OwnModel, specs
from bridge.device.roster import PATIENCE_SECONDS, WAITING, ModelState, Roster, Standing
from bridge.device.trace import Recorder
from bridge.errors import ConfigError, EngineFailed, ModelFailed
from bridge.kserve.service import KServe
from bridge.logs import note
from bridge.policy.learned.latency import Latency
from bridge.policy.scheduler import Scheduler
from bridge.sessions.shared_file import sweep
from bridge.streams.backend import Backend
from bridge.streams.servicer import Servicer
from bridge.v1 import bridge_pb2
from bridge.wire.handlers import add_service
from bridge.wire.identity import identify

log = logging.getLogger("framebridge.server")

Progress = Callable[[str, str], None]  # model, "loading", "warming up", "ready" or "failed: why"; "metrics", address

BRIDGE = bridge_pb2.DESCRIPTOR.services_by_name["BridgeService"]
_SERVING = health_pb2.HealthCheckResponse.SERVING
_NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING

_SWITCH_SECONDS = 0.0002  # at Python's 5 ms, a busy thread delays each hop to the event loop by tens of milliseconds
_OVERSIZE = 2  # gRPC's limit is above ours, so that an oversized message gets our error sentence
LEAST_PING_SECONDS = 10.0  # between a client's HTTP/2 pings; documented in bridge.proto and README.md
_LAST_SECONDS = 0.5  # for statuses in flight when the server stops


class Server:
    """One server, owned by the event loop that starts it. `ready` is done once all configured models are warm, `failed`
    once nothing will be answered any more and the process should exit.

    `models` are served beside FrameBridge's own; one of the same name replaces that.
    ConfigError for one that cannot be.
    """

    def __init__(
        self,
        config: Config,
        progress: Progress = lambda model, state: None,
        identify: Callable[[str], str] = identify,
        models: Sequence[OwnModel | ModelSpec] = (),
    ) -> None:
        self._config = config
        every = with_models(CAPABILITIES, (*other_models(config), *specs(models)))
        self._capabilities = needed(every, config)
        known = entries(self._capabilities)
        self._models = wanted(config.models, known)
        self._budgets = budgets(self._capabilities, config.budgets)
        self._identify = identify
        self._progress = progress
        self._born = time.perf_counter()
        self._device = _device(config)
        recorder = Recorder(config.trace, time.perf_counter()) if config.trace is not None else None
        host = Host(self._device, slice_target=config.slice_seconds, memory_limit_bytes=config.memory_limit_bytes)
        self._engine = Engine(host, Scheduler(Latency()), recorder=recorder)
        self.roster = Roster(host, self._engine, config, known, recorder)
        self._health = HealthServicer()
        self._health_changes: set[asyncio.Task[None]] = set()
        self._loading: asyncio.Task[None] | None = None
        self._slow_loads: set[asyncio.Task[None]] = set()  # of models that are not ours
        self._stopped = False
        self.metrics_port = 0

    async def start(self) -> int:
        """Listen and start loading the models; returns the port. ConfigError if the address is taken."""
        sys.setswitchinterval(_SWITCH_SECONDS)
        sweep()
        gc.collect()
        gc.freeze()  # scanning the objects of torch's modules alone would stop everything for 80 ms
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.failed: asyncio.Future[EngineFailed] = asyncio.get_running_loop().create_future()
        name, kind = device_name(self._device), self._device.type
        self.backend = Backend(self._config, self._budgets, self._engine, self.roster, name, kind, self._identify)
        self._server = grpc.aio.server(options=_options(self._config))
        self._add_services()
        port = self._bind()
        await self._open_metrics()
        self._engine.start()
        self.backend.loop_lag.start()
        self._engine.on_lost = self._on_lost
        await self.roster.open()
        self.roster.expect(self._models)
        await self._set_health()
        await self._server.start()
        self._loading = asyncio.create_task(self._load(), name="framebridge-loading")
        note(log, logging.INFO, "listening", address=f"{self._config.host}:{port}", device=self.backend.device)
        return port

    def _add_services(self) -> None:
        limits = self._config.limits
        self.servicers: dict[str, Servicer] = {}
        for capability in self._capabilities:
            servicer = self.servicers[capability.name] = imported(capability.servicer)(self.backend)
            add_service(self._server, _described(capability.service), servicer, limits, self.backend.hold)
        self._bridge = BridgeService(self.backend, self.servicers, self._refresh_health)
        add_service(self._server, BRIDGE, self._bridge, limits, self.backend.hold)
        inference = self.servicers[INFERENCE.name]
        assert isinstance(inference, InferenceService)
        self.kserve = KServe(self.backend, inference.waiting, self._refresh_health)
        self.kserve.serve_on(self._server)
        add_health(self._server, self._health)
        add_reflection(self._server, [*(capability.service for capability in self._capabilities), BRIDGE.full_name])

    def _bind(self) -> int:
        address = f"{_bracketed(self._config.host)}:{self._config.port}"
        try:
            port = self._server.add_insecure_port(address)
        except RuntimeError:
            port = 0
        if not port:
            raise ConfigError(
                f"{address} cannot be used; is a server already running there? Choose another --port, or 0 for any"
            )
        return port

    async def _open_metrics(self) -> None:
        self._metrics = MetricsPort(self.backend, self.servicers.values())
        if self._config.metrics_port is None:
            return
        self.metrics_port = await self._metrics.open(self._config.host, self._config.metrics_port)
        self._progress("metrics", f"http://{_bracketed(self._config.host)}:{self.metrics_port}/metrics")

    # -- models and health ---------------------------------------------------------------------------------------------

    async def _load(self) -> None:
        try:
            for name in sorted(self._models, key=self._may_fail):
                await (self._try_model(name) if self._may_fail(name) else self._load_model(name))
            for servicer in self.servicers.values():
                await servicer.warm_up()
        except Exception as error:
            self.roster.forgo(self._models)
            self.ready.set_exception(error)
            self.ready.exception()  # mark as retrieved: nobody may be waiting
            return
        self.backend.ready_seconds = time.perf_counter() - self._born
        note(log, logging.INFO, "ready", seconds=round(self.backend.ready_seconds, 2))
        self.ready.set_result(None)
        await self._set_health()

    async def _load_model(self, name: str) -> None:
        watching = asyncio.create_task(self._watch_progress(name))
        try:
            standing = await self.roster.load(name)
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
        await self._set_health()
        self._progress(name, "ready")
        note(log, logging.INFO, "model ready", model=name, model_version=standing.program.version)

    def _may_fail(self, name: str) -> bool:
        return self.roster.standing(name).entry.model.may_fail

    async def _try_model(self, name: str) -> None:
        """Load a model that is not ours: one that fails, or does not return for long, costs the others nothing."""

        async def load() -> None:
            try:
                await self._load_model(name)
            except ModelFailed as error:
                self._progress(name, f"failed: {error}")
                await self._set_health()

        task = asyncio.create_task(load(), name=f"framebridge-loading-{name}")
        self._slow_loads.add(task)
        task.add_done_callback(self._slow_loads.discard)
        await asyncio.wait({task}, timeout=PATIENCE_SECONDS)

    async def _watch_progress(self, name: str) -> None:
        told = ""
        while True:
            revision, state = self.roster.revision, self.roster.standing(name).progress
            if state not in ("", WAITING, told):
                told = state
                self._progress(name, state)
                note(log, logging.INFO, f"model {state}", model=name)
            await self.roster.changed(revision)

    def _on_lost(self, lost: bool) -> None:
        self._refresh_health()
        if self._engine.failure is not None and not self.failed.done():
            self.failed.set_result(self._engine.failure)

    def _refresh_health(self) -> None:
        task = asyncio.get_running_loop().create_task(self._set_health())
        self._health_changes.add(task)
        task.add_done_callback(self._health_changes.discard)

    async def _set_health(self) -> None:
        usable = not self._engine.lost
        wanted = [self.roster.standing(name) for name in self._models]
        warm = [standing for standing in wanted if standing.state is ModelState.READY]
        missing = [each for each in wanted if each.state is not ModelState.READY and not self._is_given_up(each)]
        await self._health.set("", _status(usable and not missing and (bool(warm) or not wanted)))
        await self._health.set(BRIDGE.full_name, _status(usable))
        for capability in self._capabilities:
            mine = [self.roster.standing(model.name) for model in capability.models if model.helps is None]
            serves = any(standing.state is ModelState.READY for standing in mine)
            await self._health.set(capability.service, _status(usable and serves))

    def _is_given_up(self, standing: Standing) -> bool:
        """Whether a model is not ours, and the others serve without it."""
        if standing.state is ModelState.LOADING:
            return standing.entry.model.may_fail and self.ready.done()
        return standing.entry.model.may_fail and standing.state is ModelState.FAILED

    # -- the end -------------------------------------------------------------------------------------------------------

    async def stop(self, grace: float | None = None) -> None:
        """Refuse new work, finish requests in flight within `grace` seconds (default: as configured), and stop."""
        if self._stopped:
            return
        self._stopped = True
        note(log, logging.INFO, "stopping", streams=len(self.backend.streams), jobs=self._engine.open_jobs)
        self.backend.stopping = True
        for servicer in self.servicers.values():
            servicer.stop()
        self._bridge.stop()
        await self._health.enter_graceful_shutdown()
        loading = [task for task in (self._loading, *self._slow_loads) if task is not None]
        for task in loading:
            task.cancel()
        await asyncio.gather(*loading, return_exceptions=True)
        await self._drain(self._config.drain_seconds if grace is None else grace)
        await self.roster.close()
        await self._engine.stop()
        await self._server.stop(_LAST_SECONDS)
        self._metrics.close()
        self.backend.close()
        for servicer in self.servicers.values():
            await servicer.close()
        if not self.ready.done():
            self.ready.cancel()
        note(log, logging.INFO, "stopped")

    async def _drain(self, seconds: float) -> None:
        ending = [asyncio.create_task(stream.drain()) for stream in self.backend.streams]
        ending.append(asyncio.create_task(self.kserve.drain()))
        _, unfinished = await asyncio.wait(ending, timeout=seconds)
        for task in unfinished:
            task.cancel()
        for stream in list(self.backend.streams):
            stream.abandon()


async def serve(
    config: Config,
    on_ready: Callable[[int], None] | None = None,
    progress: Progress = lambda model, state: None,
    models: Sequence[OwnModel | ModelSpec] = (),
) -> None:
    """Serve until SIGTERM or SIGINT; `on_ready` gets the port once all models are warm.

    Raises ModelFailed, ConfigError, or EngineFailed if an internal error has ended the device thread: restart the
    process then.
    """
    server = Server(config, progress, models=models)
    stop = asyncio.Event()
    with _signals(stop):
        port = await server.start()
        try:
            stopped = asyncio.create_task(stop.wait())
            await _first(stopped, server.ready, server.failed)
            if server.ready.done():
                server.ready.result()
                if on_ready is not None:
                    on_ready(port)
            await _first(stopped, server.failed)
            if server.failed.done():
                raise server.failed.result()
        finally:
            await server.stop()


async def _first(*futures: asyncio.Future[Any]) -> None:
    """Wait until one of them is done."""
    await asyncio.wait(futures, return_when=asyncio.FIRST_COMPLETED)


@contextlib.contextmanager
def _signals(stop: asyncio.Event) -> Any:
    """Set `stop` on SIGTERM or SIGINT. Windows' event loop cannot, so a plain handler wakes it."""
    loop = asyncio.get_running_loop()
    earlier: dict[signal.Signals, Any] = {}
    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:
            earlier[number] = signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            if number in earlier:
                signal.signal(number, earlier[number])
            else:
                loop.remove_signal_handler(number)


def _described(service: str) -> Any:
    """A service's descriptor; its servicer has already imported the generated module."""
    return descriptor_pool.Default().FindServiceByName(service)


def _device(config: Config) -> Any:
    try:
        return choose_device(config.device)
    except (ValueError, RuntimeError) as error:
        raise ConfigError(f"--device {config.device}: {error}") from error


def _options(config: Config) -> Sequence[tuple[str, int]]:
    most = config.limits.message_bytes
    return (
        ("grpc.max_receive_message_length", _OVERSIZE * most),
        ("grpc.max_send_message_length", _OVERSIZE * most),
        ("grpc.max_concurrent_streams", config.limits.concurrent_streams),
        ("grpc.so_reuseport", 0),  # a second server on the port is an error, instead of taking half of the connections
        ("grpc.keepalive_permit_without_calls", 1),
        ("grpc.http2.min_recv_ping_interval_without_data_ms", round(LEAST_PING_SECONDS * 1e3)),
        ("grpc.keepalive_time_ms", 30_000),  # detects clients that vanished
        ("grpc.keepalive_timeout_ms", 10_000),
    )


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _status(serving: bool) -> Any:
    return _SERVING if serving else _NOT_SERVING
