"""State shared by all services of one server."""

import itertools
import os
from collections.abc import Callable, Hashable, Mapping

from bridge.config import Config
from bridge.device.engine import Engine
from bridge.device.roster import Roster
from bridge.errors import ShuttingDown
from bridge.observe.loop_lag import LoopLag
from bridge.observe.stats import Stats
from bridge.pictures.decoders import Decoders
from bridge.policy.work import DEFAULT_PACE, Job, Rung
from bridge.sessions.handshakes import Handshakes
from bridge.sessions.sessions import OpenStream, Session, Sessions
from bridge.streams.delivery_time import DeliveryTimes
from bridge.streams.loop_turns import LoopTurns
from bridge.wire.request import Request, clock
from bridge.wire.unread import Holding, Unread

Identify = Callable[[str], str]


class Backend:
    """Engine, models, sessions, counters and decode workers. Belongs to the event loop."""

    def __init__(
        self,
        config: Config,
        budgets: Mapping[str, float],
        engine: Engine,
        roster: Roster,
        device: str,
        device_type: str,
        identify: Identify,
    ) -> None:
        self.config = config
        self.budgets = budgets  # default by kind of work, in seconds
        self.identify = identify  # maps a peer as gRPC writes it to an identity
        self.device = device  # for display
        self.device_type = device_type  # "cpu" or "cuda"
        self.limits = config.limits
        self.engine = engine
        self.roster = roster
        self.stats = Stats(tuple(budgets))
        self.delivery_times = DeliveryTimes(budgets)
        engine.on_heard = self.delivery_times.restart
        self.handshakes = Handshakes(config.limits.sessions_per_identity)
        self.sessions = Sessions(config.limits, config.session_grace_seconds, self.stats)
        self.unread = Unread(config.limits)
        self.decoders = Decoders(max(1, min(config.limits.concurrent_decodes, os.cpu_count() or 1)), config.limits)
        self.streams: set[OpenStream] = set()
        self.loop_lag = LoopLag(clock)
        self.loop_turns = LoopTurns()
        self.stopping = False
        self.started = clock()
        self.ready_seconds = 0.0
        self._streams = itertools.count(1)

    def next_stream_id(self) -> int:
        """A unique stream number."""
        return next(self._streams)

    def hold(self, peer: str) -> Holding:
        """Count unread bytes of a call without a session; calls on one connection count together."""
        return self.unread.open(self.identify(peer), peer)

    def check_open(self) -> None:
        """ShuttingDown if the server is stopping."""
        if self.stopping:
            raise ShuttingDown("the server is stopping; connect again in a moment")

    def job(
        self,
        request: Request,
        rungs: tuple[Rung, ...],
        session: Session,
        *,
        supersede_key: Hashable | None = None,
        soft: bool = False,
        pace: float = DEFAULT_PACE,
    ) -> Job:
        """A job for a request, due when the request is, less the delivery time of the first answer of a flight. `pace`
        is the longest gap in seconds between the outputs of a streamed answer.
        """
        delivery = self.delivery_times[request.work]
        return Job(
            id=self.engine.next_id(),
            client=session.id,
            identity=session.identity,
            work=request.work,
            arrival=request.arrival,
            rungs=rungs,
            deadline=request.due - delivery.seconds,
            soft=soft or request.best_effort,
            supersede_key=supersede_key,
            pace=pace,
            subject=request.subject,
            delivery_each=delivery.each,
        )

    def close(self) -> None:
        """End all sessions and stop the workers."""
        self.loop_lag.stop()
        self.sessions.end_all()
        self.decoders.close()
