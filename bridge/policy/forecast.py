"""What one reply costs the device, for whoever decides how many can be carried. Pure; made by the scheduler."""

from typing import NamedTuple


class Forecast(NamedTuple):
    """`chunk` is the seconds of one run of a prompt, `steps` those of one token for 1, 2, ... replies at once, `hard`
    the part of the device that frames take, all as of `at`.
    """

    chunk: float
    steps: tuple[float, ...]
    hard: float
    at: float
