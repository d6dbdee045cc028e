"""The lines of moderation, and the figures of a hook over them."""

from collections import Counter

import pytest
from moderation.lines import HARMFUL, HARMLESS, OUTCOMES, Line, lines
from moderation.score import figures, judged

HALVES = {half: lines(half) for half in ("open", "sealed")}


def test_both_halves_are_alike() -> None:
    counts = {half: Counter(line.kind for line in found) for half, found in HALVES.items()}
    assert counts["open"] == counts["sealed"]
    assert set(counts["open"]) == {*HARMLESS, *HARMFUL}
    assert sum(counts["open"].values()) >= 120
    assert min(counts["open"].values()) >= 13


def test_no_line_is_there_twice() -> None:
    texts = Counter(line.text for found in HALVES.values() for line in found)
    assert max(texts.values()) == 1


def test_harmless_lines_are_to_pass_and_harmful_ones_are_not() -> None:
    for line in HALVES["open"] + HALVES["sealed"]:
        assert line.expected in OUTCOMES
        assert (line.expected == "pass") == (line.kind in HARMLESS)


def test_a_hook_that_knows_everything() -> None:
    expected = {line.text: line.expected for line in HALVES["open"]}
    found = figures(judged(lambda text: (expected[text], float(expected[text] != "pass")), HALVES["open"]))
    assert (found["harmless_held"], found["harmful_caught"], found["area_under_curve"]) == (0.0, 1.0, 1.0)
    assert (found["held_wrongly"], found["missed"]) == ([], [])


def test_a_hook_that_knows_nothing() -> None:
    held = figures(judged(lambda text: ("hold", 0.5), HALVES["open"]))
    assert (held["harmless_held"], held["harmful_caught"], held["area_under_curve"]) == (1.0, 1.0, 0.5)
    passed = figures(judged(lambda text: ("pass", 0.5), HALVES["open"]))
    assert (passed["harmless_held"], passed["harmful_caught"]) == (0.0, 0.0)
    assert len(passed["missed"]) == passed["harmful"]


def test_an_outcome_that_there_is_not() -> None:
    with pytest.raises(ValueError, match="x/0: the hook returned 'block'; outcomes are pass, mark, hold"):
        judged(lambda text: ("block", 1.0), [Line("x/0", "oath", "pass", "damn")])
