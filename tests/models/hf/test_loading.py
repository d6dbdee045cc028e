"""Loading a checkpoint: from its folder alone, complete or not at all, and without a word on stderr."""

import json
from collections.abc import Callable
from logging import Handler, LogRecord
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers as hf
from safetensors.torch import load_file, save_file
from transformers.utils import logging

from models.hf.checkpoint import Checkpoint
from models.hf.declaration import hf_model
from models.hf.detection import Detection
from models.module.module_program import ModuleProgram
from tests.models.hf.programs import program


def changed(folder: Path, name: str, **entries: Any) -> None:
    found = json.loads((folder / name).read_text())
    (folder / name).write_text(json.dumps({**found, **entries}))


def with_weights(folder: Path, change: Callable[[dict[str, torch.Tensor]], None]) -> None:
    weights = load_file(folder / "model.safetensors")
    change(weights)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def damage(folder: Path, name: str, kept: int) -> None:
    (folder / name).write_bytes((folder / name).read_bytes()[:kept])


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (lambda at: damage(at, "model.safetensors", 1000), r"ViTForImageClassification cannot be loaded from .*vit \("),
        (lambda at: damage(at, "model.safetensors", 0), "cannot be loaded from"),
        (
            lambda at: with_weights(
                at, lambda weights: [weights.pop(name) for name in ("classifier.weight", "classifier.bias")]
            ),
            "lack 2 tensors of ViTForImageClassification, such as classifier.bias, which would be random numbers; save",
        ),
        (
            lambda at: with_weights(at, lambda weights: weights.update({"classifier.bias": torch.zeros(6)})),
            r"cannot be loaded from .* \(.*mismatch.*\); save or download the model again",
        ),
        (lambda at: changed(at, "config.json", hidden_size="wide"), "cannot be loaded from"),
        (lambda at: changed(at, "config.json", architectures=["ViTForImageClassificatio n"]), "is not served"),
        (
            lambda at: changed(at, "config.json", architectures=["YetUnknownForImageClassification"]),
            rf"transformers {hf.__version__} has no YetUnknownForImageClassification; install a version that has it",
        ),
        (
            lambda at: (at / "preprocessor_config.json").unlink(),
            r"does not say how pictures are normalised \(.+\); copy preprocessor_config.json from where",
        ),
        (
            lambda at: changed(at, "preprocessor_config.json", do_color_quantize=True, do_sharpen=False),
            r"a step that is not done here \(do_color_quantize in .*preprocessor_config.json\); wrap the model",
        ),
    ],
)
def test_files_that_do_not_fit_say_what_to_do(vit: Path, harm: Callable[[Path], Any], sentence: str) -> None:
    harm(vit)
    with pytest.raises(ValueError, match=sentence) as raised:
        program(vit)
    assert "\n" not in str(raised.value)


def test_a_model_of_sound_is_refused(tmp_path: Path) -> None:
    config = hf.Wav2Vec2Config(hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32)
    hf.Wav2Vec2Model(config).save_pretrained(tmp_path)
    with pytest.raises(ValueError, match="Wav2Vec2Model takes input_values; pictures or texts alone are served"):
        program(tmp_path)


def test_a_detector_that_does_not_answer_as_detr_is_refused(vit: Path) -> None:
    model = hf.ViTForImageClassification.from_pretrained(vit)
    detector = Detection.of(model, Checkpoint.read(vit))
    with pytest.raises(
        ValueError, match="ViTForImageClassification does not answer with a box and a class for each quer"
    ):
        ModuleProgram("vit", detector, torch.device("cpu"), hf_model(str(vit)).inputs, 1)


class Said(Handler):
    """What transformers logs."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[LogRecord] = []

    def emit(self, record: LogRecord) -> None:
        self.records.append(record)


def test_weights_in_parts_are_loaded(vit: Path) -> None:
    whole = program(vit).version
    model = hf.ViTForImageClassification.from_pretrained(vit)
    (vit / "model.safetensors").unlink()
    model.save_pretrained(vit, max_shard_size="30KB")
    assert len(list(vit.glob("model-*.safetensors"))) > 1
    assert program(vit).version == whole


def test_it_loads_without_a_word(vit: Path, capfd: pytest.CaptureFixture[str]) -> None:
    said = Said()
    logging.add_handler(said)
    logging.set_verbosity_info()
    try:
        capfd.readouterr()
        hf_model(str(vit)).load()
        assert capfd.readouterr() == ("", "")
        assert said.records == []
        assert logging.get_verbosity() == logging.INFO
        assert logging.is_progress_bar_enabled()
    finally:
        logging.set_verbosity_warning()
        logging.remove_handler(said)
