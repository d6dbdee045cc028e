"""Why a turn with an NPC went as it did."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from bridge.v1 import npc_pb2


@dataclass(frozen=True, slots=True)
class Grounds:
    """Why a sentence was said. `stage` is "authored", "free", "calculation", "refusal", "safe_line" or "moderation";
    `sources` are what it rests on: "wares[0].price", "lore[1]", "memory[3]", "sum".
    """

    stage: str
    sources: Sequence[str] = ()

    @classmethod
    def of(cls, message: npc_pb2.SentenceTrace) -> Self:
        """From the contract's message."""
        stage = npc_pb2.SentenceStage.Name(message.stage).removeprefix("SENTENCE_STAGE_").lower()
        return cls(stage, tuple(message.sources))


@dataclass(frozen=True, slots=True)
class Known:
    """Something that the NPC knew for this line, where it is from, and how similar it is to the line."""

    text: str
    source: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Rejected:
    """A sentence of the model's that was not said, and what of it nothing supports. `regenerated`: it was asked again
    for it.
    """

    text: str
    reason: str
    regenerated: bool


@dataclass(frozen=True, slots=True)
class Trace:
    """Why a turn went as it did. `intent` is what the line was taken for ("lines[0]"), "" for free talk, and then
    `nearest` what it is most similar to.
    """

    intent: str
    similarity: float
    nearest: str
    known: Sequence[Known]
    rejected: Sequence[Rejected]

    @classmethod
    def of(cls, message: npc_pb2.TurnTrace) -> Self:
        """From the contract's message."""
        return cls(
            message.intent,
            message.similarity,
            message.nearest,
            tuple(Known(one.text, one.source, one.similarity) for one in message.known),
            tuple(Rejected(one.text, one.reason, one.regenerated) for one in message.rejected),
        )


@dataclass(frozen=True, slots=True)
class Moderated:
    """What the operator's moderation said to the player's line: `outcome` is "mark" or "hold"."""

    outcome: str
    score: float
    reasons: Sequence[str]

    @classmethod
    def of(cls, message: npc_pb2.Moderated) -> Self:
        """From the contract's message."""
        outcome = npc_pb2.ModerationOutcome.Name(message.outcome).removeprefix("MODERATION_OUTCOME_").lower()
        return cls(outcome, message.score, tuple(message.reasons))


def emotion_name(value: int) -> str:
    """ "joy"; "" for one that is not known."""
    if value not in npc_pb2.Emotion.values() or not value:
        return ""
    return npc_pb2.Emotion.Name(value).removeprefix("EMOTION_").lower()
