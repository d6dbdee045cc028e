"""Which rungs suit a request, and a decoded picture as their inputs: ahead for the likely one, on demand for others."""

from collections.abc import Sequence
from functools import partial

from bridge.capabilities.recognition.kinds import Processor
from bridge.codecs.images import Decoded
from bridge.device.catalog import RungSpec
from bridge.policy.work import Rung


def fitting(specs: Sequence[RungSpec], limit: int) -> tuple[RungSpec, ...]:
    """The rungs without those that give more results than a request wants, if a cheaper one gives enough. A `limit` of
    0 wants one at least.
    """
    least, most = limit or 1, 0
    for spec in specs:  # the cheapest comes last
        most = spec.most_results if spec.most_results >= least else most
    if not most or specs[0].most_results <= most:  # as nearly always; the first gives the most
        return tuple(specs)
    return tuple(spec for spec in specs if spec.most_results <= most)


def device_rungs(
    specs: Sequence[RungSpec], processor: Processor, decoded: Decoded, likely: str
) -> tuple[tuple[Rung, ...], int]:
    """The rungs, and the bytes they hold. Runs on a worker thread.

    An input made on demand costs the device thread time, once after each change of rung, and keeps the decoded picture
    in memory. So all are made ahead if the picture is larger than an input.
    """
    lanes = [processor.lane(spec.name, decoded.width, decoded.height) for spec in specs]
    names = [spec.name for spec in specs]
    place = names.index(likely) if likely in names else 0
    taken = processor.prepare(decoded.pixels, lanes[place])
    if decoded.pixels.nbytes > taken.nbytes:
        inputs = [processor.prepare(decoded.pixels, lane) if lane != lanes[place] else taken for lane in lanes]
        held = sum(row.nbytes for row in inputs)
        return tuple(map(Rung, names, lanes, inputs)), held
    rungs = [
        Rung(name, lane, make=partial(processor.prepare, decoded.pixels, lane))
        for name, lane in zip(names, lanes, strict=True)
    ]
    rungs[place] = Rung(names[place], lanes[place], taken)
    return tuple(rungs), taken.nbytes + (decoded.pixels.nbytes if len(rungs) > 1 else 0)
