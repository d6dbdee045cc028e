"""Models of transformers suspended inside one another: nothing leaks, nothing changes."""

import logging

import numpy as np
import pytest
import torch

from models.module.torch_state import changes, state
from tests.models.hf.checkpoints import CASES
from tests.models.hf.conftest import Saved
from tests.models.hf.programs import program, rows, run


def test_all_of_them_take_turns_and_none_notices(saved: Saved, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="framebridge.modules")
    programs = [program(saved(case)) for case in CASES]
    sent = [rows(of, 2) for of in programs]
    alone = [run(of, found) for of, found in zip(programs, sent, strict=True)]
    runs = {
        number: of.start(of.lane_of(found[0]), found)
        for number, (of, found) in enumerate(zip(programs, sent, strict=True))
    }
    before, steps, together = state(), 0, {}
    while len(together) < len(runs):
        for number, steps_of in runs.items():
            if number in together:
                continue
            try:
                next(steps_of)
                steps += 1
            except StopIteration as stop:
                together[number] = stop.value
            assert not changes(before, state())
    assert steps == sum(of.lanes[-1].stages for of in programs) > 500
    for number, answers in enumerate(alone):
        for one, other in zip(answers, together[number], strict=True):
            assert one.keys() == other.keys()
            assert all(np.array_equal(one[name], other[name]) for name in one), list(CASES)[number]
    logged = [record for record in caplog.records if record.name == "framebridge.modules"]
    assert not logged, "none of them changes torch's state where it could be suspended"


def test_a_run_that_is_given_up_in_the_middle_leaves_the_model_as_it_was(saved: Saved) -> None:
    of = program(saved("detr"))
    sent = rows(of, 1)
    (before,) = run(of, sent)
    for stages in (1, 17, 60):
        steps = of.start(of.lanes[0].name, sent)
        for _ in range(stages):
            next(steps)
        steps.close()
        (after,) = run(of, sent)
        assert all(np.array_equal(before[name], after[name]) for name in before)
    assert torch.is_inference_mode_enabled()
