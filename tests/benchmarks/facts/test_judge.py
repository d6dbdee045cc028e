"""The judge's verdicts on replies that were written by hand, and on a few of the bare model."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from facts.judge.context import read
from facts.judge.verdict import judge
from facts.questions import npc_file, questions

QUESTIONS = {question.number: question for question in questions("open")}


def replies(path: Path) -> Iterator[tuple[str, bool, str]]:
    """Question, whether the judge should think it right, and reply; "right!" and "wrong!" are its known mistakes."""
    for line in path.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            number, verdict, reply = line.split("\t")
            assert verdict.rstrip("!") in ("right", "wrong")
            yield number, verdict in ("right", "wrong!"), reply


@pytest.mark.parametrize("path", sorted(Path(__file__).parent.glob("replies_*.tsv")), ids=lambda path: path.stem)
def test_replies_are_judged_as_a_reader_would(path: Path) -> None:
    other = []
    for number, right, reply in replies(path):
        question = QUESTIONS[number]
        verdict = judge(question, read(npc_file(question.npc)), reply)
        if verdict.right != right:
            other.append((number, reply, verdict.wrong))
    assert other == []
