"""Converts MediaPipe's face detection, face mesh and selfie segmentation to our safetensors; run once, kept for
reference.

    npm pack @mediapipe/holistic@0.5.1675471629 @mediapipe/selfie_segmentation@0.1.1675465747
    for name in holistic selfie_segmentation; do mkdir $name; tar xzf mediapipe-$name-*.tgz -C $name; done
    python -m models.recognition.mediapipe.convert holistic/package selfie_segmentation/package

No value changes: axes are permuted to torch's order, kernels of stride 2 get a leading row and column of zeros (see
`same`), and tensors are renamed as in the networks here.
"""

import argparse
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from models.recognition.faces.network import BlazeFace
from models.recognition.mediapipe.canonical_face import canonical_face
from models.recognition.mediapipe.graph import Array, Graph, Weighted
from models.recognition.mesh.network import FaceMesh
from models.recognition.people.network import SelfieSegmentation

WEIGHTS = Path(__file__).parents[2] / "weights" / "recognition"
HOLISTIC = "npm @mediapipe/holistic 0.5.1675471629"
SELFIE = "npm @mediapipe/selfie_segmentation 0.1.1675465747"
ASSETS = "holistic_solution_packed_assets.data"
_SLICES = {"faces": (0, 229_032), "canonical_face": (229_032, 248_408), "mesh": (248_408, 1_490_304)}
_SHA256 = {
    "holistic_solution_packed_assets.data": "743ef881d77fb8fb8e831bd49e72e97c2ad5560803c76617157ccfcfebc5ca9d",
    "selfie_segmentation.tflite": "8d13b7fae74af625c641226813616a2117bd6bca19eb3b75574621fc08557f27",
    "selfie_segmentation_landscape.tflite": "4aafe6223bb8dac6fac8ca8ed56852870a33051ef3f6238822d282a109962894",
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Read both packages, write five files."""
    parser = argparse.ArgumentParser(description="Convert MediaPipe's models of faces and people.")
    parser.add_argument("holistic", type=Path, help=f"folder of {HOLISTIC}, unpacked")
    parser.add_argument("selfie", type=Path, help=f"folder of {SELFIE}, unpacked")
    parser.add_argument("--target", type=Path, default=WEIGHTS, help="folder to write to")
    options = parser.parse_args(arguments)
    files = tflite_files(options.holistic, options.selfie)
    made: tuple[tuple[str, Mapping[str, Tensor], str], ...] = (
        ("faces", convert(files["faces"], BlazeFace()), HOLISTIC),
        ("mesh", convert(files["mesh"], FaceMesh()), HOLISTIC),
        ("canonical_face", canonical_face(files["canonical_face"]), HOLISTIC),
        ("people", convert(files["people"], SelfieSegmentation()), SELFIE),
        ("people_wide", convert(files["people_wide"], SelfieSegmentation()), SELFIE),
    )
    for name, tensors, source in made:
        save_file(dict(tensors), options.target / f"{name}.safetensors", {"source": source, "license": "Apache-2.0"})


def tflite_files(holistic: Path, selfie: Path) -> dict[str, bytes]:
    """The files inside both packages, by our names. ValueError if a package is of another version."""
    packed = checked(holistic / ASSETS)
    parts = {name: packed[first:last] for name, (first, last) in _SLICES.items()}
    square, wide = (checked(selfie / f"selfie_segmentation{form}.tflite") for form in ("", "_landscape"))
    return parts | {"people": square, "people_wide": wide}


def checked(path: Path) -> bytes:
    """A file of a package. ValueError if it is not the one that was converted."""
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != _SHA256[path.name]:
        raise ValueError(f"{path} is not the file of the version named above; fetch that one")
    return data


def convert(data: bytes, network: nn.Module) -> dict[str, Tensor]:
    """The weights in a TensorFlow Lite file as the state of a network, in float16 as stored. The network's modules are
    in the order of the graph. ValueError if they do not fit it.
    """
    weighted = Graph(data).weighted()
    stored = [tensor for operator in weighted for tensor in laid_out(operator)]
    shapes = {name: tensor.shape for name, tensor in network.state_dict().items()}
    if len(stored) != len(shapes):
        raise ValueError(f"the graph has {len(stored)} tensors of weights where the network has {len(shapes)}")
    state = {name: torch.from_numpy(array) for name, array in zip(shapes, stored, strict=True)}
    for name, shape in shapes.items():
        if state[name].shape != shape:
            raise ValueError(f"{name} is {list(state[name].shape)} in the graph where the network has {list(shape)}")
    return state


def laid_out(operator: Weighted) -> list[Array]:
    """An operator's weights in torch's order: kernel and bias, or slopes."""
    first, *bias = operator.weights
    match operator.kind:
        case "prelu":
            return [first.reshape(-1).copy()]
        case "convolution":
            kernel = first.transpose(0, 3, 1, 2)
        case _:  # "depthwise" and "transposed" have [1, H, W, C]
            kernel = first.transpose(3, 0, 1, 2)
    if operator.stride == 2:
        kernel = np.pad(kernel, ((0, 0), (0, 0), (1, 0), (1, 0)))
    return [kernel.copy(), *(array.copy() for array in bias)]


if __name__ == "__main__":
    main()
