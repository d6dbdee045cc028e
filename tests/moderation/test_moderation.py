"""Verdicts: the strictest outcome, the score's part, an operator's outcomes, and a list that changes."""

import logging
import os
from pathlib import Path

import pytest

from bridge.config import Config
from bridge.errors import ConfigError
from bridge.moderation.moderation import Moderation, Settings
from bridge.moderation.verdict import Outcome
from tests.moderation.lists import HOLD, LIST, MARK, PASS, moderation, written


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("text", "outcome", "kinds"),
    [
        ("good day", PASS, ()),
        ("damn this rain", PASS, ("oath",)),
        ("curse you", MARK, ("abuse",)),
        ("damn zork, curse you", HOLD, ("slur", "abuse", "oath")),
    ],
)
def test_the_strictest_rule_counts(tmp_path: Path, text: str, outcome: Outcome, kinds: tuple[str, ...]) -> None:
    verdict = moderation(tmp_path).check(text)
    assert (verdict.outcome, verdict.kinds, verdict.score) == (outcome, kinds, None)


@pytest.mark.parametrize(
    ("text", "score", "outcome"),
    [
        ("damn this rain", 0.9, MARK),
        ("damn this rain", 0.89, PASS),
        ("the cock crows", 0.99, PASS),  # no rule fires, and a score decides nothing by itself
        ("curse you", 0.0, MARK),
        ("zork", 0.95, HOLD),
    ],
)
def test_a_score_marks_what_a_rule_lets_pass(tmp_path: Path, text: str, score: float, outcome: Outcome) -> None:
    verdict = Moderation(Settings(path=written(tmp_path), threshold=0.9), lambda text: score).check(text)
    assert (verdict.outcome, verdict.score) == (outcome, score)
    assert ("score" in verdict.kinds) is (text.startswith("damn") and outcome is MARK)


def test_an_operator_gives_classes_other_outcomes(tmp_path: Path) -> None:
    judged = moderation(tmp_path, outcomes={"oath": HOLD, "slur": PASS})
    assert judged.check("damn").outcome is HOLD
    assert judged.check("zork").outcome is PASS
    with pytest.raises(ConfigError, match="has no class 'oaths' to give an outcome; use abuse, oath, self_harm, slur"):
        moderation(tmp_path, outcomes={"oaths": HOLD})


def test_the_list_is_read_again_when_it_changes(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    clock = Clock()
    path = written(tmp_path)
    judged = Moderation(Settings(path=path), clock=clock)
    path.write_text(LIST + "[abuse: hold]\nblorb\n", encoding="utf-8")
    assert judged.check("blorb").outcome is PASS  # it is looked at once a second
    clock.now = 1.0
    assert judged.check("blorb").outcome is HOLD
    assert "has changed and is read again: 9 rules" in caplog.text


def test_a_wrong_list_leaves_the_one_before_and_is_said_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    path = written(tmp_path)
    judged = Moderation(Settings(path=path), clock=clock)
    path.write_text("[abuse: mark]\n(zork\n", encoding="utf-8")
    for clock.now in (1.0, 2.0, 3.0):
        assert judged.check("zork").outcome is HOLD
    assert caplog.text.count("line 2: '(zork' has a '(' without its ')'; the list before stays in force") == 1
    path.unlink()
    clock.now = 4.0
    assert judged.check("zork").outcome is HOLD
    assert "no such file" in caplog.text
    path.write_text("[abuse: mark]\nzork\n", encoding="utf-8")
    os.utime(path, ns=(1, 1))
    clock.now = 5.0
    assert judged.check("zork").outcome is MARK


def test_a_list_that_is_wrong_at_the_start_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="line 1"):
        moderation(tmp_path, "zork")


def test_a_server_s_configuration_is_what_is_used(tmp_path: Path) -> None:
    config = Config(
        moderation_input=False,
        moderation_output=True,
        moderation_list=written(tmp_path),
        moderation_score=0.5,
        moderation_outcomes=("oath=mark", "slur=pass"),
    )
    judged = Moderation.of(config)
    assert judged.settings == Settings(
        on_input=False, on_output=True, path=tmp_path / "list.txt", threshold=0.5, outcomes={"oath": MARK, "slur": PASS}
    )
    verdict = judged.check("damn")
    assert verdict.outcome is MARK
    assert verdict.score is not None
    assert verdict.score > 0.5
