"""The tests are worth what they catch: every named mutant must fail the test that it is named with, which the true
source passes.
"""

import inspect
from collections.abc import Iterator

import pytest
import torch

from tests.mutants import (
    bundles,
    cache,
    capabilities,
    device,
    inference,
    intake,
    kserve,
    landing,
    language_texts,
    pictures,
    policy,
    scheduler,
    sessions,
    streams,
    wire,
)
from tests.mutants.language import families, gguf_files, moderation, remote, static
from tests.mutants.mutant import Mutant
from tests.mutants.npc import guard, sums
from tests.policy.cases import CASES
from tests.policy.world import World

ROOMS = (
    bundles,
    cache,
    capabilities,
    device,
    families,
    gguf_files,
    guard,
    inference,
    intake,
    kserve,
    landing,
    language_texts,
    moderation,
    pictures,
    policy,
    remote,
    scheduler,
    sessions,
    static,
    streams,
    sums,
    wire,
)
MUTANTS: tuple[Mutant, ...] = tuple(mutant for room in ROOMS for mutant in room.MUTANTS)
TESTS = {  # each once; the cases of the scheduler run by themselves
    (mutant.test, repr(mutant.arguments)): mutant for mutant in MUTANTS if mutant.test not in CASES
}
_ANY_FAILURE = (Exception, BaseExceptionGroup, pytest.fail.Exception)


@pytest.fixture
def make() -> type[World]:
    """What the cases of the scheduler are given."""
    return World


@pytest.fixture(autouse=True)
def _default_dtype() -> Iterator[None]:
    """A mutant may stop transformers while it loads a model, with torch's default changed."""
    yield
    torch.set_default_dtype(torch.float32)


def judge(mutant: Mutant, request: pytest.FixtureRequest) -> None:
    """Run a mutant's test with its fixtures."""
    wanted = inspect.signature(mutant.test).parameters
    fixtures = {name: request.getfixturevalue(name) for name in wanted if name not in mutant.arguments}
    mutant.test(**fixtures, **mutant.arguments)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_mutant_dies(mutant: Mutant, request: pytest.FixtureRequest) -> None:
    with mutant.alive(), pytest.raises(_ANY_FAILURE):
        judge(mutant, request)


@pytest.mark.parametrize("mutant", TESTS.values(), ids=lambda mutant: mutant.test.__name__)
def test_the_true_source_survives(mutant: Mutant, request: pytest.FixtureRequest) -> None:
    judge(mutant, request)


def test_names_are_told_apart() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) >= 200


def test_a_piece_that_is_not_there_is_named() -> None:
    gone = Mutant("gone", policy.MUTANTS[0].module, "no such line", "", policy.MUTANTS[0].test)
    with pytest.raises(AssertionError, match=r"'gone' quotes a piece of .*latency that is there 0 times"), gone.alive():
        pass


def test_a_piece_that_does_nothing_is_named() -> None:
    idle = Mutant(
        "idle", policy.MUTANTS[0].module, "Pure: knows no clock", "Pure: knows a clock", policy.MUTANTS[0].test
    )
    with (
        pytest.raises(AssertionError, match=r"idle changes no function of bridge.policy.learned.latency"),
        idle.alive(),
    ):
        pass


def test_a_mutant_is_gone_after_its_block() -> None:
    mutant = policy.MUTANTS[0]
    for _ in range(2):
        with mutant.alive(), pytest.raises(AssertionError):
            mutant.test()
        mutant.test()
