import os
import subprocess
import sys

import pytest

_ASK = "import torch; from models.precision import fast_dtype; print(fast_dtype(torch.device('cpu')))"


@pytest.mark.parametrize("capability", ["avx2", "default"])
def test_a_processor_that_is_not_to_use_avx512_computes_in_float32(capability: str) -> None:
    environment = {**os.environ, "ATEN_CPU_CAPABILITY": capability}
    asked = subprocess.run([sys.executable, "-c", _ASK], env=environment, capture_output=True, text=True, check=True)
    assert asked.stdout.strip() == "torch.float32"
