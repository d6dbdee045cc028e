"""The tests of the scheduler are worth what they catch: every named mutant must die in them."""

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis.stateful import run_state_machine_as_test

from bridge.scheduler import Scheduler
from tests.engine.cases import CASES
from tests.engine.machine import machine_for
from tests.engine.mutants import MUTANTS
from tests.engine.world import World

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


def judge(scheduler: type[Scheduler]) -> None:
    """Raise what a case or a sequence of the state machine finds wrong."""
    for case in CASES:
        case(lambda **options: World(scheduler, **options))
    run_state_machine_as_test(machine_for(scheduler), settings=_QUICK)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_mutant_dies(mutant):
    scheduler = mutant.scheduler()
    with pytest.raises((Exception, BaseExceptionGroup)):
        judge(scheduler)


def test_the_scheduler_itself_survives():
    judge(Scheduler)
    assert len(MUTANTS) >= 12
