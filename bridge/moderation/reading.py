"""Reads a list of rules: sections `[CLASS: OUTCOME]`, `[words NAME]` and `[spellings]`, one entry a line.

ConfigError names the file and the line, and says what to write instead.
"""

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bridge.errors import ConfigError
from bridge.moderation.pattern import Names, PatternError, alternatives, either, pattern
from bridge.moderation.verdict import Outcome
from bridge.moderation.word_list import Rule, WordList

DEFAULT = Path(__file__).parent / "english.txt"
_INCLUDE = "include default"
_SECTION = re.compile(
    r"\[\s*(?:words\s+(?P<group>\w+)|(?P<spellings>spellings)|(?P<kind>\w+)\s*:\s*(?P<what>\w+))\s*\]"
)
_SECTION_LIKE = re.compile(r"\[[^\[\]|<>]*[:\s][^\[\]|<>]*\]|\[\w+\]")
_WORD = re.compile(r"[^\W_]+")
_OUTCOMES: dict[str, Outcome | None] = {outcome.word: outcome for outcome in Outcome} | {"except": None}
_MOST_BYTES = 1 << 20
_MOST_RULES = 10_000


def read(path: Path) -> WordList:
    """The list in a file. ConfigError says what is wrong in it, and where."""
    reader = _Reader()
    reader.read(path)
    return WordList(reader.rules, reader.names.same)


class _Reader:
    """Reads a list, and the default one where the list includes it."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []
        self.names = Names()
        self._add: Callable[[str, str], None] | None = None

    def read(self, path: Path) -> None:
        """Add what is in a file."""
        for number, written in enumerate(_text(path).splitlines(), 1):
            try:
                self._take(written.partition("#")[0].strip(), path, f"{path.name}:{number}")
            except PatternError as wrong:
                raise ConfigError(f"{path}, line {number}: {wrong}") from None
        self._add = None

    def _take(self, text: str, path: Path, place: str) -> None:
        if text.lower() == _INCLUDE:
            if self.rules or self.names.groups or self.names.same or path == DEFAULT:
                raise PatternError(f"`{_INCLUDE}` comes after other entries; write it in the first line")
            self.read(DEFAULT)
        elif _SECTION_LIKE.fullmatch(text):
            self._add = self._section(text)
        elif text and self._add is None:
            raise PatternError(f"{text!r} is in no section; write one above it, such as [abuse: mark]")
        elif text and self._add is not None:
            self._add(text, place)

    def _section(self, text: str) -> Callable[[str, str], None]:
        found = _SECTION.fullmatch(text)
        if found is None:
            raise PatternError(
                f"{text} is no section; use [CLASS: OUTCOME] such as [abuse: mark], [words NAME] or [spellings]"
            )
        if found["group"]:
            return partial(self._group, found["group"])
        if found["spellings"]:
            return self._spelling
        if found["what"] not in _OUTCOMES:
            raise PatternError(f"{text} has no outcome; use {', '.join(_OUTCOMES)} after the colon")
        return partial(self._rule, found["kind"], _OUTCOMES[found["what"]])

    def _rule(self, kind: str, outcome: Outcome | None, text: str, place: str) -> None:
        if len(self.rules) >= _MOST_RULES:
            raise PatternError(f"the list has more than {_MOST_RULES} rules; join some as (one|other)")
        read = pattern(text, self.names)
        self.rules.append(Rule(kind, outcome, text, place, read, re.compile(read.expression)))

    def _group(self, name: str, text: str, place: str) -> None:
        more = alternatives(text, self.names)
        known = self.names.groups.get(name)
        self.names.groups[name] = more if known is None else either([known, more])

    def _spelling(self, text: str, place: str) -> None:
        spellings, _, meant = text.lower().replace("'", "").partition("=")
        words = meant.split()
        if not words or not all(_WORD.fullmatch(word) for word in words):
            raise PatternError(f"{text!r} is no spelling; write it as `u, ya = you`")
        for spelling in spellings.split(","):
            if not _WORD.fullmatch(spelling.strip()):
                raise PatternError(f"{spelling.strip()!r} is no word; write a spelling as `u, ya = you`")
            self.names.same[spelling.strip()] = tuple(words)


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file; `framebridge moderation list` prints one to start from") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read ({error.strerror}); name a text file with rules") from None
    if len(data) > _MOST_BYTES:
        raise ConfigError(f"{path} has {len(data)} bytes; a list of rules may have {_MOST_BYTES}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}, line {line}: not UTF-8; save the file as UTF-8") from None
