"""The BridgeService: handshake, models, stats, and two ways to measure the round trip (Ping and Probe)."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping

import psutil

from bridge import __version__
from bridge.control.model_messages import KNOWS_TENSORS, is_listed, model_of
from bridge.control.model_watches import ModelWatches
from bridge.device.host import PROBE
from bridge.device.roster import ModelState
from bridge.errors import BridgeError, ContractBroken, VersionMismatch
from bridge.logs import note
from bridge.policy.work import Job, Outcome, Rung
from bridge.sessions.sessions import Session
from bridge.streams.backend import Backend
from bridge.streams.servicer import Servicer
from bridge.streams.stream import misplaced
from bridge.v1 import bridge_pb2, media_pb2, timing_pb2
from bridge.wire.bounds import MICROS, check_enum
from bridge.wire.bulk import Bulk, prefix
from bridge.wire.bundles import Joiner, Parts
from bridge.wire.handlers import EOF, Context, received
from bridge.wire.peer import is_local, peer
from bridge.wire.request import clock
from bridge.wire.status import detail_of
from bridge.wire.texture_formats import agreed
from bridge.wire.unread import Holding

log = logging.getLogger("framebridge.bridge")

_KNOWS_BUNDLES, _KNOWS_HISTORY, _KNOWS_NPCS = 4, 5, 6  # minors of the contract

PROTOCOL = bridge_pb2.ProtocolVersion(major=1, minor=7)
_PAYLOAD = bridge_pb2.ProbeResponse.PAYLOAD_FIELD_NUMBER
_JOINER = Joiner(bridge_pb2.ProbeResponse)


class BridgeService:
    """The control service of one server."""

    def __init__(self, backend: Backend, servicers: Mapping[str, Servicer], on_models: Callable[[], None]) -> None:
        self._backend = backend
        self._servicers = servicers
        self._on_models = on_models  # called after a model was loaded or unloaded
        self._watches = ModelWatches(backend.roster, backend.limits, self._listed)
        self._probes = 0

    async def Handshake(self, request: bridge_pb2.HandshakeRequest) -> bridge_pb2.HandshakeResponse:  # noqa: N802
        self._backend.check_open()
        _check_version(request)
        check_enum("texture_row_order", media_pb2.RowOrder, request.texture_row_order)
        identity = self._backend.identify(peer.get())
        if (wait := self._backend.handshakes.wait(identity, clock())) > 0:
            await asyncio.sleep(wait)
            self._backend.check_open()
        session, resumed = self._backend.sessions.open(request.resume_session_id, request.client_name, identity)
        session.minor = request.protocol.minor
        session.bundles = request.wants_bundles and session.minor >= _KNOWS_BUNDLES
        session.formats = agreed(request.texture_formats)
        session.row_order = request.texture_row_order or media_pb2.ROW_ORDER_TOP_DOWN
        self._backend.sessions.share(session, wanted=request.wants_shared_memory and is_local(peer.get()))
        note(log, logging.INFO, "handshake", session=session.id[:8], client=session.counts.name, resumed=resumed)
        return self._welcome(session, resumed)

    def _welcome(self, session: Session, resumed: bool) -> bridge_pb2.HandshakeResponse:
        standings = self._backend.roster.standings.values()
        ready = {
            standing.entry.number
            for standing in standings
            if standing.state is ModelState.READY and is_listed(standing, session.minor)
        }
        return bridge_pb2.HandshakeResponse(
            protocol=PROTOCOL,
            server_version=__version__,
            session_id=session.id,
            resumed=resumed,
            grace_micros=round(self._backend.config.session_grace_seconds * MICROS),
            capabilities=sorted(ready),
            models=self._models(session.minor),
            texture_formats=session.formats,
            limits=self._limits(session.minor),
            shared_memory=session.shared.offer() if session.shared is not None else None,
            bundles=session.bundles,
        )

    def _limits(self, minor: int) -> bridge_pb2.Limits:
        limits = self._backend.limits
        message = bridge_pb2.Limits(
            max_message_bytes=limits.message_bytes,
            max_image_bytes=limits.image_bytes,
            max_image_pixels=limits.image_pixels,
            max_concurrent_decodes=limits.concurrent_decodes,
            max_streams_per_session=limits.streams_per_session,
            max_slots_per_stream=limits.slots_per_stream,
            max_conversations_per_session=limits.conversations_per_session,
            max_unacknowledged_frames=limits.unacknowledged_frames,
            max_pose_bytes=limits.pose_bytes,
            max_text_bytes=limits.text_bytes,
            max_context_tokens=self._backend.config.dialogue_context,
            max_budget_micros=round(limits.budget_seconds * MICROS),
            max_chunk_bytes=limits.chunk_bytes,
        )
        if minor:
            message.max_image_side = limits.image_side
            message.max_image_scans = limits.image_scans
            message.max_waiting_image_bytes = limits.waiting_image_bytes
        if minor >= KNOWS_TENSORS:
            message.max_tensor_bytes = limits.tensor_bytes
            message.max_infer_message_bytes = limits.infer_message_bytes
            message.max_waiting_tensor_bytes = limits.waiting_tensor_bytes
            message.max_open_inferences = limits.open_inferences
        if minor >= _KNOWS_HISTORY:
            message.max_history_bytes = limits.history_bytes
            message.max_history_lines = limits.history_lines
        if minor >= _KNOWS_NPCS:
            message.max_npc_bytes = limits.npc_bytes
            message.max_action_result_bytes = limits.action_result_bytes
        return message

    async def EndSession(self, request: bridge_pb2.EndSessionRequest) -> bridge_pb2.EndSessionResponse:  # noqa: N802
        self._backend.sessions.end(self._backend.sessions.find(request.session_id))
        return bridge_pb2.EndSessionResponse()

    async def Ping(self, request: bridge_pb2.PingRequest) -> bridge_pb2.PingResponse:  # noqa: N802
        began = clock()
        return bridge_pb2.PingResponse(nonce=request.nonce, server_micros=round((clock() - began) * MICROS))

    # -- models --------------------------------------------------------------------------------------------------------

    def _models(self, minor: int) -> list[bridge_pb2.Model]:
        standings = sorted(self._backend.roster.standings.items())
        return [
            model_of(standing, minor, self._backend.budgets) for _, standing in standings if is_listed(standing, minor)
        ]

    async def ListModels(self, request: bridge_pb2.ListModelsRequest) -> bridge_pb2.ListModelsResponse:  # noqa: N802
        return bridge_pb2.ListModelsResponse(models=self._models(request.protocol.minor))

    def _listed(self, minor: int) -> bytes:
        return bridge_pb2.WatchModelsResponse(models=self._models(minor)).SerializeToString()

    async def WatchModels(self, request: bridge_pb2.WatchModelsRequest, context: Context) -> None:  # noqa: N802
        self._backend.check_open()
        minor = min(max(0, request.protocol.minor), PROTOCOL.minor)  # bounds the cached lists
        await self._watches.serve(context, self._backend.identify(context.peer()), minor)

    def stop(self) -> None:
        """End the calls that would delay the server's shutdown."""
        self._watches.stop()

    async def LoadModel(self, request: bridge_pb2.LoadModelRequest) -> bridge_pb2.LoadModelResponse:  # noqa: N802
        self._backend.check_open()
        standing = await self._backend.roster.load(request.name)
        self._on_models()
        return bridge_pb2.LoadModelResponse(model=model_of(standing, request.protocol.minor, self._backend.budgets))

    async def UnloadModel(self, request: bridge_pb2.UnloadModelRequest) -> bridge_pb2.UnloadModelResponse:  # noqa: N802
        standing = await self._backend.roster.unload(request.name)
        self._on_models()
        return bridge_pb2.UnloadModelResponse(model=model_of(standing, request.protocol.minor, self._backend.budgets))

    # -- stats ---------------------------------------------------------------------------------------------------------

    async def GetStats(self, request: bridge_pb2.GetStatsRequest) -> bridge_pb2.GetStatsResponse:  # noqa: N802
        backend = self._backend
        response = bridge_pb2.GetStatsResponse(
            uptime_micros=round((clock() - backend.started) * MICROS),
            ready_micros=round(backend.ready_seconds * MICROS),
            session_count=len(backend.sessions),
            stream_count=len(backend.streams) + self._probes,
            job_count=backend.engine.open_jobs,
            device_busy_micros=round(backend.engine.busy_seconds * MICROS),
            peak_resident_bytes=peak_resident_bytes(),
            device=backend.device,
            work=backend.stats.messages(),
        )
        for servicer in self._servicers.values():
            servicer.report(response)
        for session in backend.sessions:
            response.clients.append(session.counts.message(session.id))
            await asyncio.sleep(0)  # 256 clients take 45 ms: let frames go between
        if not request.protocol.minor:
            _without_decoding(response)
        if request.protocol.minor < _KNOWS_HISTORY:
            _without_tokens(response)
        if request.protocol.minor < _KNOWS_NPCS:
            for work in _each_work(response):
                work.ClearField("npc")
        return response

    # -- measuring the round trip --------------------------------------------------------------------------------------

    async def Probe(self, context: Context) -> None:  # noqa: N802
        """One message at a time: the next is read after the previous one is answered."""
        self._backend.check_open()
        self._probes += 1
        holding = self._backend.hold(context.peer())
        context.add_done_callback(lambda _: holding.close())
        try:
            while (message := await context.read()) is not EOF:
                arrival, message = clock(), received(message)
                if isinstance(message, Parts):
                    answers = await self._probe_each(message, arrival, holding)
                else:
                    answers = [await self._probe(message, arrival, holding)]
                message = None  # its payload is in the answer
                while answers:
                    await context.write(answers.pop(0))
                holding.give_back(holding.held)
        finally:
            self._probes -= 1

    async def _probe_each(self, parts: Parts, arrival: float, holding: Holding) -> list[bytes]:
        """Probes of a bundle run together. Their answers, in order and in as few messages as possible."""
        answers = await asyncio.gather(*(self._probe_part(part, arrival, holding) for part in parts))
        return _JOINER.joined(answers)

    async def _probe_part(self, part: Bulk | BridgeError, arrival: float, holding: Holding) -> bytes:
        try:
            return await self._probe(received(part), arrival, holding)
        except BridgeError as error:
            nonce = part.message.nonce if isinstance(part, Bulk) else 0
            return bridge_pb2.ProbeResponse(nonce=nonce, error=detail_of(error)).SerializeToString()

    async def _probe(self, request: Bulk, arrival: float, holding: Holding) -> bytes:
        if request.message.HasField("bundle"):
            raise misplaced("bundle", "nonce, payload; a bundle has nothing beside it")
        holding.take(len(request.payload))
        engine = self._backend.engine
        heard: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        job = Job(
            engine.next_id(), "probe", "probe", arrival, (Rung(PROBE, PROBE),), soft=True, identity=holding.identity
        )
        engine.submit(job, _resolve(heard))
        try:
            await heard
        except asyncio.CancelledError:
            engine.cancel(job)
            raise
        return _probe_response(request, job, clock() - arrival)


def _resolve(heard: "asyncio.Future[Outcome]") -> Callable[[Outcome], None]:
    def hear(outcome: Outcome) -> None:
        if not heard.done():
            heard.set_result(outcome)

    return hear


def _probe_response(request: Bulk, job: Job, took: float) -> bytes:
    """The serialised answer, with the payload appended to save protobuf's copy."""
    account = job.account
    timing = timing_pb2.Timing(
        server_micros=round(took * MICROS),
        compute_micros=round(account.compute * MICROS),
        queue_micros=round(account.queue * MICROS),
        batch_size=account.batch,
        slice_count=account.slices,
    )
    head = bridge_pb2.ProbeResponse(nonce=request.message.nonce, timing=timing).SerializeToString()
    return b"".join((head, prefix(_PAYLOAD, len(request.payload)), request.payload))


def _each_work(response: bridge_pb2.GetStatsResponse) -> Iterator[bridge_pb2.WorkStats]:
    yield from response.work
    for client in response.clients:
        yield from client.work


def _without_tokens(response: bridge_pb2.GetStatsResponse) -> None:
    """Leave out what clients before minor version 5 do not know."""
    for work in _each_work(response):
        for name in ("prompt_token_count", "cached_token_count", "reply_token_count"):
            work.ClearField(name)


def _without_decoding(response: bridge_pb2.GetStatsResponse) -> None:
    """Rename decode to encode, for clients of minor version 0."""
    for work in _each_work(response):
        for count in work.late_stages:
            if count.stage == timing_pb2.STAGE_DECODE:
                count.stage = timing_pb2.STAGE_ENCODE


def _check_version(request: bridge_pb2.HandshakeRequest) -> None:
    theirs, ours = request.protocol, PROTOCOL
    if not request.HasField("protocol"):
        raise ContractBroken(f"`protocol` is missing; this server speaks version {ours.major}.{ours.minor}")
    if theirs.major != ours.major:
        older = "client" if theirs.major < ours.major else "server"
        raise VersionMismatch(
            f"the client speaks version {theirs.major}.{theirs.minor} of the contract and this server "
            f"{ours.major}.{ours.minor}; update the {older}"
        )


def peak_resident_bytes() -> int:
    """Peak resident memory of this process; 0 where the system does not report it."""
    memory = psutil.Process().memory_info()
    peak: int = getattr(memory, "peak_wset", 0)  # Windows
    if not peak:
        try:
            import resource
        except ImportError:
            return 0
        import sys

        usage = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        peak = usage if sys.platform == "darwin" else usage * 1024
    return peak
