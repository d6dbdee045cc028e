"""The scheduler against its oracle: chosen situations, and any sequence of arrivals, cancellations and faults."""

import pytest
from hypothesis import HealthCheck, Phase, settings

from bridge.policy.scheduler import Scheduler
from tests.policy.cases import CASES
from tests.policy.machine import machine_for
from tests.policy.world import World

TestAnySequence = machine_for(Scheduler).TestCase
TestAnySequence.settings = settings(
    derandomize=True,
    max_examples=300,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),  # a busy machine is no reason to fail
    phases=[Phase.explicit, Phase.generate],  # shrinking a sequence takes minutes; add Phase.shrink by hand
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_case(case):
    case(lambda **options: World(Scheduler, **options))
    assert case.__name__  # the case itself asserts
