"""The Python half of the sample Your own model fits its scene."""

import importlib.util
import re
from typing import Any

import pytest
import torch

from tests.unity.conftest import PACKAGE

SAMPLE = PACKAGE / "Samples~" / "YourOwnModel"


@pytest.fixture(scope="module")
def model() -> Any:
    spec = importlib.util.spec_from_file_location("sample_own_model", SAMPLE / "own_model.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.MODEL


@pytest.fixture(scope="module")
def runner() -> dict[str, str]:
    """The fields of the scene's Model Runner."""
    text = (SAMPLE / "YourOwnModel.unity").read_text()
    fields = text[text.index("  model: ") : text.index("  onTextureChanged")]
    return dict(re.findall(r"^  (\w+): (\S+)$", fields, re.MULTILINE))


def test_the_scene_asks_for_it(model: Any, runner: dict[str, str]) -> None:
    tensor = model.inputs[runner["inputName"]]
    assert list(model.inputs) == [runner["inputName"]]
    assert runner["model"] == model.name
    assert tensor.dtype == "float32"
    assert tensor.shape == (3, int(runner["height"]), int(runner["width"]))


def test_a_white_disc_is_drawn_as_a_black_ring(model: Any, runner: dict[str, str]) -> None:
    across = torch.arange(64) - 31.5
    disc = (across[:, None] ** 2 + across**2 < 20**2).float()
    outputs = model.load()(disc.expand(1, 3, 64, 64))
    drawing = outputs[runner["outputName"]]
    assert (drawing.dtype, drawing.shape) == (torch.uint8, (1, 64, 64, 1))
    assert drawing[0, 32, 32] == drawing[0, 0, 0] == 255
    assert drawing[0, 32, 10:13].min() == 0
    assert outputs["ink"].shape == (1, 1)
    assert 0.01 < float(outputs["ink"].detach()) < 0.2
