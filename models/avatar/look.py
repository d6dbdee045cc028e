"""An avatar's look: parts, colours, expressions, and the conditions that the generator takes.

A seed determines a `Look` through a fixed prior, and any attribute may be overridden. Conditions are one-hot parts
followed by colours in [0, 1]; a morph between looks is a straight line between their conditions, eased at both ends.
Knows neither torch nor how a picture is made.
"""

import hashlib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Conditions = NDArray[np.float32]
Rgb = tuple[int, int, int]  # each 0 to 255
T = TypeVar("T")

PARTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "mouth": ("agape", "angry", "laugh", "sad", "smile"),
        "eyes": ("bow", "happy", "humble", "wide", "wink"),
        "eyebrows": ("angry", "happy", "neutral", "raised", "sad"),
        "hair": ("bun", "side_combed", "spiky", "undercut"),
        "rear_hair": ("none", "long_straight", "long_wavy", "neck_high", "shoulder_high"),
        "beard": ("none", "chin", "chin_moustache", "full_beard", "long_beard", "moustache_twirl"),
        "clothes": ("dress", "open_jacket", "shirt", "t_shirt", "turtle_neck"),
    }
)
COLORS = ("skin_color", "hair_color", "clothes_color")
PART_WIDTH = sum(len(choices) for choices in PARTS.values())
CONDITION_WIDTH = PART_WIDTH + 3 * len(COLORS)

EXPRESSIONS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "neutral": {"mouth": "smile", "eyes": "happy", "eyebrows": "neutral"},
        "happy": {"mouth": "laugh", "eyes": "happy", "eyebrows": "happy"},
        "laughing": {"mouth": "laugh", "eyes": "bow", "eyebrows": "happy"},
        "sad": {"mouth": "sad", "eyes": "happy", "eyebrows": "sad"},
        "angry": {"mouth": "angry", "eyes": "wide", "eyebrows": "angry"},
        "surprised": {"mouth": "agape", "eyes": "wide", "eyebrows": "happy"},
        "doubtful": {"mouth": "sad", "eyes": "happy", "eyebrows": "raised"},
        "winking": {"mouth": "smile", "eyes": "wink", "eyebrows": "raised"},
        "shy": {"mouth": "smile", "eyes": "humble", "eyebrows": "sad"},
    }
)


@dataclass(frozen=True, slots=True)
class Look:
    """One avatar: a choice for every part and three free colours."""

    mouth: str
    eyes: str
    eyebrows: str
    hair: str
    rear_hair: str
    beard: str
    clothes: str
    skin_color: Rgb
    hair_color: Rgb
    clothes_color: Rgb

    def __post_init__(self) -> None:
        for name in PARTS:
            _check_choice(name, getattr(self, name))
        for name in COLORS:
            _check_rgb(name, getattr(self, name))

    @property
    def parts(self) -> tuple[str, ...]:
        """The choices in the order of `PARTS`, by which looks are held out from training."""
        return tuple(getattr(self, name) for name in PARTS)

    def with_attributes(self, values: Mapping[str, str]) -> "Look":
        """This look with some attributes replaced; colours are given as "#rrggbb".

        ValueError, listing the valid values, for an unknown attribute, choice or colour.
        """
        changes: dict[str, str | Rgb] = {}
        for name, value in values.items():
            if name in COLORS:
                changes[name] = _parse_rgb(name, value)
            else:
                _check_choice(name, value)
                changes[name] = value
        return replace(self, **changes)  # type: ignore[arg-type]

    def with_expression(self, name: str) -> "Look":
        """This look with one of `EXPRESSIONS`. ValueError for an unknown name."""
        return self.with_attributes(_expression(name))


def look_from_seed(seed: int) -> Look:
    """The look of `seed`, the same on every machine and in every later version.

    The prior draws from SHA-256 of the seed's decimal digits, since a random generator's stream may change. ValueError
    unless the seed fits a signed 64-bit integer.
    """
    if not -(2**63) <= seed < 2**63:
        raise ValueError(f"seed {seed} does not fit 64 bits; send one between -2^63 and 2^63-1.")
    draw = _Draws(f"avatar-look-1:{seed}")
    mood = EXPRESSIONS[draw.weighted(_MOODS)]
    return Look(
        mouth=mood["mouth"],
        eyes=mood["eyes"],
        eyebrows=mood["eyebrows"],
        hair=draw.uniform(PARTS["hair"]),
        rear_hair=draw.weighted(_REAR_HAIR),
        beard=draw.weighted(_BEARD),
        clothes=draw.uniform(PARTS["clothes"]),
        skin_color=draw.near(draw.uniform(_SKINS), 10),
        hair_color=draw.near(draw.uniform(_HAIRS), 16),
        clothes_color=draw.near(draw.uniform(_CLOTHES), 40),
    )


def conditions(look: Look) -> Conditions:
    """The generator's input: float32 [CONDITION_WIDTH], one-hot parts, then colours in [0, 1]."""
    row: list[float] = []
    for name, choices in PARTS.items():
        chosen = getattr(look, name)
        row += [float(choice == chosen) for choice in choices]
    for name in COLORS:
        row += [channel / 255 for channel in getattr(look, name)]
    return np.array(row, np.float32)


def express(look: Look, expression: str, intensity: float) -> Conditions:
    """Conditions of `look` with `expression` at `intensity` from 0 to 1.

    ValueError for an unknown expression or an intensity that is not a number in [0, 1].
    """
    _check_unit("intensity", intensity)
    return _mix(conditions(look), conditions(look.with_expression(expression)), intensity)


def blend(start: Conditions, end: Conditions, progress: float) -> Conditions:
    """The conditions at `progress` (0 to 1) of a morph from `start` to `end`, slow at both ends (smoothstep).

    ValueError unless all three are finite, `progress` is in [0, 1] and the widths match.
    """
    _check_unit("progress", progress)
    check_conditions(start)
    check_conditions(end)
    return _mix(start, end, progress * progress * (3 - 2 * progress))


def check_conditions(row: Conditions) -> None:
    """ValueError unless `row` is a finite float32 [CONDITION_WIDTH]."""
    if row.shape != (CONDITION_WIDTH,) or row.dtype != np.float32:
        raise ValueError(
            f"conditions are {row.dtype}{list(row.shape)}; send float32[{CONDITION_WIDTH}] made by `conditions`."
        )
    if not np.isfinite(row).all():
        raise ValueError("conditions hold NaN or infinity; send finite numbers only.")


def attribute_schema() -> dict[str, tuple[str, ...]]:
    """Every attribute a client may set, with its choices; a colour's only "choice" is the form "#rrggbb"."""
    return dict(PARTS) | dict.fromkeys(COLORS, ("#rrggbb",))


_MOODS = {"neutral": 8, "happy": 4, "shy": 1, "sad": 1, "angry": 1, "surprised": 1}
_REAR_HAIR = {"none": 4, "long_straight": 1, "long_wavy": 1, "neck_high": 1, "shoulder_high": 1}
_BEARD = {"none": 10, "chin": 1, "chin_moustache": 1, "full_beard": 1, "long_beard": 1, "moustache_twirl": 1}
_SKINS: tuple[Rgb, ...] = ((92, 56, 41), (163, 107, 79), (185, 142, 106), (198, 142, 122), (241, 195, 165))
_HAIRS: tuple[Rgb, ...] = (
    (44, 27, 24),
    (114, 65, 51),
    (165, 87, 40),
    (181, 129, 67),
    (214, 179, 112),
    (140, 140, 146),
    (120, 54, 132),
)
_CLOTHES: tuple[Rgb, ...] = (
    (11, 50, 134),
    (84, 84, 84),
    (20, 127, 60),
    (249, 115, 22),
    (236, 72, 153),
    (115, 26, 195),
    (177, 31, 31),
    (232, 233, 230),
    (234, 179, 8),
)


class _Draws:
    """A short stream of draws from SHA-256; frozen with the prior."""

    def __init__(self, text: str) -> None:
        self._bytes = b"".join(hashlib.sha256(f"{text}:{block}".encode()).digest() for block in range(4))
        self._at = 0

    def below(self, bound: int) -> int:
        word = self._bytes[self._at : self._at + 4]
        assert len(word) == 4, "the prior draws more than its hash gives"
        self._at += 4
        return int.from_bytes(word, "big") * bound >> 32

    def uniform(self, choices: tuple[T, ...]) -> T:
        return choices[self.below(len(choices))]

    def weighted(self, weights: Mapping[str, int]) -> str:
        return self.uniform(tuple(name for name, weight in weights.items() for _ in range(weight)))

    def near(self, color: Rgb, spread: int) -> Rgb:
        red, green, blue = (min(255, max(0, c + self.below(2 * spread + 1) - spread)) for c in color)
        return red, green, blue


def _mix(start: Conditions, end: Conditions, share: float) -> Conditions:
    return np.asarray(start + np.float32(share) * (end - start), np.float32)


def _expression(name: str) -> Mapping[str, str]:
    if name not in EXPRESSIONS:
        raise ValueError(f"unknown expression {name!r}; choose one of {', '.join(EXPRESSIONS)}.")
    return EXPRESSIONS[name]


def _check_choice(name: str, value: str) -> None:
    if name not in PARTS:
        raise ValueError(f"unknown attribute {name!r}; choose one of {', '.join((*PARTS, *COLORS))}.")
    if value not in PARTS[name]:
        raise ValueError(f"{name} cannot be {value!r}; choose one of {', '.join(PARTS[name])}.")


def _check_rgb(name: str, value: Rgb) -> None:
    if len(value) != 3 or not all(isinstance(channel, int) and 0 <= channel <= 255 for channel in value):
        raise ValueError(f"{name} cannot be {value!r}; give red, green and blue as integers from 0 to 255.")


def _parse_rgb(name: str, value: str) -> Rgb:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        raise ValueError(f'{name} cannot be {value!r}; write it as "#rrggbb" in hexadecimal digits.')
    return int(value[1:3], 16), int(value[3:5], 16), int(value[5:7], 16)


def _check_unit(name: str, value: float) -> None:
    if not (math.isfinite(value) and 0 <= value <= 1):
        raise ValueError(f"{name} is {value}; send a number from 0 to 1.")
