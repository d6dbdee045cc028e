"""The ways to answer for one avatar frame: what the catalog declares, with the formats that the client can sample."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from bridge.codecs.formats import TextureFormat
from bridge.device.catalog import RungSpec
from bridge.device.encoding import Bare, lane_of, on_device
from bridge.policy.work import Leg, Rung
from bridge.wire.bounds import Worth
from bridge.wire.formats import WIRE, cheaper, expected_bytes
from models.avatar.look import Conditions

_REMEMBERED = 256  # kinds of clients whose plans are kept


class Way(NamedTuple):
    """One rung, and the format that its frame comes in, as the wire numbers it."""

    rung: Rung
    format: int


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the frame is wanted: its format, what else the client can sample, which row first, and where it is made."""

    format: int
    agreed: tuple[int, ...]
    bottom_up: bool
    device: str


class _Plan(NamedTuple):
    """What a rung is, whoever asks: without a lane, the last texture again."""

    name: str
    lane: str | None
    format: int = 0
    bytes: int = 0
    stays: bool = False
    then: Leg | None = None


def ways(specs: Sequence[RungSpec], look: Conditions, sampling: Sampling, worth: Worth, kept: int | None) -> list[Way]:
    """The rungs of `specs` that can be had, best first. `kept` is the format of the slot's last texture, if any."""
    from models.avatar.program import AvatarInput  # brings torch, which is there once the model is loaded

    found: list[Way] = []
    for name, lane, form, count, stays, then in _plans(tuple(specs), sampling):
        if lane is not None:
            row = AvatarInput(look, stays=stays)
            found.append(Way(Rung(name, lane, row, then, worth.payload_seconds(count)), form))
        elif kept is not None and kept in (sampling.format, cheaper(sampling.format, sampling.agreed)):
            found.append(Way(Rung(name), kept))
        if worth.best_only and found:
            break
    return found


@functools.lru_cache(_REMEMBERED)
def _plans(specs: tuple[RungSpec, ...], sampling: Sampling) -> tuple[_Plan, ...]:
    """What the rungs are for a client that samples so; made once, for it is asked with every frame."""
    stand_in = cheaper(sampling.format, sampling.agreed)
    found: list[_Plan] = []
    for spec in specs:
        if spec.lane is None:
            found.append(_Plan(spec.name, None))
            continue
        if spec.cheaper and stand_in is None and any(plan.lane == spec.lane for plan in found):
            continue  # the same as a rung above
        form = sampling.format if not spec.cheaper or stand_in is None else stand_in
        found.append(_plan(spec, form, sampling))
    return tuple(found)


def _plan(spec: RungSpec, form: int, sampling: Sampling) -> _Plan:
    count = expected_bytes(form, spec.width)
    if WIRE[form] is TextureFormat.RGBA32:
        return _Plan(spec.name, spec.lane, form, count)
    leg = Leg(lane_of(WIRE[form]), partial(Bare, bottom_up=sampling.bottom_up))
    return _Plan(spec.name, spec.lane, form, count, on_device(WIRE[form], sampling.device), leg)
