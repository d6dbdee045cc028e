"""The phrases of phrases.toml as one pattern for each list."""

import re
import tomllib
from pathlib import Path


def _pattern(name: str) -> re.Pattern[str]:
    return re.compile("|".join(one if one.startswith("^") else rf"(?<!\w)(?:{one})(?!\w)" for one in _LISTS[name]))


_LISTS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))

DECLINES = _pattern("declines")
DO_YOU_KNOW = _pattern("do_you_know")
DENIES = _pattern("denies")
AFFIRMS = _pattern("affirms")
NONE_LEFT = _pattern("none_left")
REFUSES = _pattern("refuses")
COMPLIES = _pattern("complies")
LEAVES_ITS_ROLE = _pattern("leaves_its_role")
GUESSES = _pattern("guesses")
ADVICE = _pattern("advice")
PLAYER_SAYS = _pattern("player_says")
