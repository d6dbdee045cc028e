"""What a `torch.export` file may hold: anything that would run as code is refused before torch reads it."""

import json
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.export import Dim, export, save

from models.module import archive
from models.module.exported import read

Change = Callable[[dict[str, bytes]], None]


class Ran:
    """Says so when it is unpickled."""

    def __reduce__(self) -> Any:
        return (pytest.fail, ("it was unpickled",))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "net.pt2"
    sizes = ({0: Dim("batch", min=1, max=16)},)
    save(export(nn.Conv2d(3, 3, 1), (torch.zeros(2, 3, 4, 4),), dynamic_shapes=sizes), path)
    return path


def changed(path: Path, change: Change) -> Path:
    """The same archive with other contents, by name without the archive's folder."""
    with zipfile.ZipFile(path) as old:
        parts = {name.partition("/")[2]: old.read(name) for name in old.namelist()}
    change(parts)
    with zipfile.ZipFile(path, "w") as new:
        for name, data in parts.items():
            new.writestr(f"net/{name}", data)
    return path


def edited(name: str, edit: Callable[[Any], None]) -> Change:
    def change(parts: dict[str, bytes]) -> None:
        content = json.loads(parts[name])
        edit(content)
        parts[name] = json.dumps(content).encode()

    return change


def model(edit: Callable[[Any], None]) -> Change:
    return edited("models/model.json", edit)


def graph(edit: Callable[[Any], None]) -> Change:
    return model(lambda content: edit(content["graph_module"]["graph"]))


def call(target: str) -> Change:
    return graph(lambda content: content["nodes"][0].update(target=target))


def expression(text: str) -> Change:
    def edit(content: Any) -> None:
        content["tensor_values"]["conv2d"]["sizes"][0]["as_expr"]["expr_str"] = text

    return graph(edit)


def guard(text: str) -> Change:
    return model(lambda content: content["guards_code"].append(text))


WEIGHTS = "data/weights/model_weights_config.json"
PICKLED = pickle.dumps(Ran())
CODE = "__import__('os').system('true')"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            edited(WEIGHTS, lambda content: content["config"]["weight"].update(use_pickle=True)),
            "weight in data/weights/mo",
        ),
        (
            edited(WEIGHTS, lambda content: content["config"]["weight"].update(path_name="../x")),
            "pickles are not loaded",
        ),
        (lambda parts: parts.update({"data/weights/model.pt": PICKLED}), "data/weights/model.pt is pickled"),
        (lambda parts: parts.update({"data/constants/custom_obj_0": PICKLED}), "custom_obj_0 is pickled"),
        (lambda parts: parts.update({"data/constants/opaque_obj_0": PICKLED}), "opaque_obj_0 is pickled"),
        (
            lambda parts: parts.update({"data/sample_inputs/model.pt": PICKLED}),
            "its sample inputs are more than tensors",
        ),
        (lambda parts: parts.update({"data/aotinductor/model/a.so": b""}), "it holds compiled libraries"),
        (call("torch.os.system"), "it calls 'torch.os.system', which is not an operator of torch"),
        (call("torch.ops.load_library"), "it calls 'torch.ops.load_library'"),
        (call("torch.ops.aten.__init__.__globals__"), "it calls 'torch.ops.aten.__init__"),
        (call("_operator.methodcaller"), "it calls '_operator.methodcaller'"),
        (call("#my_library.code"), "it calls '#my_library.code'"),
        (expression(CODE), "it has the expression .*, which is not arithmetic"),
        (expression(f"S({CODE!r})"), "it has the expression"),
        (expression("().__class__.__bases__"), "it has the expression"),
        (expression("[x for x in (1,)]"), "it has the expression"),
        (expression("eval(x)"), "it has the expression"),
        (guard(CODE), "it has the expression"),
        (guard(f"L['input'].size({CODE})"), "it has the expression"),
        (lambda parts: parts.pop("archive_format"), "it is not a torch.export file with a program called 'model'"),
        (lambda parts: parts.pop("models/model.json"), "it is not a torch.export file with a program called 'model'"),
        (lambda parts: parts.update({"models/model.json": b"{"}), "it is damaged"),
        (lambda parts: parts.update({WEIGHTS: b"{}"}), "it is damaged"),
    ],
)
def test_what_would_run_as_code_is_refused(file: Path, change: Change, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        archive.check(changed(file, change))


def test_what_torch_writes_passes(file: Path) -> None:
    archive.check(file)
    archive.check(changed(file, lambda parts: None))
    assert read(file).most == 16


def test_expressions_and_guards_of_torch_pass(tmp_path: Path) -> None:
    class Halves(nn.Module):
        def forward(self, image: torch.Tensor, gain: torch.Tensor) -> torch.Tensor:
            pooled = nn.functional.avg_pool1d(image, 2)
            return torch.cat([pooled * gain, pooled], 2).reshape(image.shape[0], -1)

    path, batch = tmp_path / "halves.pt2", Dim("batch", min=1, max=4)
    shapes = ({0: batch, 1: Dim("width", min=4, max=64), 2: Dim("deep", min=4, max=9)}, {0: batch})
    save(export(Halves(), (torch.zeros(3, 6, 5), torch.zeros(3, 1, 1)), dynamic_shapes=shapes), path)
    archive.check(path)
    assert read(path)(torch.ones(2, 7, 5), torch.ones(2, 1, 1))["output"].shape == (2, 28)


def test_what_is_no_archive_is_told(tmp_path: Path) -> None:
    path = tmp_path / "net.pt2"
    path.write_bytes(PICKLED)
    with pytest.raises(ValueError, match=r"it is not a torch\.export file; export it again"):
        archive.check(path)


def test_what_this_torch_cannot_load_is_told(file: Path) -> None:
    def older(content: Any) -> None:
        content["schema_version"]["major"] = 1

    with pytest.raises(ValueError, match=r"torch .* cannot load it \(.*\); export it again with this version"):
        read(changed(file, model(older)))
