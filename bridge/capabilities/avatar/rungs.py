"""Ways to answer frame requests: the declared rungs, each in a texture format that the client can sample.

They depend on what a client wants, not on the single request, so they are planned once and looked up for every frame.
"""

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

UNCHANGED = Rung("unchanged")  # the client keeps the picture it has
NO_FORMAT = 0


@dataclass(frozen=True, slots=True)
class TextureTarget:
    """What the client wants: a format, the formats it agreed to, a row order; and the device that encodes."""

    format: int
    agreed: tuple[int, ...]
    bottom_up: bool
    device: str


class Options(NamedTuple):
    """The rungs of a request, best first; of each the wire number of its format, and its bytes on the link."""

    rungs: tuple[Rung, ...]
    formats: tuple[int, ...]
    sizes: tuple[int, ...]

    def better_than(self, place: int) -> "Options":
        """Those that need the device among the first `place`, or else no frame."""
        places = [at for at, rung in enumerate(self.rungs[:place]) if rung.lane is not None]
        return Options(
            (*[self.rungs[at] for at in places], UNCHANGED),
            (*[self.formats[at] for at in places], NO_FORMAT),
            (*[self.sizes[at] for at in places], 0),
        )

    def on_link(self, terms: Terms) -> tuple[Rung, ...]:
        """The rungs, with the time that each one's payload takes on the client's link."""
        sized = zip(self.rungs, self.sizes, strict=True)
        return tuple([rung._replace(lag=terms.payload_seconds(size)) for rung, size in sized])


NO_OPTIONS = Options((), (), ())


class Plan:
    """The ways to answer requests for one target. `prepare` makes a lane's input of a look; its second argument says
    whether the picture stays on the device for an encoder.
    """

    def __init__(self, specs: Sequence[RungSpec], target: TextureTarget, prepare: Callable[[Any, bool], Any]) -> None:
        self._specs = specs
        self._target = target
        self._prepare = prepare
        self._cheaper = cheaper(target.format, target.agreed)
        self._found: dict[tuple[int | None, bool], Options] = {}

    def options(self, kept: int | None, *, best_only: bool) -> Options:
        """The rungs that are available. `kept` is the format of the slot's last texture, if it has one."""
        if kept not in (self._target.format, self._cheaper):
            kept = None
        found = self._found.get((kept, best_only))
        if found is None:
            found = self._found[kept, best_only] = self._make(kept, best_only)
        return found

    def _make(self, kept: int | None, best_only: bool) -> Options:
        found: list[tuple[Rung, int, int]] = []
        for spec in self._specs:
            if spec.lane is None:
                if kept is not None:
                    found.append((Rung(spec.name), kept, 0))
            elif not (spec.cheaper and self._cheaper is None and any(rung.lane == spec.lane for rung, _, _ in found)):
                found.append(self._made(spec))  # otherwise the same as a rung above
            if best_only and found:
                break
        return Options(*zip(*found, strict=True)) if found else NO_OPTIONS

    def _made(self, spec: RungSpec) -> tuple[Rung, int, int]:
        target = self._target
        form = target.format if not spec.cheaper or self._cheaper is None else self._cheaper
        size = expected_bytes(form, spec.width)
        if WIRE[form] is TextureFormat.RGBA32:
            return Rung(spec.name, spec.lane, prepare=partial(self._input, False)), form, size
        then = SecondLane(lane_of(WIRE[form]), partial(EncoderInput, bottom_up=target.bottom_up))
        stays = on_device(WIRE[form], target.device)
        return Rung(spec.name, spec.lane, then=then, prepare=partial(self._input, stays)), form, size

    def _input(self, stays: bool, look: Any) -> Any:
        return self._prepare(look, stays)
