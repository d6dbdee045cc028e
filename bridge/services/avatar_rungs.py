"""The ways to answer for one avatar frame: what the catalog declares, with the formats that the client can sample."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from bridge.codecs.formats import TextureFormat
from bridge.encoding import Bare, lane_of, on_device
from bridge.services.bounds import Worth
from bridge.services.formats import WIRE, cheaper, expected_bytes
from bridge.work import Leg, Rung
from models.avatar.look import Conditions

_CHEAPER = "cheaper"  # what a rung's name ends in, after a slash, when a cheaper format will do


class Way(NamedTuple):
    """One rung, and the format that its frame comes in, as the wire numbers it."""

    rung: Rung
    format: int


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the frame is wanted: its format, what else the client can sample, which row first, and where it is made."""

    format: int
    agreed: Sequence[int]
    bottom_up: bool
    device: str


def ways(names: Sequence[str], look: Conditions, sampling: Sampling, worth: Worth, kept: int | None) -> list[Way]:
    """The rungs of `names` that can be had, best first. `kept` is the format of the slot's last texture, if any."""
    stand_in = cheaper(sampling.format, sampling.agreed)
    found: list[Way] = []
    for name in names:
        lane, _, variant = name.partition("/")
        if "." not in lane:
            if kept in (sampling.format, stand_in) and kept is not None:
                found.append(Way(Rung(name), kept))
            continue
        if variant == _CHEAPER and stand_in is None and any(way.rung.lane == lane for way in found):
            continue  # the same as a rung above
        form = sampling.format if variant != _CHEAPER or stand_in is None else stand_in
        found.append(Way(_made(name, lane, look, form, sampling, worth), form))
    return found[:1] if worth.best_only else found


def _made(name: str, lane: str, look: Conditions, form: int, sampling: Sampling, worth: Worth) -> Rung:
    from models.avatar.program import AvatarInput  # brings torch, which is there once the model is loaded

    lag = worth.payload_seconds(expected_bytes(form, int(lane.rpartition(".")[2])))
    if WIRE[form] is TextureFormat.RGBA32:
        return Rung(name, lane, AvatarInput(look), lag=lag)
    row = AvatarInput(look, stays=on_device(WIRE[form], sampling.device))
    return Rung(name, lane, row, Leg(lane_of(WIRE[form]), partial(Bare, bottom_up=sampling.bottom_up)), lag)
