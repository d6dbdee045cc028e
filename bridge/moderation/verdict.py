"""What moderation says of a text."""

import enum
from dataclasses import dataclass


class Outcome(enum.IntEnum):
    """What happens to a text; a larger one wins over a smaller one."""

    PASS = 0
    MARK = 1  # it is used, and whoever asked is told
    HOLD = 2  # it is not used

    @property
    def word(self) -> str:
        """As in a list and a configuration."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that fired."""

    kind: str  # the class in the list: threat, abuse, self_harm, ..., or "score"
    outcome: Outcome
    rule: str  # as the list writes it
    place: str  # file and line of the list; empty for the score
    start: int  # characters of the text
    end: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """The strictest outcome of all reasons. `score` is the classifier's, 0 to 1; None without one."""

    outcome: Outcome
    score: float | None
    reasons: tuple[Reason, ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The classes of its reasons, those of the strictest outcome first."""
        return tuple(dict.fromkeys(r.kind for r in sorted(self.reasons, key=lambda reason: -reason.outcome)))
