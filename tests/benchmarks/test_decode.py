"""The benchmark of decoders: its conversation with a contestant's process, its ratios, the adapter that it makes."""

import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from decode import Rounds, adapter, figures, prompts
from decoders.contestant import Work, contestant

from models.gguf import file as gguf
from models.language import peft
from models.language.checkpoints.gguf_metadata import architecture_of
from models.language.weights import find_weights

LOUD = """
import os
from decoders.contestant import serve

def run(work, watch):
    print("a library prints")
    os.write(1, b"and so does one in C")
    watch.lap("prefill")
    watch.lap("decode")
    return [[sum(prompt)] * work.tokens for prompt in work.prompts]

serve(run, {"name": "loud"})
"""


def test_only_answers_are_taken_for_answers(tmp_path: Path) -> None:
    script = tmp_path / "loud.py"
    script.write_text(LOUD)
    with contestant(sys.executable, script) as loud:
        assert loud.about == {"name": "loud"}
        for tokens in (2, 3):
            answer = loud.run(Work([[1, 2], [3]], tokens))
            assert answer["said"] == [[3] * tokens, [3] * tokens]
            assert set(answer["seconds"]) == {"prefill", "prefill_cpu", "decode", "decode_cpu"}


def test_a_contestant_that_dies_is_an_error(tmp_path: Path) -> None:
    script = tmp_path / "dead.py"
    script.write_text("raise SystemExit(3)")
    with pytest.raises(RuntimeError, match="ended with 3"), contestant(sys.executable, script):
        pass


def answer(prefill: float, decode: float, first: int = 5) -> dict[str, Any]:
    seconds = {"prefill": prefill, "decode": decode, "prefill_cpu": 0.0, "decode_cpu": 0.0, "generate": 8.0}
    return {"said": [[first, 1]], "seconds": seconds}


def test_a_ratio_is_of_two_times_of_one_round() -> None:
    rounds = Rounds("wall")
    for ours, theirs in ((1.0, 2.0), (2.0, 2.0), (1.0, 6.0)):
        rounds.add(1, "ours", answer(0.5, ours))
        rounds.add(1, "adapter", answer(0.5, 1.5 * ours))
        rounds.add(1, "llama_cpp", answer(1.0, theirs))
        rounds.add(1, "generate_float32", answer(0, 0))
    result = figures(rounds, 1)
    assert result["decode_ours_over_llama_cpp"] == {"median": 2.0, "least": 1.0, "most": 6.0}
    assert result["prefill_ours_over_llama_cpp"]["median"] == 2.0
    assert result["decode"]["ours"] == 63.0
    assert result["prefill"]["llama_cpp"] == 128.0
    assert result["over_generate_float32"]["median"] == pytest.approx(8 / 1.5, abs=1e-3)
    assert result["adapter_costs"] == pytest.approx(0.5, abs=2e-3)
    assert result["agree"] == 1


def test_prompts_are_the_same_each_time() -> None:
    assert prompts(4, 49_152) == prompts(4, 49_152)
    assert prompts(16, 49_152)[:4] == prompts(4, 49_152)
    assert {len(prompt) for prompt in prompts(4, 49_152)} == {128}


def test_the_adapter_fits_the_model(tmp_path: Path) -> None:
    file = gguf.read(find_weights())
    shape = architecture_of(file)
    made = peft.read(adapter(tmp_path, file), shape, torch.float32, torch.device("cpu"), pairs=True)
    assert len(made.updates) == 4 * shape.layers
