import os
import subprocess
import sys

import pytest
import torch

from models import precision

_ASK = "import torch; from models.precision import fast_dtype; print(fast_dtype(torch.device('cpu')))"


@pytest.mark.parametrize("capability", ["avx2", "default"])
def test_a_processor_that_is_not_to_use_avx512_computes_in_float32(capability: str) -> None:
    environment = {**os.environ, "ATEN_CPU_CAPABILITY": capability}
    asked = subprocess.run([sys.executable, "-c", _ASK], env=environment, capture_output=True, text=True, check=True)
    assert asked.stdout.strip() == "torch.float32"


@pytest.mark.parametrize(
    ("bf16", "amx", "intel", "dtype"),
    [
        (True, False, False, torch.bfloat16),
        (True, False, True, torch.float32),
        (True, True, True, torch.bfloat16),
        (False, False, False, torch.float32),
    ],
)
def test_bfloat16_is_for_processors_that_multiply_it_faster(
    monkeypatch: pytest.MonkeyPatch, bf16: bool, amx: bool, intel: bool, dtype: torch.dtype
) -> None:
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "AVX512")
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: bf16)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: amx)
    monkeypatch.setattr(precision, "_is_intel", lambda: intel)
    assert precision.fast_dtype(torch.device("cpu")) == dtype
