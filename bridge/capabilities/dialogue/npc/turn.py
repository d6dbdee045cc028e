"""One turn with an NPC: what is planned for it, what the model has written, and what was released of that."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from bridge.capabilities.dialogue.npc.asked import Player
from bridge.capabilities.dialogue.npc.checking import Checking
from bridge.capabilities.dialogue.npc.draft import Draft, Drafted
from bridge.capabilities.dialogue.npc.loaded import LoadedNpc, Vectors
from bridge.capabilities.dialogue.npc.meeting import Meeting
from bridge.capabilities.dialogue.npc.plan import MODERATION, Asked, Plan, Stage
from bridge.capabilities.dialogue.npc.utterance import Utterance
from bridge.capabilities.dialogue.speech import Sentence
from bridge.capabilities.dialogue.turn import Turn
from bridge.moderation.verdict import Outcome, Verdict
from bridge.policy.work import Job
from bridge.v1 import dialogue_pb2, npc_pb2
from bridge.wire.request import Taken
from models.npc.prompt import user_message
from models.npc.replies.emotion import Emotion, emotion_of

EMOTIONS = {
    Emotion.NEUTRAL: npc_pb2.EMOTION_NEUTRAL,
    Emotion.JOY: npc_pb2.EMOTION_JOY,
    Emotion.SADNESS: npc_pb2.EMOTION_SADNESS,
    Emotion.ANGER: npc_pb2.EMOTION_ANGER,
    Emotion.FEAR: npc_pb2.EMOTION_FEAR,
    Emotion.SURPRISE: npc_pb2.EMOTION_SURPRISE,
    Emotion.DISGUST: npc_pb2.EMOTION_DISGUST,
}
HELD = "…"  # in the history, in place of a line that was held
_WITHOUT_MODEL = Taken("authored", 0, on_device=False)


class Tokens(NamedTuple):
    """What a reply of one run or of several has taken so far, and how it has ended."""

    prompt_tokens: int = 0
    cached_tokens: int = 0
    tokens: int = 0
    finish: Any = None


class Rejected(NamedTuple):
    """A sentence that was not said."""

    text: str
    reason: str
    regenerated: bool


@dataclass(slots=True, eq=False, kw_only=True)
class NpcTurn(Turn):
    """A turn with an NPC. Its reply is released sentence by sentence, once each has been checked."""

    meeting: Meeting
    player: Player
    memories: Sequence[str] = ()
    wants_trace: bool = False
    loaded: LoadedNpc = field(init=False)  # once it is planned
    plan: Plan = field(default_factory=Plan)
    planned: bool = False
    begun: bool = False  # its conversation has begun it
    draft: Draft = field(default_factory=Draft)
    written: list[Drafted] = field(default_factory=list)  # by the model, not checked yet
    checking: Checking = field(init=False)
    checks: asyncio.Future[Any] | None = None  # of the sentence that is being checked, or prepared to be written again
    given_up: Job | None = None  # the newest run of which nothing is heard any more
    ended: bool = False  # the model has written all
    tried: int = -1  # the sentence that the model was asked again for
    earlier: Tokens = field(default_factory=Tokens)  # of the runs before this one
    rejected: list[Rejected] = field(default_factory=list)
    released_tokens: int = 0  # up to the newest sentence that was released
    call_id: str = ""  # of the action that the game has been asked for
    choosing_job: Any = None  # in which the model chooses arguments
    grounded: bool = False  # a sentence that rests on a fact was released

    def __post_init__(self) -> None:
        Turn.__post_init__(self)
        self.speech = Utterance(self.due, self.pace)  # type: ignore[assignment]
        self.without_job = _WITHOUT_MODEL

    @property
    def utterance(self) -> Utterance:
        """What has been released."""
        assert isinstance(self.speech, Utterance)
        return self.speech

    @property
    def line(self) -> str:
        if self.plan.stage == MODERATION:
            return HELD  # what was held reaches no later prompt either
        return user_message(self.text, [told.fact for told in self.plan.told])

    def asked(self, vectors: Vectors | None = None, memory_vectors: Vectors | None = None) -> Asked:
        """The line, as it is planned for. `vectors` are those of what of it is compared (`focus.compared`)."""
        return Asked(
            self.text,
            self.turn_id,
            self.player.name,
            self.player.roles,
            self.memories,
            self.meeting.topic,
            tuple(self.meeting.lately),
            None if vectors is None else vectors[0],
            memory_vectors,
            self.meeting.before,
            self.meeting.basket,
            None if vectors is None else vectors[1],
        )

    @property
    def has_words(self) -> bool:
        """Whether a sentence was released, or may be once it is checked."""
        return bool(self.speech.text or self.written or self.checks is not None)

    def wait(self, seconds: float) -> None:
        """The game has taken some time, which is no part of the budget."""
        self.due += seconds
        self.ask.due += seconds
        self.utterance.wait(seconds)

    def spoken(self, sentence: Sentence, stage: Stage, sources: Sequence[str]) -> dialogue_pb2.ConverseResponse:
        """The event of a sentence that was released."""
        event = self.sentence(sentence)
        feeling, intensity = emotion_of(sentence.text)
        event.sentence.emotion, event.sentence.intensity = EMOTIONS[feeling], intensity
        if self.wants_trace:
            event.sentence.trace.stage = stage
            event.sentence.trace.sources.extend(sources)
        return event

    def trace(self) -> dialogue_pb2.ConverseResponse:
        """The event that says why the turn went as it did."""
        trace, match = npc_pb2.TurnTrace(), self.plan.match
        if match is not None:
            trace.similarity = match.similarity
            if match.decides:
                trace.intent = match.example.source
            else:
                trace.nearest = match.example.source
        for told in self.plan.told:
            trace.known.add(text=told.fact.text, source=told.fact.source, similarity=told.similarity)
        for one in self.rejected:
            trace.rejected.add(text=one.text, reason=one.reason, regenerated=one.regenerated)
        return self.event(trace=trace)

    def done(self, now: float, finish: Any, failure: Any) -> dialogue_pb2.ConverseResponse:
        event = Turn.done(self, now, finish, failure)
        verdict = self.plan.moderation
        if verdict is not None:
            event.done.moderation.CopyFrom(moderated(verdict))
        return event


def moderated(verdict: Verdict) -> npc_pb2.Moderated:
    """A verdict of the operator's moderation as a message."""
    outcome = npc_pb2.MODERATION_OUTCOME_HOLD if verdict.outcome is Outcome.HOLD else npc_pb2.MODERATION_OUTCOME_MARK
    return npc_pb2.Moderated(outcome=outcome, score=verdict.score or 0.0, reasons=verdict.kinds)
