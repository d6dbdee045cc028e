"""The counts as Prometheus reads them.

A reading is copied on the event loop, which takes a millisecond at the most. It is turned into text elsewhere: a full
house (32 client names, all kinds of work) is three thousand lines and takes 30 ms, two frames of a 60 fps client.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import psutil
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from bridge import __version__
from bridge.control.service import peak_resident_bytes
from bridge.observe.counters import BUCKETS, Counters, cumulative
from bridge.policy.work import Ending
from bridge.streams.backend import Backend
from bridge.streams.servicer import Servicer
from bridge.v1 import bridge_pb2
from bridge.wire.request import clock

_EDGES = (*(f"{edge:g}" for edge in BUCKETS), "+Inf")
_BY_CLIENT = ("work", "client")


@dataclass(frozen=True, slots=True, eq=False)
class Reading(Collector):
    """What a server had counted at one moment. Seconds and bytes."""

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
        """All families, each under its name with its unit."""
        yield from self._requests()
        yield from self._times()
        yield from self._gauges()

    def _requests(self) -> Iterator[Metric]:
        ended = CounterMetricFamily(
            "framebridge_requests", "Requests that have ended, by how.", labels=(*_BY_CLIENT, "ending")
        )
        rungs = CounterMetricFamily("framebridge_answers", "Answers by rung.", labels=(*_BY_CLIENT, "rung"))
        on_time = CounterMetricFamily(
            "framebridge_answers_in_budget", "Answers that left the server inside their budget.", labels=_BY_CLIENT
        )
        repeated = CounterMetricFamily(
            "framebridge_answers_repeated",
            "Earlier pictures sent again because a new one could not be on time; not among those in budget.",
            labels=_BY_CLIENT,
        )
        late = CounterMetricFamily(
            "framebridge_answers_late_at_client",
            "Answers that left in time and were late by the client's clock.",
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

    def _times(self) -> Iterator[Metric]:
        seconds = HistogramMetricFamily(
            "framebridge_answer_seconds",
            "From a request's arrival to its answer being handed to the transport; of a reply, to its first token.",
            labels=("work",),
        )
        device = CounterMetricFamily(
            "framebridge_work_device_seconds", "Time of the device, by kind of work.", labels=("work",)
        )
        batch = GaugeMetricFamily(
            "framebridge_mean_batch", "How many answers shared a run on the device, on average.", labels=("work",)
        )
        for work, counters in self.totals:
            buckets = list(zip(_EDGES, map(float, cumulative(counters.buckets)), strict=True))
            seconds.add_metric((work,), buckets, counters.seconds)
            device.add_metric((work,), counters.device)
            batch.add_metric((work,), counters.mean_batch)
        busy = CounterMetricFamily("framebridge_device_busy_seconds", "Time of the device, all together.")
        busy.add_metric((), self.device_busy)
        return iter((seconds, device, batch, busy))

    def _gauges(self) -> Iterator[Metric]:
        about = GaugeMetricFamily("framebridge_info", "What runs where.", labels=("version", "device"))
        about.add_metric((__version__, self.device), 1)
        yield about
        yield GaugeMetricFamily("framebridge_uptime_seconds", "Since the start.", self.uptime)
        yield GaugeMetricFamily("framebridge_open_jobs", "Jobs that wait or run: the queue.", self.open_jobs)
        yield GaugeMetricFamily("framebridge_sessions", "Open sessions.", self.sessions)
        yield GaugeMetricFamily("framebridge_streams", "Open streams.", self.streams)
        yield GaugeMetricFamily("framebridge_avatar_slots", "Avatar slots in use.", self.avatar_slots)
        lag = "How late the event loop came to what was due, at the worst of the last 15 to 30 seconds."
        yield GaugeMetricFamily("framebridge_loop_lag_seconds", lag, self.loop_lag)
        resident = psutil.Process().memory_info().rss
        yield GaugeMetricFamily("framebridge_resident_bytes", "Resident memory of the process.", resident)
        yield GaugeMetricFamily("framebridge_peak_resident_bytes", "The highest of that.", peak_resident_bytes())
        state = GaugeMetricFamily("framebridge_model_state", "1 for the state it is in.", labels=("model", "state"))
        held = GaugeMetricFamily("framebridge_model_resident_bytes", "Held on the device.", labels=("model",))
        for model, now, held_bytes in self.models:
            state.add_metric((model, now), 1)
            held.add_metric((model,), held_bytes)
        yield state
        yield held


def read(backend: Backend, servicers: Iterable[Servicer]) -> Reading:
    """Copy the counts. On the event loop."""
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
    """A reading in Prometheus' text format. On any thread: the registry lives for this one reading."""
    registry = CollectorRegistry()
    registry.register(reading)
    return generate_latest(registry)
