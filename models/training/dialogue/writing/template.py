"""The small language that phrases are written in: "[how much|what] does {a item} cost".

Square brackets hold alternatives and may be nested. Braces hold slots; what may stand around a slot's name:
`{a item}` with its article, `{animal+}` in the plural, `{evening~}` another one than `{evening}`, `{n1:2-40}` a number
within bounds, `{x1:red;blue}` one of these. A slot keeps its value for as long as its `Slots` live.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Protocol

from models.npc.english import article, plural, with_article
from models.training.dialogue.writing.draw import Draw

_ARTICLE = re.compile(r"\b([Aa])n? (?=([\w'-]+))")
_SLOT = re.compile(r"\{(?:(an?) )?(\w+)(/\w+)?([~+])?(?::([^{}]*))?\}", re.IGNORECASE)
_START = re.compile(r"((?:^|[.!?:]\s+|\n)[\"(]?)([a-z])")
_AFTER_COLON = re.compile(r"(:\s+[\"(]?)([A-Z])")


class Source(Protocol):
    """Where words come from for slots that have no value yet."""

    def word(self, pool: str, draw: Draw) -> str:
        """A word of a pool; KeyError for a pool that does not exist."""
        ...


class Slots:
    """Values of slots, drawn when they are first asked for."""

    def __init__(self, source: Source, draw: Draw, known: Mapping[str, str] | None = None) -> None:
        self._source, self._draw = source, draw
        self.values: dict[str, str] = {key.lower(): value for key, value in (known or {}).items()}

    def within(self, known: Mapping[str, str]) -> "Slots":
        """Others that begin with these values, and some more."""
        return Slots(self._source, self._draw, {**self.values, **known})

    def fill(self, template: str) -> str:
        """The text of a template: alternatives chosen, slots filled, without capitals."""
        chosen = choose(template, self._draw)
        while "{" in chosen:  # inline lists may name further slots
            filled = _SLOT.sub(self._value, chosen)
            if filled == chosen:
                raise ValueError(f"a brace is left in {template!r}")
            chosen = filled
        return articled(" ".join(chosen.split()))

    def sentence(self, template: str) -> str:
        """As `fill`, with capitals where sentences begin."""
        return capitals(self.fill(template))

    def _value(self, found: re.Match[str]) -> str:
        article, name, part, change, inline = found.groups()
        key = (name + (part or "")).lower()
        if key not in self.values:
            self.values[key] = self._drawn(key, inline, taken=self._alike(key))
        value = self.values[key]
        if article and f"a {key}" in self.values:  # "a dozen fire arrows"
            value, article = self.values[f"a {key}"], article if article[0].isupper() else None
            return value[:1].upper() + value[1:] if article else value
        if change == "~":
            value = self._another(key, inline)
        value = plural(value) if change == "+" else value
        value = with_article(value) if article else value
        return value[:1].upper() + value[1:] if (article or name)[0].isupper() else value

    def _another(self, key: str, inline: str | None) -> str:
        other = f"{key}~"
        if other not in self.values:
            self.values[other] = self._drawn(key, inline, taken={self.values[key]}, near=self.values[key])
        return self.values[other]

    def _alike(self, key: str) -> set[str]:
        """The values of slots of the same pool: {person1} and {person2} are different people."""
        pool = key.rstrip("0123456789")
        return {value for name, value in self.values.items() if name.rstrip("0123456789") == pool}

    def _drawn(self, key: str, inline: str | None, taken: set[str], near: str | None = None) -> str:
        draw = self._draw
        if near is not None and near.isdigit():
            return str(
                max(1, int(near) + draw.one((-10, -3, -2, -1, 1, 2, 3, 5, 10, 20)))
                if int(near) > 10
                else int(near) + draw.within(1, 6)
            )
        for _ in range(12):
            if inline is None:
                value = self._source.word(key.rstrip("0123456789"), draw)
            elif bounds := re.fullmatch(r"(\d+)-(\d+)", inline):
                value = str(draw.magnitude(int(bounds[1]), int(bounds[2])))
            else:
                value = draw.one(inline.split(";"))
            if value not in taken:
                break
        return value


def choose(template: str, draw: Draw) -> str:
    """One of the texts that a template's brackets allow."""
    return "".join(_chosen(part, draw) for part in _parsed(template))


def capitals(text: str) -> str:
    """With a capital at the start of each sentence."""
    return _START.sub(lambda found: found[1] + found[2].upper(), text)


def articled(text: str) -> str:
    """With "an" where a slot's word begins with the sound of a vowel, and "a" where it does not."""
    return _ARTICLE.sub(lambda found: f"{found[1]}{article(found[2])[1:]} ", text)


_Part = str | tuple["tuple[_Part, ...]", ...]


def _chosen(part: _Part, draw: Draw) -> str:
    return part if isinstance(part, str) else "".join(_chosen(inner, draw) for inner in draw.one(part))


@lru_cache(maxsize=20_000)
def _parsed(template: str) -> tuple[_Part, ...]:
    parts, end = _sequence(template, 0, "")
    if end != len(template):
        raise ValueError(f"a bracket is not closed in {template!r}")
    return parts


def _sequence(text: str, at: int, stops: str) -> tuple[tuple[_Part, ...], int]:
    """Text and alternatives up to one of `stops`, and where that is. Brackets inside braces are text."""
    parts: list[_Part] = []
    start = at
    while at < len(text) and text[at] not in stops:
        if text[at] == "{":
            at = text.index("}", at)
        elif text[at] == "[":
            parts.append(text[start:at])
            options, at = _alternatives(text, at + 1)
            parts.append(options)
            start = at
            continue
        at += 1
    return (*parts, text[start:at]), at


def _alternatives(text: str, at: int) -> tuple[tuple[tuple[_Part, ...], ...], int]:
    options = []
    while True:
        option, at = _sequence(text, at, "|]")
        if at == len(text):
            raise ValueError(f"a bracket is not closed in {text!r}")
        options.append(option)
        at += 1
        if text[at - 1] == "]":
            return tuple(options), at
