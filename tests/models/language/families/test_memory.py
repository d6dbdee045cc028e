"""Whether a model fits is known before its weights are read."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from models.gguf import file as gguf
from models.language.checkpoints.checkpoint import Checkpoint
from models.language.checkpoints.gguf_metadata import gguf_checkpoint
from models.language.decoder import weight_bytes as held
from models.language.memory import fitted, position_bytes, weight_bytes
from models.language.number_formats import NumberFormats
from models.language.weights import assemble
from tests.models.language.families.cases import CASES, made
from tests.models.language.families.converted import convert

CPU = torch.device("cpu")
PACKED = NumberFormats(torch.float32, packed=True, cache=torch.float16)
THRIFTY = replace(PACKED, dense_prompts=False)


@pytest.fixture
def checkpoint(tmp_path: Path) -> Checkpoint:
    return gguf_checkpoint(gguf.read(convert(made(CASES["qwen2"]), tmp_path / "m.gguf", "Q4_1")), "m.gguf")


def test_the_dense_copy_goes_first_and_then_the_model_is_refused(checkpoint: Checkpoint) -> None:
    cache = 128 * position_bytes(PACKED, checkpoint)
    most, least = weight_bytes(PACKED, checkpoint, CPU) + cache, weight_bytes(THRIFTY, checkpoint, CPU) + cache
    assert fitted(PACKED, checkpoint, 128, CPU, most) == PACKED
    assert fitted(PACKED, checkpoint, 128, CPU, most - 1) == THRIFTY
    assert fitted(PACKED, checkpoint, 128, CPU, least) == THRIFTY
    with pytest.raises(MemoryError, match=r"m\.gguf takes .* MiB for 128 tokens .* choose fewer slots"):
        fitted(PACKED, checkpoint, 128, CPU, least - 1)
    assert fitted(PACKED, checkpoint, 128, CPU, None) == PACKED
    assert (str(PACKED), str(THRIFTY)) == ("f32-int4-kvf16", "int4-kvf16")


def test_dense_weights_have_no_second_copy_to_go(checkpoint: Checkpoint) -> None:
    exact = NumberFormats(torch.float32, packed=False, cache=torch.float32)
    with pytest.raises(MemoryError):
        fitted(exact, checkpoint, 128, CPU, weight_bytes(exact, checkpoint, CPU))


@pytest.mark.parametrize("formats", [NumberFormats(torch.float32, False, torch.float32), PACKED, THRIFTY], ids=str)
def test_what_is_estimated_is_about_what_is_held(checkpoint: Checkpoint, formats: NumberFormats) -> None:
    if formats.packed and torch.backends.cpu.get_cpu_capability() not in ("AVX2", "AVX512"):
        pytest.skip("no kernels for packed weights here")
    with torch.inference_mode():
        decoders = assemble(checkpoint, formats, CPU, 128)
        assert held(*decoders) == pytest.approx(weight_bytes(formats, checkpoint, CPU), rel=0.2)
        pool = decoders[0].pool(2, formats.cache)
    assert pool.nbytes == 256 * position_bytes(formats, checkpoint)
