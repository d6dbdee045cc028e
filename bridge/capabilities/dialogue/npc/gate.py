"""The operator's moderation of talk with NPCs: what players may say, how much of it, and what NPCs may say."""

import functools

from bridge.config import Config
from bridge.errors import Overloaded
from bridge.moderation.audit import Audit
from bridge.moderation.moderation import Moderation
from bridge.moderation.rate_limit import RateLimit
from bridge.moderation.verdict import Outcome, Verdict


class Gate:
    """`take` belongs to the event loop; texts are judged in any thread. ConfigError for a list or an audit trail that
    cannot be used.
    """

    def __init__(self, config: Config) -> None:
        judges = config.moderation_input or config.moderation_output
        self._moderation = _moderation_of(config) if judges else None
        self._on_input, self._on_output = config.moderation_input, config.moderation_output
        lines = config.moderation_lines_per_minute
        self._rate = RateLimit(lines, config.moderation_burst) if lines is not None else None
        path = config.moderation_audit
        self._audit = Audit(path, with_text=config.moderation_audit_text) if path is not None else None

    def take(self, identity: str, player: str, now: float) -> None:
        """Count a line of a player. Overloaded, with the time to wait, if it is one too many."""
        wait = self._rate.wait(identity, player, now) if self._rate is not None else 0.0
        if wait > 0:
            if self._audit is not None:
                self._audit.limited(identity=identity, player=player)
            raise Overloaded(f"this player has said too much; say it again in {wait:.1f} s", retry_after=wait)

    def of_player(self, text: str, identity: str, player: str) -> Verdict | None:
        """The verdict on what a player says; None if it passes."""
        return self._judged(text, identity, player, "player") if self._on_input else None

    def of_npc(self, text: str, identity: str, player: str) -> Verdict | None:
        """The verdict on what an NPC is about to say to a player; None if it passes."""
        return self._judged(text, identity, player, "npc") if self._on_output else None

    def _judged(self, text: str, identity: str, player: str, speaker: str) -> Verdict | None:
        assert self._moderation is not None
        verdict = self._moderation.check(text)
        if self._audit is not None:
            self._audit.judged(verdict, text, identity=identity, player=player, speaker=speaker)
        return None if verdict.outcome is Outcome.PASS else verdict


def _moderation_of(config: Config) -> Moderation:
    """That of a server. To compile the list that ships takes half a second, so a process does that once."""
    if config.moderation_list is not None:
        return Moderation.of(config)
    return _by_shipped_list(config.moderation_outcomes, config.moderation_score)


@functools.cache
def _by_shipped_list(outcomes: tuple[str, ...], score: float) -> Moderation:
    return Moderation.of(Config(moderation_outcomes=outcomes, moderation_score=score))
