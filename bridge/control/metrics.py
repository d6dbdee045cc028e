"""The server's counters as Prometheus metrics.

A snapshot is copied on the event loop, in a millisecond at most, and formatted elsewhere: with 32 client names and all
kinds of work the text has three thousand lines and takes 30 ms, two frames at 60 fps.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import psutil
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from bridge import __version__
from bridge.control.service import peak_resident_bytes
from bridge.observe.counters import BUCKETS, NPC, Counters, cumulative
from bridge.policy.work import Ending
from bridge.streams.backend import Backend
from bridge.streams.servicer import Servicer
from bridge.v1 import bridge_pb2
from bridge.wire.request import clock

_EDGES = (*(f"{edge:g}" for edge in BUCKETS), "+Inf")
_BY_CLIENT = ("work", "client")


@dataclass(frozen=True, slots=True, eq=False)
class Reading(Collector):
    """A snapshot of a server's counters. Seconds and bytes."""

    device: str
    uptime: float
    device_busy: float
    open_jobs: int
    sessions: int
    streams: int
    avatar_slots: int
    loop_lag: float
    models: Sequence[tuple[str, str, int]]  # name, state, bytes on the device
    totals: Sequence[tuple[str, Counters]]  # kind of work
    by_client: Sequence[tuple[tuple[str, str], Counters]]  # kind of work and client name

    def collect(self) -> Iterator[Metric]:
        """All metric families."""
        yield from self._requests()
        yield from self._tokens()
        yield from self._times()
        yield from self._gauges()

    def _requests(self) -> Iterator[Metric]:
        ended = CounterMetricFamily(
            "framebridge_requests", "Requests that have ended, by ending.", labels=(*_BY_CLIENT, "ending")
        )
        rungs = CounterMetricFamily("framebridge_answers", "Answers by rung.", labels=(*_BY_CLIENT, "rung"))
        on_time = CounterMetricFamily(
            "framebridge_answers_in_budget", "Answers that left the server within their budget.", labels=_BY_CLIENT
        )
        repeated = CounterMetricFamily(
            "framebridge_answers_repeated",
            "Earlier pictures sent again because a new one could not be on time; not counted as in budget.",
            labels=_BY_CLIENT,
        )
        late = CounterMetricFamily(
            "framebridge_answers_late_at_client",
            "Answers that left the server in time but were late by the client's clock.",
            labels=_BY_CLIENT,
        )
        attributed = CounterMetricFamily(
            "framebridge_late",
            "Late and refused answers by the stage they are attributed to, and the model that blocked them.",
            labels=(*_BY_CLIENT, "stage", "blocked_by"),
        )
        for labels, counters in self.by_client:
            for ending, count in counters.endings.items():
                if ending is not Ending.PARTIAL:
                    ended.add_metric((*labels, ending.value), count)
            for rung, count in counters.rungs.items():
                rungs.add_metric((*labels, rung), count)
            on_time.add_metric(labels, counters.in_budget)
            repeated.add_metric(labels, counters.repeated)
            late.add_metric(labels, counters.late_at_client)
            for (stage, model), count in counters.late_stages.items():
                attributed.add_metric((*labels, stage.value, model), count)
        return iter((ended, rungs, on_time, repeated, late, attributed))

    def _tokens(self) -> Iterator[Metric]:
        tokens = CounterMetricFamily(
            "framebridge_tokens",
            "Tokens of replies: of their prompts, of these cached ones, and their own.",
            labels=(*_BY_CLIENT, "kind"),
        )
        for labels, counters in self.by_client:
            if counters.prompt_tokens:
                for kind in ("prompt", "cached", "reply"):
                    tokens.add_metric((*labels, kind), getattr(counters, f"{kind}_tokens"))
        yield tokens
        npcs = CounterMetricFamily(
            "framebridge_npc",
            "Sentences of NPCs, authored ones and safe lines of these; rejected and regenerated ones; actions, those "
            "that timed out; inputs that were held or marked, and outputs that were held.",
            labels=(*_BY_CLIENT, "kind"),
        )
        for labels, counters in self.by_client:
            for kind in NPC if counters.npc else ():
                npcs.add_metric((*labels, kind), counters.npc.get(kind, 0))
        yield npcs

    def _times(self) -> Iterator[Metric]:
        seconds = HistogramMetricFamily(
            "framebridge_answer_seconds",
            "From a request's arrival until its answer, or a reply's first token, is handed to the transport.",
            labels=("work",),
        )
        device = CounterMetricFamily(
            "framebridge_work_device_seconds", "Device time by kind of work.", labels=("work",)
        )
        batch = GaugeMetricFamily(
            "framebridge_mean_batch", "Mean number of answers that shared a run on the device.", labels=("work",)
        )
        for work, counters in self.totals:
            buckets = list(zip(_EDGES, map(float, cumulative(counters.buckets)), strict=True))
            seconds.add_metric((work,), buckets, counters.seconds)
            device.add_metric((work,), counters.device)
            batch.add_metric((work,), counters.mean_batch)
        busy = CounterMetricFamily("framebridge_device_busy_seconds", "Total time that the device was busy.")
        busy.add_metric((), self.device_busy)
        return iter((seconds, device, batch, busy))

    def _gauges(self) -> Iterator[Metric]:
        about = GaugeMetricFamily("framebridge_info", "Server version and device.", labels=("version", "device"))
        about.add_metric((__version__, self.device), 1)
        yield about
        yield GaugeMetricFamily("framebridge_uptime_seconds", "Seconds since the server started.", self.uptime)
        yield GaugeMetricFamily("framebridge_open_jobs", "Jobs that are waiting or running.", self.open_jobs)
        yield GaugeMetricFamily("framebridge_sessions", "Open sessions.", self.sessions)
        yield GaugeMetricFamily("framebridge_streams", "Open streams.", self.streams)
        yield GaugeMetricFamily("framebridge_avatar_slots", "Avatar slots in use.", self.avatar_slots)
        lag = "The worst event-loop lag of the last 15 to 30 seconds."
        yield GaugeMetricFamily("framebridge_loop_lag_seconds", lag, self.loop_lag)
        resident = psutil.Process().memory_info().rss
        yield GaugeMetricFamily("framebridge_resident_bytes", "Resident memory of the process.", resident)
        yield GaugeMetricFamily("framebridge_peak_resident_bytes", "Peak resident memory.", peak_resident_bytes())
        state = GaugeMetricFamily("framebridge_model_state", "1 for the current state.", labels=("model", "state"))
        held = GaugeMetricFamily("framebridge_model_resident_bytes", "Device memory held.", labels=("model",))
        for model, now, held_bytes in self.models:
            state.add_metric((model, now), 1)
            held.add_metric((model,), held_bytes)
        yield state
        yield held


def read(backend: Backend, servicers: Iterable[Servicer]) -> Reading:
    """Copy the counters. Call on the event loop."""
    counted = bridge_pb2.GetStatsResponse()
    for servicer in servicers:
        servicer.report(counted)
    standings = sorted(backend.roster.standings.items())
    return Reading(
        device=backend.device,
        uptime=clock() - backend.started,
        device_busy=backend.engine.busy_seconds,
        open_jobs=backend.engine.open_jobs,
        sessions=len(backend.sessions),
        streams=len(backend.streams),
        avatar_slots=counted.avatar_slot_count,
        loop_lag=backend.loop_lag.seconds,
        models=[
            (name, standing.state.value, standing.program.resident_bytes if standing.program is not None else 0)
            for name, standing in standings
        ],
        totals=[(work, counters.copy()) for work, counters in backend.stats.totals.items()],
        by_client=[
            ((work, name), counters.copy()) for name, work, counters in backend.stats.by_name() if counters.requests
        ],
    )


def text(reading: Reading) -> bytes:
    """Format a snapshot in Prometheus' text format. Safe on any thread: the registry is its own."""
    registry = CollectorRegistry()
    registry.register(reading)
    return generate_latest(registry)
