"""Small lists for tests, and what they say of a text."""

from pathlib import Path

from bridge.moderation.moderation import Moderation, Settings
from bridge.moderation.reading import read
from bridge.moderation.verdict import Outcome
from bridge.moderation.word_list import WordList

PASS, MARK, HOLD = Outcome

LIST = """
[spellings]
u, ya = you
dont = do not
[words you]
you | your mother
[self_harm: hold]
kill+yourself
^ die $
[self_harm: except]
kill yourself laughing
[abuse: mark]
(fuck*|curse) <you>
you are .. (worthless|piece of junk)
[go to] hell with you
[oath: pass]
fuck* | damn | shit | bitch | *arse | bog | mango | bastard
[slur: hold]
zork | zorks
"""


def written(folder: Path, text: str = LIST) -> Path:
    """A file with a list."""
    path = folder / "list.txt"
    path.write_text(text, encoding="utf-8")
    return path


def word_list(folder: Path, text: str = LIST) -> WordList:
    return read(written(folder, text))


def found(rules: WordList, text: str) -> list[tuple[str, str]]:
    """The classes that fire, each with the words that it is for."""
    return [(reason.kind, text[reason.start : reason.end]) for reason in rules.reasons(text)]


def moderation(folder: Path, text: str = LIST, **settings: object) -> Moderation:
    return Moderation(Settings(path=written(folder, text), **settings))  # type: ignore[arg-type]
