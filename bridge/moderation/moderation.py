"""What a server asks of a text: pass, mark or hold, by the list and, where a rule is unsure, by the score."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from bridge.config import Config
from bridge.errors import ConfigError
from bridge.moderation.reading import DEFAULT, read
from bridge.moderation.verdict import Outcome, Reason, Verdict
from bridge.moderation.word_list import WordList

Score = Callable[[str], float]  # how likely a text is abusive, 0 to 1
_LOOK_SECONDS = 1.0  # between looks at the list's file
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator chooses."""

    on_input: bool = True
    on_output: bool = False
    path: Path | None = None  # of a list; None: the one that ships
    threshold: float = 0.9  # a score from which a text is marked in which a rule fired that lets it pass
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)  # by class, in place of the list's

    @classmethod
    def of(cls, config: Config) -> "Settings":
        """Those of a server's configuration."""
        pairs = (pair.split("=") for pair in config.moderation_outcomes)
        return cls(
            on_input=config.moderation_input,
            on_output=config.moderation_output,
            path=config.moderation_list,
            threshold=config.moderation_score,
            outcomes={kind: Outcome[outcome.upper()] for kind, outcome in pairs},
        )


class Moderation:
    """Judges texts, in any thread. Reads its list again when the file changes; ConfigError if it is wrong at first."""

    def __init__(
        self, settings: Settings, score: Score | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.settings = settings
        self._score = score
        self._clock = clock
        self._path = settings.path or DEFAULT
        self._looked = clock()
        self._state = _state_of(self._path)
        self._list = self._read()

    @classmethod
    def of(cls, config: Config) -> "Moderation":
        """That of a server, with the classifier that ships. ConfigError if the list is wrong."""
        from models.moderation.profanity import Profanity

        return cls(Settings.of(config), Profanity.load().score)

    def check(self, text: str) -> Verdict:
        """The verdict on a text of a player or a character."""
        self._look()
        reasons = tuple(self._judged(reason) for reason in self._list.reasons(text))
        score = None if self._score is None else self._score(text)
        outcome = max((reason.outcome for reason in reasons), default=Outcome.PASS)
        if reasons and outcome is Outcome.PASS and score is not None and score >= self.settings.threshold:
            outcome = Outcome.MARK
            reasons += (Reason("score", outcome, f"score {score:.2f}", "", 0, len(text)),)
        return Verdict(outcome, score, reasons)

    def _judged(self, reason: Reason) -> Reason:
        outcome = self.settings.outcomes.get(reason.kind)
        return reason if outcome is None else replace(reason, outcome=outcome)

    def _look(self) -> None:
        """Read the list again if its file has changed. A wrong one is logged, and the list before stays."""
        now = self._clock()
        if self.settings.path is None or now - self._looked < _LOOK_SECONDS:
            return
        self._looked = now
        state = _state_of(self._path)
        if state == self._state:
            return
        self._state = state
        try:
            self._list = self._read()
            _LOG.info("%s has changed and is read again: %d rules", self._path, len(self._list.rules))
        except ConfigError as error:
            _LOG.warning("%s; the list before stays in force", error)

    def _read(self) -> WordList:
        found = read(self._path)
        known = {rule.kind for rule in found.rules}
        unknown = self.settings.outcomes.keys() - known
        if unknown:
            raise ConfigError(
                f"{self._path} has no class {min(unknown)!r} to give an outcome; use {', '.join(sorted(known))}"
            )
        return found


def _state_of(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
