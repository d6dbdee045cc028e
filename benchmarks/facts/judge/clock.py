"""Times of day in a text: "half past six", "18:30", "noon", "four in the morning", as minutes after midnight."""

import re
from typing import NamedTuple

_HOURS = ("twelve", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven")
_PAST = {"five": 5, "ten": 10, "quarter": 15, "a quarter": 15, "twenty": 20, "twenty five": 25}
_MINUTES = {"oh five": 5, "five": 5, "ten": 10, "fifteen": 15, "twenty": 20, "twenty five": 25, "thirty": 30,
            "forty": 40, "forty five": 45, "fifty": 50}  # fmt: skip
_HOUR = rf"(?:{'|'.join(_HOURS)}|2[0-4]|1\d|0?\d)"
_WORDS = "|".join(word.replace(" ", "[- ]") for word in sorted(_MINUTES, key=len, reverse=True))
_DAY = r"(?:in the|this|tomorrow|every|of an?) (?:early |late )?(?:morning|afternoon|evening)"
_PART = rf"(?P<part>\s*,?\s*(?:o'?clock\s*)?(?:{_DAY}|at night|tonight|[ap]\.?m\b\.?|mornings?|evenings?))"
_HUNDRED_HOURS = r"(?:0\d[0-5]\d|(?:1\d|2[0-3])[0-5]\d(?= ?(?:hours|hrs?|h|station)\b))"
_MINUTES_OF = rf"""
\b(?:(?P<half>half)|(?P<past>(?:a )?quarter|twenty[- ]five|twenty|ten|five|[0-5]?\d)(?: minutes?)?)
 (?P<way>past|after|to|before|till|of) (?P<hour>{_HOUR}|noon|midnight|midday)\b(?![:.]\d){_PART}?
""".replace("\n", "")
_PATTERNS = (
    re.compile(_MINUTES_OF),
    re.compile(rf"\b(?P<hour>[01]?\d|2[0-4])(?::|h)(?P<digits>[0-5]\d)\b{_PART}?"),
    re.compile(rf"\b(?P<hour>[01]?\d|2[0-4])\.(?P<digits>[0-5]\d){_PART}"),
    re.compile(rf"\b(?P<half>half)[- ](?P<hour>{'|'.join(_HOURS)})\b{_PART}?"),
    re.compile(rf"\b(?P<hour>{_HOUR})[- ](?P<words>{_WORDS})\b(?!-){_PART}"),
    re.compile(r"\b(?P<hour>noon|midday|midnight)\b"),
    re.compile(rf"\b(?P<military>{_HUNDRED_HOURS})\b"),
    re.compile(rf"\b(?:oh|zero|0) ?(?P<hour>{'|'.join(_HOURS)}) hundred(?: hours)?\b(?P<early>)"),
    re.compile(rf"\b(?P<hour>{_HOUR})(?![:.]?\d){_PART}"),
    re.compile(rf"\b(?P<hour>{_HOUR})(?P<part>\s*o'?clock\b|\s*[ap]\.?m\b\.?)"),
)


class Time(NamedTuple):
    """A time of day: where it stands, and the minutes after midnight that it can mean."""

    start: int
    end: int
    minutes: frozenset[int]


def times(text: str) -> list[Time]:
    """The times in a folded text, none inside another."""
    found: list[Time] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if all(match.end() <= time.start or match.start() >= time.end for time in found):
                found.append(Time(match.start(), match.end(), _meant(match.groupdict())))
    return sorted(found)


def at_hour(hour: int) -> frozenset[int]:
    """The minutes that a bare number can mean as an hour."""
    return frozenset({hour % 12 * 60, (hour % 12 + 12) * 60}) if hour <= 12 else frozenset({hour % 24 * 60})


def _meant(groups: dict[str, str | None]) -> frozenset[int]:
    if military := groups.get("military"):
        return frozenset({int(military[:2]) * 60 + int(military[2:])})
    hour, certain = _hour(groups["hour"] or "")
    if certain or groups.get("early") is not None:
        return frozenset({(hour * 60 + _past(groups)) % 1440})
    return frozenset((base + _past(groups)) % 1440 for base in _bases(hour, groups.get("part") or ""))


def _hour(word: str) -> tuple[int, bool]:
    """The hour, and whether it is known which half of the day."""
    if word in ("noon", "midday", "midnight"):
        return (0 if word == "midnight" else 12), True
    hour = (_HOURS.index(word) or 12) if word in _HOURS else int(word)
    return hour % 24, hour > 12 or (word.startswith("0") and len(word) == 2)


def _past(groups: dict[str, str | None]) -> int:
    if groups.get("half"):
        return 30
    if digits := groups.get("digits"):
        return int(digits)
    if words := groups.get("words"):
        return _MINUTES[words.replace("-", " ")]
    if past := groups.get("past"):
        minutes = int(past) if past.isdigit() else _PAST[past.replace("-", " ")]
        return minutes if groups["way"] in ("past", "after") else -minutes
    return 0


def _bases(hour: int, part: str) -> tuple[int, ...]:
    """The hour in minutes after midnight, in one half of the day or both."""
    morning, evening = hour % 12 * 60, (hour % 12 + 12) * 60
    if "morning" in part or re.search(r"a\.?m", part):
        return (morning,)
    if "night" in part:
        return (evening,) if hour % 12 >= 6 else (morning, evening)
    if "afternoon" in part or "evening" in part or re.search(r"p\.?m", part):
        return (evening,)
    return (morning, evening)
