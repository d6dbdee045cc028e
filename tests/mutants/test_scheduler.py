"""The tests of the scheduler are worth what they catch: every named mutant must die in them."""

import time
from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis.stateful import run_state_machine_as_test

from bridge.policy.scheduler import Scheduler
from tests.mutants.mutant import Mutant
from tests.mutants.scheduler import MUTANTS
from tests.policy.cases import CASES
from tests.policy.machine import machine_for
from tests.policy.world import World

_QUICK = settings(
    derandomize=True,
    max_examples=25,
    stateful_step_count=30,
    deadline=None,
    phases=[Phase.generate],
    verbosity=Verbosity.quiet,
    database=None,
    print_blob=False,
    suppress_health_check=list(HealthCheck),  # a busy machine is no reason to fail
)


def judge() -> None:
    """Raise what a case or a sequence of the state machine finds wrong. What takes long comes last: most have died."""
    cases = quickest_first()
    quick = 2 * len(cases) // 3
    for case in cases[:quick]:
        case(World)
    run_state_machine_as_test(machine_for(Scheduler), settings=_QUICK)
    for case in cases[quick:]:
        case(World)


@cache
def quickest_first() -> list[Callable[..., None]]:
    """The cases, by what they cost on the true scheduler."""
    costs = {}
    for case in CASES:
        began = time.process_time()
        case(World)
        costs[case] = time.process_time() - began
    return sorted(CASES, key=costs.__getitem__)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_mutant_dies(mutant: Mutant) -> None:
    quickest_first()  # measured without a fault
    with mutant.alive(), pytest.raises((Exception, BaseExceptionGroup)):
        judge()


def test_the_scheduler_itself_survives() -> None:
    judge()
    assert len(MUTANTS) >= 12
