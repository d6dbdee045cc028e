"""Every named mutant outside of the scheduler must fail the one test that is named with it; the true source passes it."""

import inspect

import pytest

from tests.mutants import device, policy, streams
from tests.mutants.mutant import Mutant

MUTANTS: tuple[Mutant, ...] = (*device.MUTANTS, *policy.MUTANTS, *streams.MUTANTS)
TRUE = {(mutant.test, repr(mutant.arguments)): mutant for mutant in MUTANTS}  # each test once
_ANY_FAILURE = (Exception, BaseExceptionGroup, pytest.fail.Exception)


def judge(mutant: Mutant, request: pytest.FixtureRequest) -> None:
    """Run a mutant's test with its fixtures."""
    assert mutant.test is not None
    wanted = inspect.signature(mutant.test).parameters
    fixtures = {name: request.getfixturevalue(name) for name in wanted if name not in mutant.arguments}
    mutant.test(**fixtures, **mutant.arguments)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_mutant_dies(mutant: Mutant, request: pytest.FixtureRequest) -> None:
    with mutant.alive(), pytest.raises(_ANY_FAILURE):
        judge(mutant, request)


@pytest.mark.parametrize("mutant", TRUE.values(), ids=lambda mutant: mutant.test.__name__)
def test_the_true_source_survives(mutant: Mutant, request: pytest.FixtureRequest) -> None:
    judge(mutant, request)


def test_a_piece_that_is_not_there_is_named() -> None:
    gone = Mutant("gone", policy.MUTANTS[0].module, "no such line", "")
    with pytest.raises(AssertionError, match=r"'gone' quotes a piece of .*latency that is there 0 times"), gone.alive():
        pass


def test_a_mutant_is_gone_after_its_block() -> None:
    mutant = policy.MUTANTS[0]
    for _ in range(2):
        with mutant.alive(), pytest.raises(AssertionError):
            mutant.test()
        mutant.test()
