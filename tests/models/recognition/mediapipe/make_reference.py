"""Writes reference.npz: what the TensorFlow Lite runtime answers to the astronaut, for our networks to be held against.

    python -m venv lite && lite/bin/pip install ai-edge-litert==2.3.0
    python -m tests.models.recognition.mediapipe.make_reference lite/bin/python holistic/package \
        selfie_segmentation/package

The packages are those of `models.recognition.mediapipe.convert`. Inputs are kept as bytes, so that they are the same on
every machine.
"""

import argparse
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from models.recognition.faces.faces import SIDE, letterboxed
from models.recognition.mediapipe.convert import tflite_files
from models.recognition.mesh.crops import cut, unit
from models.recognition.mesh.meshes import CANVAS
from models.recognition.people.masks import LANES
from models.recognition.scaling import scaled
from tests.models.recognition.pictures import photo

PEER = Path(__file__).parents[4] / "benchmarks" / "faces" / "tflite_peer.py"
TARGET = Path(__file__).parent / "reference.npz"
CROP = (279.0, 159.0, 180.0, 0.06)  # of the astronaut's face on the canvas: centre, side, angle
EVERY = 4  # rows and columns of a mask: one in four is kept
LIKELY = -5.0  # logit from which a prediction's box is kept
OUTPUTS = {
    "faces": ("classificators", "regressors"),
    "mesh": ("conv2d_21", "conv2d_31"),
    "people": ("activation_10",),
    "people_wide": ("segment_back",),
}


def inputs() -> dict[str, NDArray[np.uint8]]:
    """Each network's input as bytes [H, W, 3]."""
    picture = photo("astronaut")
    canvas = torch.from_numpy(letterboxed(picture, CANVAS)[0])
    crop = cut(unit(canvas[None]), torch.tensor([[CROP]]))[0].permute(1, 2, 0).mul(255).round().to(torch.uint8).numpy()
    square, wide = (scaled(picture, *size, "bilinear") for size in LANES.values())
    return {"faces": letterboxed(picture, SIDE)[0], "mesh": crop, "people": square, "people_wide": wide}


def floats(name: str, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """A network's input [1, H, W, 3]: from -1 to 1 for faces, else from 0 to 1."""
    x = pixels[None].astype(np.float32)
    return x / np.float32(127.5) - 1 if name == "faces" else x / np.float32(255)


def main() -> None:
    """Run the peer, and keep inputs and outputs."""
    parser = argparse.ArgumentParser(description="Write reference.npz.")
    parser.add_argument("python", help="of the environment with ai-edge-litert")
    parser.add_argument("holistic", type=Path)
    parser.add_argument("selfie", type=Path)
    options = parser.parse_args()
    models = tflite_files(options.holistic, options.selfie)
    pictures = inputs()
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "inputs.npz"), Path(folder, "outputs.npz")
        arrays: dict[str, Any] = {f"{name}.model": np.frombuffer(models[name], np.uint8) for name in OUTPUTS}
        arrays |= {f"{name}.x": floats(name, pixels) for name, pixels in pictures.items()}
        np.savez(source, **arrays)
        subprocess.run([options.python, str(PEER), str(source), str(target), "0"], check=True)
        found = np.load(target)
        kept: dict[str, Any] = {f"{name}.{key}": found[f"{name}.{key}"] for name in OUTPUTS for key in OUTPUTS[name]}
    for name in ("people.activation_10", "people_wide.segment_back"):
        kept[name] = kept[name][:, ::EVERY, ::EVERY]
    kept["faces.regressors"] = kept["faces.regressors"][:, kept["faces.classificators"][0, :, 0] > LIKELY]
    kept |= {f"{name}.x": pixels for name, pixels in pictures.items()}
    np.savez_compressed(TARGET, **kept)


if __name__ == "__main__":
    main()
