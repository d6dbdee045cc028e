"""The comparison's traces and figures."""

from itertools import pairwise

import on_time
import pytest
from fake_device.cost import cost_of
from fake_device.play import Answer
from fake_device.runner import CpuSample
from fake_device.traces import Ask, bursts, frames


@pytest.mark.parametrize("asks", [frames(8, 1.0, budget=1.0, clients=3), bursts(24, 4.0, budget=1.0)])
def test_each_update_of_a_game_ends_with_its_last_request(asks: list[Ask]) -> None:
    for client in {ask.client for ask in asks}:
        mine = [ask for ask in asks if ask.client == client]
        gaps = [later.at - earlier.at for earlier, later in pairwise(mine)]
        assert [gap < 0.001 for gap in gaps] == [ask.more for ask in mine[:-1]]
        assert not mine[-1].more


def test_cpu_time_is_what_a_trace_adds_to_an_idle_second_by_answers_received() -> None:
    answers = [
        Answer(2.0, 2.1, 7, 0),
        Answer(2.0, 2.1, -1, 1),  # an earlier picture
        Answer(2.0, -1.0, -1, -1),  # refused
    ]
    samples = [
        CpuSample(0.5, 10.0, 5.0),
        CpuSample(1.5, 10.1, 5.0),  # the server uses a tenth of a core when idle
        CpuSample(3.5, 11.1, 5.4),
        CpuSample(5.5, 11.4, 5.4),
    ]
    assert cost_of(answers, samples[:2], samples[1:3]) == pytest.approx((0.4, 0.2))
    assert cost_of(answers, samples[:2], samples[2:]) == pytest.approx((0.05, 0.0))


def test_a_trace_begins_when_the_queue_of_the_last_is_empty() -> None:
    traces = on_time.parts(10.0, seed=1)
    assert [part.name for part in traces] == list(on_time.TRACES)
    for part, following in pairwise(traces):
        served = part.begins + len(part.asks) * 0.010 / 8  # in full batches, without a gap
        assert following.begins == pytest.approx(max(served, part.ends) + 0.7)


def test_earlier_pictures_are_not_in_time() -> None:
    answers = [Answer(0.0, 0.01, 1, 0), Answer(0.0, 0.02, -1, 1), Answer(0.0, 0.02, 2, 0), Answer(0.0, 0.04, 3, 0)]
    figures = on_time._figures(answers, [])
    assert (figures["in_16ms"], figures["in_33ms"], figures["in_33ms_or_repeat"]) == (0.25, 0.5, 0.75)
    assert figures["full_rung"] == pytest.approx(2 / 3)
    assert figures["answered"] == 0.75


def test_medians_keep_the_range_of_cpu_times() -> None:
    runs = [{"k1": {"in_33ms": share, "server_cpu_us": cpu, "client_cpu_us": 1.0}} for share, cpu in
            ((0.9, 300.0), (1.0, 100.0), (0.8, 130.0))]  # fmt: skip
    assert on_time.medians(runs) == {
        "k1": {
            "in_33ms": 0.9,
            "server_cpu_us": 130.0,
            "server_cpu_us_range": [100.0, 300.0],
            "client_cpu_us": 1.0,
            "client_cpu_us_range": [1.0, 1.0],
        }
    }
