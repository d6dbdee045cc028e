"""Which size of the demo's game is played: the largest that the machine carries in a trial."""

import asyncio
from collections.abc import Callable

import pytest

from bridge.client import Timing
from bridge.tools.demo.game import Game
from bridge.tools.demo.options import Options
from bridge.tools.demo.size import Size, Trial, fit, scaled, shortfall, trial_characters

FULL = Options()
TIMING = Timing(compute=0.004, server=0.006, batch_size=1)


def played(options: Options, *, elapsed: float = 0.3, lost: dict[str, int] | None = None) -> Game:
    """A trial whose answers take this share of their budgets, and which loses so many of each kind."""
    game = Game(options, b"", [b""], 10.0, trial_characters(options))
    rates = {"avatar": options.avatar_fps, "classify": options.classify_fps, "detect": options.detect_fps}
    for work, counters in game.counters.items():
        counters.sent = round(options.seconds * rates.get(work, 1.0))
        counters.missed = (lost or {}).get(work, 0)
        for _ in range(counters.sent - counters.missed):
            counters.on_time += 1
            counters.note(elapsed * counters.budget, TIMING)
    return game


def fitted(outcome: Callable[[Options], Game]) -> tuple[Size, list[Options]]:
    tried: list[Options] = []

    async def play(options: Options) -> Game:
        tried.append(options)
        return outcome(options)

    return asyncio.run(fit(FULL, play)), tried


def test_a_quick_machine_is_tried_once_and_plays_the_full_game() -> None:
    size, tried = fitted(played)
    assert size.options == FULL
    assert (size.share, size.carried, len(tried)) == (1.0, True, 1)
    assert tried[0].seconds == 3.0
    assert "carries the full game" in size.sentence


def test_a_slow_machine_plays_the_largest_size_that_it_carries() -> None:
    size, tried = fitted(lambda options: played(options, elapsed=0.9 if options.avatar_fps > 15 else 0.5))
    assert [options.avatar_fps for options in tried] == [30, 20, 15]
    assert [options.seconds for options in tried] == [3.0, pytest.approx(4.5), 6.0]
    assert (size.options.avatar_fps, size.options.classify_fps, size.options.detect_fps) == (15, 1.5, 1)
    assert [trial.shortfall == "" for trial in size.trials] == [False, False, True]
    assert size.sentence == (
        "this machine carries 50% of the full game, which is played: an avatar at 15 fps, 1.5 pictures a second to "
        "classify and 1 to detect objects in, 2 characters; at 67%, avatar frames took 45 of their 50 ms"
    )


def test_a_machine_that_loses_much_is_not_tried_at_every_size() -> None:
    _, tried = fitted(lambda options: played(options, lost={"classify": round(options.classify_fps)}))
    assert [options.avatar_fps for options in tried] == [30, 15, 6]


def test_a_machine_that_carries_no_size_plays_the_smallest_and_says_so() -> None:
    size, tried = fitted(lambda options: played(options, elapsed=1.0))
    assert len(tried) == 5
    assert not size.carried
    assert (size.options.avatar_fps, size.options.characters) == (6, 1)
    assert "does not carry even the smallest game" in size.sentence


def test_budgets_and_length_stay_as_they_are() -> None:
    small = scaled(FULL, 0.2)
    assert [small.budget(work) for work in ("avatar", "classify", "detect", "dialogue")] == [0.05, 0.066, 0.15, 3.0]
    assert small.seconds == FULL.seconds
    assert (small.avatar_fps, small.classify_fps, small.detect_fps) == (6, 1.5, 1)
    assert scaled(Options(classify_fps=0.5), 0.2).classify_fps == 0.5


@pytest.mark.parametrize(
    ("lost", "said"),
    [
        ({"avatar": 1}, ""),  # of ninety
        ({"avatar": 2}, "98% of avatar frames were in budget"),
        ({"detect": 1}, "83% of detection were in budget"),
        ({"dialogue": 1}, "67% of first tokens were in budget"),
    ],
)
def test_what_is_lost_is_named(lost: dict[str, int], said: str) -> None:
    assert shortfall(played(Options(seconds=3.0), lost=lost)) == said


def test_without_a_trial_the_full_game_is_called_untried() -> None:
    assert "untried" in Size(FULL).sentence
    assert Size(FULL, trials=(Trial(1.0, ""),)).carried
