"""The hook of a server as it comes: the list and the score that ship, with no option set."""

import functools

from bridge.config import Config
from bridge.moderation.moderation import Moderation


def hook(text: str) -> tuple[str, float]:
    """The outcome for a line of a player, and the classifier's score."""
    verdict = _moderation().check(text)
    return verdict.outcome.name.lower(), verdict.score or 0.0


@functools.cache
def _moderation() -> Moderation:
    return Moderation.of(Config())
