"""Models of Hugging Face by name, as a server takes them."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from bridge.config import Config
from bridge.device.hf_models import hf_model
from bridge.errors import ConfigError
from tests.models.hf.checkpoints import CASES
from tests.models.hf.programs import run


def test_a_folder_becomes_a_model_that_the_host_can_load(tmp_path: Path) -> None:
    CASES["vit"].save(tmp_path / "portraits")
    model = hf_model(str(tmp_path / "portraits"))
    assert (model.name, model.max_batch) == ("portraits", 8)
    with torch.inference_mode():
        program = model.spec().read(torch.device("cpu"), Config())
        (answer,) = run(program, [{"image": np.zeros((32, 32, 3), np.uint8)}])
    assert answer["scores"].shape == (5,)


def test_one_that_cannot_be_served_is_a_mistake_of_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match=r"^hf:/nowhere: there is no folder /nowhere"):
        hf_model("/nowhere")
    monkeypatch.setitem(sys.modules, "transformers", None)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match=r"^hf:/nowhere: .* run `pip install 'framebridge\[hf\]'`"):
        hf_model("/nowhere")
