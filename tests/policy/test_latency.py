"""Predictions: learned, clipped, monotone, and able to recover from a spike."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.policy.learned.latency import Latency
from bridge.policy.work import CostKey

times = st.floats(1e-4, 1e-1)


def _warm(slices: int = 2, batches: int = 4, cost: float = 0.001) -> Latency:
    latency = Latency()
    for batch in range(1, batches + 1):
        latency.warm("lane", batch, [cost * batch] * slices)
    return latency


def test_a_fresh_estimate_is_what_warm_up_measured():
    latency = _warm()
    assert latency.mean("lane", 3) == 0.006
    assert latency.floor("lane") == 0.002
    assert latency.bound("lane", 3) > latency.mean("lane", 3)
    assert latency.bound("lane", 3, 2) == 0.0


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 1), times), max_size=60))
@settings(derandomize=True, deadline=None)
def test_a_wider_batch_is_never_predicted_to_be_faster(observed):
    latency = _warm()
    for batch, index, took in observed:
        latency.observe(CostKey("lane", batch, index), took)
    bounds = [latency.bound("lane", batch) for batch in range(1, 5)]
    assert bounds == sorted(bounds)
    assert all(latency.bound("lane", batch, 1) <= latency.bound("lane", batch) for batch in range(1, 5))


def test_a_wider_batch_is_bounded_by_a_narrower_one():
    latency = _warm(slices=1)
    assert latency.bound("lane", 4) > latency.bound("lane", 2)
    for _ in range(100):
        latency.observe(CostKey("lane", 2, 0), 0.02)
    assert latency.mean("lane", 4) < latency.mean("lane", 2)
    assert latency.bound("lane", 4) == latency.bound("lane", 2) > 0.02


@given(times)
@settings(derandomize=True, deadline=None)
def test_a_steady_cost_is_learned(cost):
    latency = _warm()
    for _ in range(400):
        latency.observe(CostKey("lane", 1, 0), cost)
    learned = latency.mean("lane", 1) - latency.mean("lane", 1, 1)
    assert abs(learned - cost) < 0.02 * cost
    assert latency.slice_bound(CostKey("lane", 1, 0)) < 1.2 * cost + 1e-9


def test_one_spike_moves_little():
    latency = _warm(slices=1)  # predictions are made anew after the last slice
    before = latency.mean("lane", 1)
    latency.observe(CostKey("lane", 1, 0), 5.0)
    assert latency.mean("lane", 1) > before
    assert latency.mean("lane", 1) < 1.1 * before


def test_slices_that_are_interrupted_now_and_then_say_nothing_of_their_lane():
    latency = _warm(slices=1, cost=0.010)
    for number in range(500):
        latency.observe(CostKey("lane", 1, 0), 0.018 if number % 10 == 0 else 0.010)
    assert latency.bound("lane", 1) < 0.011


def test_slices_that_are_slower_from_now_on_are_believed_from_the_second_on():
    latency = _warm(slices=1, cost=0.010)
    latency.observe(CostKey("lane", 1, 0), 0.030)
    once = latency.mean("lane", 1)
    latency.observe(CostKey("lane", 1, 0), 0.030)
    assert once < 0.0101
    assert latency.bound("lane", 1) > 0.011


def test_refusals_relax_toward_warm_up():
    latency = _warm()
    for _ in range(200):
        latency.observe(CostKey("lane", 1, 0), 0.02)
    spiked = latency.bound("lane", 1)
    for _ in range(30):
        latency.relax("lane")
    assert latency.bound("lane", 1) < 0.2 * spiked
    assert latency.mean("lane", 1) >= latency.floor("lane")


def test_a_forgotten_lane_may_be_warmed_anew():
    latency = _warm()
    latency.forget("lane")
    latency.warm("lane", 1, [0.5])
    assert latency.slices("lane", 1) == 1
    assert latency.mean("lane", 1) == 0.5


def test_the_first_slice_that_is_far_quicker_than_at_warm_up_is_believed():
    latency = _warm(cost=0.060)
    latency.observe(CostKey("lane", 1, 0), 0.008)
    assert latency.slice_mean(CostKey("lane", 1, 0)) == 0.008
    assert latency.slice_bound(CostKey("lane", 1, 0)) < 0.009


def test_what_was_learned_falls_by_half_the_way_and_its_bound_with_it():
    latency = _warm(slices=1)
    for _ in range(100):
        latency.observe(CostKey("lane", 1, 0), 0.060)
    for _ in range(6):
        before = latency.bound("lane", 1)
        latency.observe(CostKey("lane", 1, 0), 0.001)
        assert latency.bound("lane", 1) < before
    assert latency.mean("lane", 1) < 0.01


def test_refusals_relax_to_less_than_warm_up_measured_once_that_was_seen():
    latency = _warm(slices=1, cost=0.060)
    latency.observe(CostKey("lane", 1, 0), 0.008)
    for _ in range(100):
        latency.observe(CostKey("lane", 1, 0), 0.030)
    for _ in range(40):
        latency.relax("lane")
    assert latency.mean("lane", 1) < 0.0081


def test_a_width_is_doubtful_until_it_has_run():
    latency = _warm(slices=1, batches=1, cost=0.008)
    latency.warm("lane", 2, [0.060])
    latency.warm("lane", 3, [0.061])
    assert [latency.is_doubtful("lane", batch) for batch in (1, 2, 3)] == [False, True, False]
    latency.observe(CostKey("lane", 2, 0), 0.009)
    assert [latency.is_doubtful("lane", batch) for batch in (1, 2, 3)] == [False, False, True]


def test_a_width_that_is_as_slow_as_at_warm_up_is_not_doubted_again():
    latency = _warm(slices=1, batches=1, cost=0.008)
    latency.warm("lane", 2, [0.060])
    latency.observe(CostKey("lane", 2, 0), 0.060)
    assert not latency.is_doubtful("lane", 2)
