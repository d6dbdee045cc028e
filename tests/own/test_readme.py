"""What the README says of one's own model works as it is written there."""

import re
import tomllib
from pathlib import Path

import torch

from bridge.device.own_models import ModuleModel
from bridge.sources.loading import own_models, with_options
from bridge.sources.options import OPTIONS
from models.module.module_program import ModuleProgram
from tests.cli.reading import read
from tests.own.conftest import Write

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
SECTION = README.partition("## Your own model\n")[2].partition("\n## ")[0]


def shown(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", SECTION, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_model_is_declared_in_ten_lines_and_loads(write: Write) -> None:
    code = shown("python")
    assert len([line for line in code.splitlines() if line]) <= 10
    write("portraits.py", code)
    path = write("framebridge.toml", shown("toml"))
    config = read("--config", str(path))
    assert config.models == ("avatar",)
    assert {option.key for option in OPTIONS} == tomllib.loads(shown("toml"))["models"]["style"].keys()
    (model,) = with_options(config, own_models(config))
    assert isinstance(model, ModuleModel)
    assert (model.name, model.max_batch, model.dtype) == ("style", 2, "bfloat16")
    program = ModuleProgram.of(model, torch.device("cpu"))
    assert program.outputs["output"].shape == (3, 64, 64)
