"""The options for one avatar frame: the rungs that the catalog declares, in formats that the client can sample."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from bridge.codecs.formats import TextureFormat
from bridge.device.catalog import RungSpec
from bridge.device.encoding import EncoderInput, lane_of, on_device
from bridge.policy.work import Rung, SecondLane
from bridge.wire.bounds import Terms
from bridge.wire.texture_formats import WIRE, cheaper, expected_bytes

_REMEMBERED = 256  # kinds of clients whose plans are kept


class Option(NamedTuple):
    """One rung, and the format that its frame comes in, as the wire numbers it."""

    rung: Rung
    format: int


@dataclass(frozen=True, slots=True)
class TextureTarget:
    """How the frame is wanted: its format, what else the client can sample, which row first, and where it is made."""

    format: int
    agreed: tuple[int, ...]
    bottom_up: bool
    device: str


class _Recipe(NamedTuple):
    """What a rung is, whoever asks: without a lane, the last texture again."""

    name: str
    lane: str | None
    format: int = 0
    bytes: int = 0
    stays: bool = False
    then: SecondLane | None = None


def options(
    specs: Sequence[RungSpec], prepare: Callable[[bool], Any], target: TextureTarget, terms: Terms, kept: int | None
) -> list[Option]:
    """The available rungs of `specs`, best first. `prepare` makes a lane's input, of a picture that stays on
    the device for its encoder or not; `kept` is the format of the slot's last texture, if any.
    """
    found: list[Option] = []
    for name, lane, form, count, stays, then in _recipes(tuple(specs), target):
        if lane is not None:
            row = prepare(stays)
            found.append(Option(Rung(name, lane, row, then, terms.payload_seconds(count)), form))
        elif kept is not None and kept in (target.format, cheaper(target.format, target.agreed)):
            found.append(Option(Rung(name), kept))
        if terms.best_only and found:
            break
    return found


@functools.lru_cache(_REMEMBERED)
def _recipes(specs: tuple[RungSpec, ...], target: TextureTarget) -> tuple[_Recipe, ...]:
    """What the rungs are for a client that samples so; made once, for it is asked with every frame."""
    stand_in = cheaper(target.format, target.agreed)
    found: list[_Recipe] = []
    for spec in specs:
        if spec.lane is None:
            found.append(_Recipe(spec.name, None))
            continue
        if spec.cheaper and stand_in is None and any(recipe.lane == spec.lane for recipe in found):
            continue  # the same as a rung above
        form = target.format if not spec.cheaper or stand_in is None else stand_in
        found.append(_recipe(spec, form, target))
    return tuple(found)


def _recipe(spec: RungSpec, form: int, target: TextureTarget) -> _Recipe:
    count = expected_bytes(form, spec.width)
    if WIRE[form] is TextureFormat.RGBA32:
        return _Recipe(spec.name, spec.lane, form, count)
    second = SecondLane(lane_of(WIRE[form]), partial(EncoderInput, bottom_up=target.bottom_up))
    return _Recipe(spec.name, spec.lane, form, count, on_device(WIRE[form], target.device), second)
