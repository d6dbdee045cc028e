"""The stage that a late answer is attributed to: the scheduler's stages, and what services add before and after."""

from typing import Any

import pytest

from bridge.observe.attribution import Attribution, attribute, attribute_now
from bridge.policy.learned.latency import Latency
from bridge.policy.scheduler import Scheduler
from bridge.policy.work import Account, Cause, Ending, Job, Run, Rung, Stage
from bridge.wire.bounds import Terms
from bridge.wire.request import Request

DELIVERY_TIME = 0.001


def attribution_of(
    ending: Ending,
    *,
    budget: float = 0.05,
    link: float = 0.0,
    rungs: tuple[Rung, ...] = (Rung("avatar.64", "avatar.64"),),
    before: float = 0.0,
    after: float = 0.0,
    stage: Stage | None = None,
    cause: Cause = Cause.NONE,
    at: float = 10.0,
    now: float = 10.0,
    delivery_time: float = DELIVERY_TIME,
    **account: Any,
) -> Attribution:
    """The attribution of a request that arrived at 9.9 seconds."""
    request = Request("avatar", 9.9, Terms(budget, link))
    request.before, request.after = before, after
    request.job = Job(1, "client", "avatar", 9.9, rungs, account=Account(**account))
    return attribute(request, ending, at, delivery_time, now, cause, stage)


CASES: dict[str, tuple[Stage, dict[str, Any]]] = {
    "nothing was spent": (Stage.QUEUE, {"ending": Ending.REFUSED, "cause": Cause.NO_RUNG_IN_TIME}),
    "the queue is full": (
        Stage.QUEUE,
        {"ending": Ending.REFUSED, "cause": Cause.QUEUE_FULL, "stage": Stage.QUEUE, "blocked": 0.5},
    ),
    "decoding took the time that the job seems to have waited": (
        Stage.DECODE,
        {"ending": Ending.REFUSED, "stage": Stage.QUEUE, "queue": 0.040, "before": 0.035, "blocked": 0.010},
    ),
    "encoding on the device and after it": (
        Stage.ENCODE,
        {"ending": Ending.ANSWERED, "encode": 0.020, "after": 0.015, "compute": 0.030, "at": 9.985},
    ),
    "the client reads slowly": (Stage.TRANSPORT, {"ending": Ending.ANSWERED, "compute": 0.01, "at": 9.95}),
    "the link alone takes the budget": (
        Stage.TRANSPORT,
        {"ending": Ending.REFUSED, "link": 0.05, "stage": Stage.COMPUTE, "queue": 0.01},
    ),
    "the smallest payload takes too long": (
        Stage.TRANSPORT,
        {
            "ending": Ending.REFUSED,
            "cause": Cause.NO_RUNG_IN_TIME,
            "stage": Stage.QUEUE,
            "queue": 0.001,
            "rungs": (Rung("a", "a", lag=0.09), Rung("b", "b", lag=0.045), Rung("repeat")),
        },
    ),
    "link and what follows the device take the budget, the link more": (
        Stage.TRANSPORT,
        {"ending": Ending.REFUSED, "stage": Stage.TRANSPORT, "link": 0.03, "delivery_time": 0.02},
    ),
    "link and what follows the device take the budget, the latter more": (
        Stage.ENCODE,
        {"ending": Ending.REFUSED, "stage": Stage.TRANSPORT, "link": 0.02, "delivery_time": 0.03},
    ),
    "its own run is predicted to take too long": (
        Stage.COMPUTE,
        {"ending": Ending.REFUSED, "cause": Cause.NO_RUNG_IN_TIME, "stage": Stage.COMPUTE, "queue": 0.01},
    ),
    "the batch did not fill": (Stage.BATCH_WAIT, {"ending": Ending.MISSED, "batch_wait": 0.03, "compute": 0.02}),
}


@pytest.mark.parametrize("name", CASES)
def test_an_answer_is_attributed_to_its_longest_stage(name: str) -> None:
    stage, case = CASES[name]
    assert attribution_of(**case).stage is stage


def test_a_blocked_answer_names_the_model_that_blocked_it_longest() -> None:
    found = attribution_of(Ending.MISSED, blocked=0.02, compute=0.01, blockers={"avatar": 0.008, "dialogue": 0.012})
    assert found == Attribution(Stage.BLOCKED, "dialogue", pytest.approx(0.012), pytest.approx(0.1))
    assert str(found) == "100.0 ms, 12.0 ms of it blocked by dialogue"


def test_lanes_of_one_model_block_together() -> None:
    scheduler = Scheduler(Latency())
    for lane, model in (("prompts", "speaker"), ("tokens", "speaker"), ("painter.64", "painter"), ("eye", "")):
        scheduler.latency.warm(lane, 1, [0.006])
        scheduler.add_lane(lane, 1, model=model)
    waiting = Job(1, "a", "look", 0.0, (Rung("eye", "eye"),), deadline=10.0)
    for number, lane in enumerate(("prompts", "painter.64", "tokens"), start=2):
        scheduler.submit(Job(number, "b", "work", 0.0, (Rung(lane, lane),), deadline=1.0 + number), 0.0)
    scheduler.submit(waiting, 0.0)
    now = 0.0
    for _ in range(3):
        run = scheduler.step(now)
        assert isinstance(run, Run)
        now += 0.006
        scheduler.settle(now, 0.006, [None])
    assert waiting.account.blockers == {"speaker": pytest.approx(0.012), "painter": pytest.approx(0.006)}
    assert waiting.account.blocker == "speaker"


def test_without_a_figure_the_stage_is_still_named() -> None:
    assert str(Attribution(Stage.TRANSPORT)) == "due to transport to the client"


def test_a_reply_that_goes_on_is_judged_by_what_its_job_has_spent_up_to_now() -> None:
    account = Account(blocked=0.3, compute=0.5, blockers={"detector": 0.3})
    assert attribute_now(account, 2.0) == Attribution(Stage.QUEUE, "", pytest.approx(1.2), 2.0)
    assert attribute_now(account, 1.0).stage is Stage.COMPUTE
