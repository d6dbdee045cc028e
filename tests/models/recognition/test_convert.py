"""The converter, on a graph of NanoDet's shape with random weights."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from models.recognition.convert_nanodet import constants, convert, main
from models.recognition.detector import NanoDet
from models.recognition.detector_program import WEIGHTS

Graph = dict[str, Any]


def stored(name: str, array: np.ndarray) -> tuple[dict[str, Any], bytes]:
    quantised = {"dtype": "float16", "original_dtype": "float32"}
    return {"name": name, "shape": list(array.shape), "dtype": "float32", "quantization": quantised}, array.tobytes()


def published() -> tuple[Graph, bytes, list[np.ndarray]]:
    """A graph as TensorFlow.js writes it, its weights, and the kernels [kh, kw, in, out] in the network's order."""
    random = np.random.default_rng(0)
    entries, chunks, nodes, kernels = [], [], [], []
    for number, (name, parameter) in enumerate(NanoDet().named_parameters()):
        if not name.endswith(".weight"):
            continue
        outputs, inputs, side, _ = parameter.shape
        kernel = random.standard_normal((side, side, inputs, outputs), np.float32).astype(np.float16)
        bias = random.standard_normal(outputs, np.float32).astype(np.float16)
        convolution = "net/convolution" + (f"_{number // 2}" if number else "")
        for tensor, array in ((f"kernel_{number}", kernel), (f"bias_{number}", bias)):
            entry, data = stored(tensor, array)
            entries.append(entry)
            chunks.append(data)
        nodes.append({"name": convolution, "op": "Conv2D", "input": ["somewhere", f"kernel_{number}"]})
        nodes.append({"name": f"net/Add_{900 - number}", "op": "Add", "input": [convolution, f"bias_{number}"]})
        kernels.append(kernel)
    nodes.append({"name": "net/sum", "op": "AddV2", "input": ["net/convolution_3", "net/convolution_4"]})
    nodes.append({"name": "input", "op": "Placeholder"})
    graph = {"modelTopology": {"node": nodes[::-1]}, "weightsManifest": [{"weights": entries}]}
    return graph, b"".join(chunks), kernels


@pytest.fixture(scope="module")
def source() -> tuple[Graph, bytes, list[np.ndarray]]:
    return published()


def test_every_kernel_finds_its_place(source: tuple[Graph, bytes, list[np.ndarray]]) -> None:
    graph, weights, kernels = source
    state = convert(graph, weights)
    assert list(state) == list(NanoDet().state_dict())
    assert {tensor.dtype for tensor in state.values()} == {torch.float16}
    ours = [tensor.numpy() for name, tensor in state.items() if name.endswith(".weight")]
    np.testing.assert_array_equal(ours[0][:, ::-1], kernels[0].transpose(3, 2, 0, 1))  # BGR to RGB
    for kernel, our in zip(kernels[1:], ours[1:], strict=True):
        np.testing.assert_array_equal(our, kernel.transpose(3, 2, 0, 1))


def test_it_writes_what_the_program_reads(source: tuple[Graph, bytes, list[np.ndarray]], tmp_path: Path) -> None:
    graph, weights, _ = source
    (tmp_path / "nanodet.json").write_text(json.dumps(graph))
    (tmp_path / "nanodet.bin").write_bytes(weights)
    main([str(tmp_path), "--target", str(tmp_path / "written.safetensors")])
    written = load_file(tmp_path / "written.safetensors")
    NanoDet.from_weights(written)
    assert {name: tensor.shape for name, tensor in written.items()} == {
        name: tensor.shape for name, tensor in load_file(WEIGHTS).items()
    }


def lose_a_convolution(graph: Graph) -> None:
    graph["modelTopology"]["node"] = [
        node for node in graph["modelTopology"]["node"] if node["name"] != "net/convolution_5"
    ]


def reshape_a_kernel(graph: Graph) -> None:
    shape = graph["weightsManifest"][0]["weights"][0]["shape"]
    shape[2], shape[3] = shape[3], shape[2]


def quantise_otherwise(graph: Graph) -> None:
    graph["weightsManifest"][0]["weights"][0]["quantization"] = {"dtype": "uint8", "min": 0.0, "scale": 1.0}


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lose_a_convolution, "33 convolutions where NanoDet-g has 34"),
        (reshape_a_kernel, "stem.weight is"),
        (quantise_otherwise, "quantised to uint8; only float16"),
    ],
)
def test_another_graph_is_refused(
    source: tuple[Graph, bytes, list[np.ndarray]], damage: Callable[[Graph], None], sentence: str
) -> None:
    graph = copy.deepcopy(source[0])
    damage(graph)
    with pytest.raises(ValueError, match=sentence):
        convert(graph, source[1])


@pytest.mark.parametrize(("change", "sentence"), [(-2, "weights end inside"), (3, "3 bytes of weights belong to no")])
def test_weights_of_another_length_are_refused(
    source: tuple[Graph, bytes, list[np.ndarray]], change: int, sentence: str
) -> None:
    weights = source[1][:change] if change < 0 else source[1] + bytes(change)
    with pytest.raises(ValueError, match=sentence):
        convert(source[0], weights)


def test_constants_keep_the_types_they_come_in() -> None:
    manifest = [
        {"weights": [{"name": "a", "shape": [2], "dtype": "int32"}, {"name": "b", "shape": [], "dtype": "float32"}]}
    ]
    tensors = constants(manifest, np.array([7, -8], np.int32).tobytes() + np.float32(0.5).tobytes())
    assert tensors["a"].tolist() == [7, -8]
    assert tensors["b"] == np.float32(0.5)
