"""What all servicers of one server stand on."""

import functools
import itertools
import os
from collections.abc import Callable, Hashable

from bridge.config import Config
from bridge.engine import Engine
from bridge.errors import ShuttingDown
from bridge.replies import Replies
from bridge.roster import ModelState, Roster
from bridge.services.allowance import Allowance
from bridge.services.conversation import Conversation
from bridge.services.decoders import Decoders
from bridge.services.handshakes import Handshakes
from bridge.services.loop_lag import LoopLag
from bridge.services.preparation import Preparation
from bridge.services.readings import Readings
from bridge.services.request import Request, clock
from bridge.services.sessions import OpenStream, Session, Sessions
from bridge.services.stats import WORK, Stats
from bridge.services.unread import Holding, Unread
from bridge.work import Job, Rung

Identify = Callable[[str], str]

PROMPTS, STEPS = "dialogue.prefill", "dialogue.decode"  # the lanes of a reply


class Backend:
    """Engine, models, sessions, counts and the workers for pictures. Belongs to the event loop."""

    def __init__(
        self, config: Config, engine: Engine, roster: Roster, device: str, device_type: str, identify: Identify
    ) -> None:
        self.config = config
        self.identify = identify  # a peer as gRPC writes it -> who is behind it
        self.device = device  # what people call it
        self.device_type = device_type  # "cpu" or "cuda"
        self.limits = config.limits
        self.engine = engine
        self.roster = roster
        self.stats = Stats()
        self.allowances = {work: Allowance() for work in WORK}
        self.handshakes = Handshakes(config.limits.sessions_per_identity)
        self.sessions = Sessions(config.limits, config.session_grace_seconds, self.forget, self.stats)
        self.unread = Unread(config.limits)
        self.replies = Replies()
        self.preparation = Preparation()
        self.readings = Readings(engine, roster, self.replies, self.preparation, PROMPTS)
        roster.on_unload = self._let_go
        engine.watched = (PROMPTS, STEPS)
        self.decoders = Decoders(max(1, min(config.limits.concurrent_decodes, os.cpu_count() or 1)), config.limits)
        self.streams: set[OpenStream] = set()
        self.loop_lag = LoopLag(clock)
        self.stopping = False
        self.started = clock()
        self.ready_seconds = 0.0
        self._streams = itertools.count(1)

    def next_stream_id(self) -> int:
        """A fresh number for a stream."""
        return next(self._streams)

    def hold(self, peer: str) -> Holding:
        """The unread bytes of a call without a session: those of one connection count together."""
        return self.unread.open(self.identify(peer), peer)

    def check_open(self) -> None:
        """ShuttingDown once the server is stopping."""
        if self.stopping:
            raise ShuttingDown("the server is stopping; connect again in a moment")

    def ladder(self, model: str) -> tuple[str, ...]:
        """The rungs of a model that is ready, best first. UnknownModel when it is not."""
        lanes = self.roster.program(model).lanes
        return _rungs(self.roster.standing(model).entry.rungs, tuple(lane.name for lane in lanes))

    def job(
        self, request: Request, rungs: tuple[Rung, ...], session: Session, *, supersede_key: Hashable | None = None
    ) -> Job:
        """A job that is worth an answer until its request is due, less what comes after the device."""
        return Job(
            id=self.engine.next_id(),
            client=session.id,
            identity=session.identity,
            work=request.work,
            arrival=request.arrival,
            rungs=rungs,
            deadline=request.due - self.allowances[request.work].seconds,
            soft=request.best_effort,
            supersede_key=supersede_key,
        )

    def forget(self, conversation: Conversation) -> None:
        """Free what a conversation holds."""
        for turn in (conversation.turn, conversation.coming):
            if turn is not None:
                turn.interrupt()
        self.readings.drop(conversation)
        standing = self.roster.standing("dialogue")
        if standing.state is ModelState.READY:
            standing.program.forget(conversation.key)

    def _let_go(self, model: str) -> None:
        """A model is to be unloaded once its work is done."""
        if model == "dialogue":
            self.readings.drop_all()

    def close(self) -> None:
        """End all sessions and the workers."""
        self.loop_lag.stop()
        self.sessions.end_all()
        self.decoders.close()
        self.preparation.close()


@functools.lru_cache
def _rungs(declared: tuple[str, ...], lanes: tuple[str, ...]) -> tuple[str, ...]:
    """Those whose lanes are there, and those that need none."""
    return tuple(rung for rung in declared if rung.partition("/")[0] in lanes or "." not in rung)
