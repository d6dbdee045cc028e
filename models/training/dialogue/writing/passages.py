"""Reads the text files of `words/`: what is said about something, how it is asked for, and how it is answered.

A passage begins with "@" and what it is about. "=" is a fact's text; "?" a question, "??" one that follows another
about the same, "?+" the same question about another one, "?*" one that may be meant for other facts too; "!" an answer;
"*" what an answer has to say: "&" joins what is all needed, "|" what serves instead. Questions in a row share the
answers below them. "#" is a comment.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

WORDS = Path(__file__).parents[1] / "words"


@dataclass(slots=True)
class Question:
    """Ways to ask one thing and to answer it. Templates, all of them."""

    asks: list[str] = field(default_factory=list)
    then: list[str] = field(default_factory=list)  # after a question about the same
    also: list[str] = field(default_factory=list)  # after the same question about something else
    general: list[str] = field(default_factory=list)  # those that other facts may answer too
    says: list[str] = field(default_factory=list)
    must: str = ""


@dataclass(slots=True)
class Passage:
    """Something to talk about: a fact with its questions, or a kind of talk."""

    about: str
    fact: str = ""
    questions: list[Question] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)  # without a mark

    @property
    def question(self) -> Question:
        """The only one."""
        if len(self.questions) != 1:
            raise ValueError(f"{self.about!r} has {len(self.questions)} questions, not one")
        return self.questions[0]


@cache
def passages(name: str) -> Sequence[Passage]:
    """Those of a file, by its name in `words/`. ValueError for a line out of place."""
    found: list[Passage] = []
    for number, line in enumerate((WORDS / name).read_text(encoding="utf-8").splitlines(), 1):
        mark, _, text = line.partition(" ")
        if not line or line.startswith("#"):
            continue
        if mark == "@":
            found.append(Passage(text))
        elif not found:
            raise ValueError(f"{name}, line {number}: stands before the first '@'")
        else:
            _read(found[-1], mark, text, line)
    return found


@cache
def sections(name: str) -> dict[str, Passage]:
    """The passages of a file by what they are about, which is different for each."""
    found = passages(name)
    by_name = {passage.about: passage for passage in found}
    if len(by_name) != len(found):
        raise ValueError(f"{name} has two sections of one name")
    return by_name


def _read(passage: Passage, mark: str, text: str, line: str) -> None:
    if mark == "=":
        passage.fact = text
        return
    if mark not in ("?", "??", "?+", "?*", "!", "*"):
        passage.lines.append(line)
        return
    if mark.startswith("?") and (not passage.questions or passage.questions[-1].says):
        passage.questions.append(Question())
    if not passage.questions:
        passage.questions.append(Question())
    question = passage.questions[-1]
    if mark == "*":
        question.must = text
        return
    lists = {"?": question.asks, "??": question.then, "?+": question.also, "?*": question.general, "!": question.says}
    lists[mark].append(text)
