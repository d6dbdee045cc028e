"""The words of words.toml, and stems of words."""

import re
import tomllib
from functools import cache
from pathlib import Path


@cache
def stem(word: str) -> str:
    """A word without the commonest endings; rough, but the same for both sides of a comparison."""
    word = word.removesuffix("'s").removesuffix("'")
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    for ending in ("ing", "ed", "es", "s"):
        if len(word) - len(ending) >= 3 and word.endswith(ending) and not word.endswith("ss"):
            return word.removesuffix(ending).rstrip("e")
    return word.rstrip("e") if len(word) > 3 else word


def stems(text: str) -> set[str]:
    """The stems of a folded text's words."""
    return {stem(word) for word in re.findall(r"[a-z]+(?:'[a-z]+)?", text)}


def currency_of(word: str) -> str:
    """The currency that a word names, in the singular; "" for another word."""
    single = word if word in _CURRENCIES else word.removesuffix("s")
    return _SAME.get(single, single) if single in _CURRENCIES else ""


_LISTS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
_CURRENCIES = frozenset(_LISTS["currencies"].split())
_SAME: dict[str, str] = _LISTS["same_currency"]
COMMON = frozenset(map(stem, _LISTS["common"].split()))
BEFORE_CURRENCY = frozenset(_LISTS["before_currency"].split())
TITLES = frozenset(_LISTS["titles"].split())
