"""Situations with one right outcome each. They run on the scheduler itself and on its mutants.

Each case takes a factory of worlds, so that the same lines judge both.
"""

from collections.abc import Callable

from tests.policy.cases import deadlines, delivery, dialogue, faults, order, quality, sharing
from tests.policy.world import World

CASES: tuple[Callable[[Callable[..., World]], None], ...] = (
    *order.CASES,
    *deadlines.CASES,
    *delivery.CASES,
    *quality.CASES,
    *dialogue.CASES,
    *sharing.CASES,
    *faults.CASES,
)
globals().update({case.__name__: case for case in CASES})  # so that a mutant can name its case
