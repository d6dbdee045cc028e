"""The audit trail: a JSON line for each text that is marked or held; without the text, unless the operator wants it."""

import json
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bridge.errors import ConfigError
from bridge.moderation.verdict import Outcome, Verdict

_LOG = logging.getLogger(__name__)


class Audit:
    """Appends to a file, which is opened for each line, so that it may be rotated. ConfigError if it cannot be opened.

    Without `with_text` nothing in it tells what was said: no text, no rule and no hash of one.
    """

    def __init__(self, path: Path, *, with_text: bool = False, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._with_text = with_text
        self._clock = clock
        self._failed = False
        try:
            path.open("a", encoding="utf-8").close()
        except OSError as error:
            raise ConfigError(
                f"{path} cannot be written ({error.strerror}); name a file in a folder that can"
            ) from None

    def judged(self, verdict: Verdict, text: str, *, identity: str, player: str, speaker: str) -> None:
        """A text of `speaker` ("player" or "npc") in a conversation of a player, unless it passed."""
        if verdict.outcome is Outcome.PASS:
            return
        more: dict[str, Any] = {}
        if self._with_text:
            more = {"text": text, "score": verdict.score, "rules": [reason.rule for reason in verdict.reasons]}
        self._write(identity, player, speaker, verdict.outcome.word, {"classes": list(verdict.kinds), **more})

    def limited(self, *, identity: str, player: str) -> None:
        """A line of a player that was refused by the rate limit."""
        self._write(identity, player, "player", "limited", {"classes": []})

    def _write(self, identity: str, player: str, speaker: str, outcome: str, more: dict[str, Any]) -> None:
        at = datetime.fromtimestamp(self._clock(), UTC).isoformat(timespec="milliseconds")
        line = {"time": at, "identity": identity, "player": player, "speaker": speaker, "outcome": outcome, **more}
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
            self._failed = False
        except OSError as error:  # a full disk must not end a conversation
            if not self._failed:
                _LOG.error("the audit trail %s cannot be written (%s)", self._path, error.strerror)
            self._failed = True
