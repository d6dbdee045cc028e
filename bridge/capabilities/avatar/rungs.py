"""Ways to answer one frame request: the declared rungs, each in a texture format that the client can sample."""

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

_CACHED = 256  # combinations of ladder and target


class Option(NamedTuple):
    """A rung, and the wire number of its frame's texture format."""

    rung: Rung
    format: int


@dataclass(frozen=True, slots=True)
class TextureTarget:
    """What the client wants: a format, the formats it agreed to, a row order; and the device that encodes."""

    format: int
    agreed: tuple[int, ...]
    bottom_up: bool
    device: str


class _Recipe(NamedTuple):
    """The part of a rung that does not depend on the request. Without a lane: the last texture again."""

    name: str
    lane: str | None
    format: int = 0
    bytes: int = 0
    stays: bool = False
    then: SecondLane | None = None


def options(
    specs: Sequence[RungSpec], prepare: Callable[[bool], Any], target: TextureTarget, terms: Terms, kept: int | None
) -> list[Option]:
    """The available rungs of `specs`, best first. `prepare` makes a lane's input; its argument says whether the picture
    stays on the device for an encoder. `kept` is the format of the slot's last texture, if any.
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


@functools.lru_cache(_CACHED)
def _recipes(specs: tuple[RungSpec, ...], target: TextureTarget) -> tuple[_Recipe, ...]:
    """The rungs for a target; cached, as they are needed for every frame."""
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
