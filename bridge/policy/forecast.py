"""What a reply costs the device, as `replies.py` needs it to decide how many to admit. Pure; the scheduler makes it."""

from typing import NamedTuple


class Forecast(NamedTuple):
    """`chunk` is seconds per run of a prompt, `steps` seconds per token at 1, 2, ... concurrent replies, `hard` the
    share of the device taken by frames, all as of `at`.
    """

    chunk: float
    steps: tuple[float, ...]
    hard: float
    at: float
