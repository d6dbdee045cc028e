"""How large a game the machine carries: tries the full size first, and smaller ones until all is in budget.

Budgets stay as they are, since they are what a game needs; what shrinks is how much a second is asked for. A trial is
the game itself for some seconds, with the replies cut short. The server learns from it too: what its lanes take under
load, and how often other processes take its cores away.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from bridge.tools.demo.counters import Counters
from bridge.tools.demo.game import Game
from bridge.tools.demo.options import Options
from bridge.tools.demo.script import CHARACTERS, Character

_TRIAL_SECONDS = 3.0  # at full size; a smaller game is tried for longer, since it asks less often
_LONGEST_TRIAL = 6.0
_SHARES = (1.0, 2 / 3, 1 / 2, 1 / 3, 1 / 5)  # of the full size
_BOTH_SPEAK = 0.5  # share of the full size below which a single character speaks
_LEAST_CLASSIFY, _LEAST_DETECT = 1.5, 1.0  # a second: what was seen is not carried on for longer than that
_LOST = 0.02  # share of a trial's requests that may be lost: one frame of ninety, no picture of nine
_HEADROOM = 0.85  # of the budget: nine of ten answers have to be this quick
_HEADROOM_TALK = 0.75  # the same for first tokens
_FAR = 0.8  # a smaller share in budget means that the next size is too large as well
_NAMES = {"avatar": "avatar frames", "classify": "classification", "detect": "detection", "dialogue": "first tokens"}


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial at a share of the full size. `shortfall` says what was not carried; empty if all was."""

    share: float
    shortfall: str


@dataclass(frozen=True, slots=True)
class Size:
    """The game to play, `share` of the full one, and the trials that led to it."""

    options: Options
    share: float = 1.0
    trials: tuple[Trial, ...] = ()

    @property
    def carried(self) -> bool:
        """Whether the last trial was carried; true without trials."""
        return not self.trials or not self.trials[-1].shortfall

    @property
    def sentence(self) -> str:
        """Which size is played, and why."""
        if not self.trials:
            return f"playing at full size, untried: {described(self.options)}"
        if not self.carried:
            return (
                f"this machine does not carry even the smallest game, {described(self.options)}: "
                f"{self.trials[-1].shortfall}; it is played all the same"
            )
        if self.share == 1.0:
            return f"this machine carries the full game: {described(self.options)}"
        return (
            f"this machine carries {self.share:.0%} of the full game, which is played: {described(self.options)}; "
            f"at {self.trials[-2].share:.0%}, {self.trials[-2].shortfall}"
        )


def described(options: Options) -> str:
    """What is asked for a second."""
    characters = "a character" if options.characters == 1 else f"{options.characters} characters"
    pictures = "picture" if options.classify_fps == 1 else "pictures"
    return (
        f"an avatar at {options.avatar_fps:g} fps, {options.classify_fps:g} {pictures} a second to classify and "
        f"{options.detect_fps:g} to detect objects in, {characters}"
    )


def scaled(options: Options, share: float) -> Options:
    """A smaller game with the same budgets."""

    def rate(full: float, least: float = 0.1) -> float:
        return max(min(full, least), round(full * share, 1))

    return replace(
        options,
        avatar_fps=rate(options.avatar_fps),
        classify_fps=rate(options.classify_fps, _LEAST_CLASSIFY),
        detect_fps=rate(options.detect_fps, _LEAST_DETECT),
        characters=options.characters if share >= _BOTH_SPEAK else 1,
    )


def trial_characters(options: Options) -> tuple[Character, ...]:
    """The characters in a trial: each says the beginning of one reply."""
    return tuple(
        replace(character, lines=character.lines[1:2], cut_in=0) for character in CHARACTERS[: options.characters]
    )


async def fit(full: Options, play: Callable[[Options], Awaitable[Game]]) -> Size:
    """Find the largest size that the machine carries; the smallest, if it carries none. `play` plays a trial."""
    trials: list[Trial] = []
    place = 0
    while True:
        share = _SHARES[place]
        game = await play(replace(scaled(full, share), seconds=min(_LONGEST_TRIAL, _TRIAL_SECONDS / share)))
        trials.append(Trial(share, shortfall(game)))
        if not trials[-1].shortfall or place == len(_SHARES) - 1:
            return Size(scaled(full, share), share, tuple(trials))
        worst = min(counters.in_budget for counters in game.counters.values())
        place = min(len(_SHARES) - 1, place + (2 if worst < _FAR else 1))


def shortfall(game: Game) -> str:
    """What a machine did not carry of a trial, in words; empty if it carried all."""
    return next((said for work, counters in game.counters.items() if (said := _shortfall(work, counters))), "")


def _shortfall(work: str, counters: Counters) -> str:
    lost = counters.sent - counters.superseded - counters.on_time
    if lost > _LOST * counters.sent:
        return f"{counters.in_budget:.0%} of {_NAMES[work]} were in budget"
    headroom = _HEADROOM_TALK if work == "dialogue" else _HEADROOM
    slow = counters.percentile(0.9)
    if slow > headroom * counters.budget:
        return f"{_NAMES[work]} took {slow * 1e3:.0f} of their {counters.budget * 1e3:.0f} ms"
    return ""
