"""How long players waited, and what the guard kept back."""

import statistics
from collections import Counter
from collections.abc import Sequence
from typing import Any

from facts.contenders.contender import Said

SPEEDS = ("first_seconds_p50", "sentence_seconds_p50", "free_sentence_seconds_p50", "tokens_a_second")


def speed(said: Sequence[Said]) -> dict[str, Any]:
    """Medians in seconds; tokens a second behind the first one, where the model was asked and its time is known."""
    timed = [one for one in said if one.tokens > 1 and one.decoding > 0]
    decoding = sum(one.decoding for one in timed)
    tokens = sum(one.tokens - 1 for one in timed)
    free = [one.sentence for one in said if one.is_free and one.sentence > 0]
    return {
        "first_seconds_p50": _median([one.first for one in said]),
        "sentence_seconds_p50": _median([one.sentence for one in said if one.sentence > 0]),
        "free_sentence_seconds_p50": _median(free),
        "seconds_p50": _median([one.seconds for one in said]),
        "tokens_a_second": round(tokens / decoding, 2) if decoding else 0.0,
    }


def guard(said: Sequence[Said]) -> dict[str, Any]:
    """What was said sentence by sentence, and how many of the model's sentences were asked for again or replaced."""
    rejected = [one for reply in said for one in reply.rejected]
    free = sum(stage == "free" for reply in said for stage in reply.stages)
    return {
        "sentences": dict(Counter(stage for reply in said for stage in reply.stages)),
        "written": free + len(rejected),
        "rejected": len(rejected),
        "regenerated": sum(one.regenerated for one in rejected),
        "replaced": sum(not one.regenerated for one in rejected),
    }


def _median(seconds: Sequence[float]) -> float:
    return round(statistics.median(seconds), 3) if seconds else 0.0
