"""Our networks of faces and people beside the TensorFlow Lite runtime: the largest difference, processor time. Draws
what they see besides (docs/faces.png).

    python -m venv lite && lite/bin/pip install ai-edge-litert==2.3.0
    python benchmarks/faces lite/bin/python holistic/package selfie_segmentation/package

The packages are those of `models.recognition.mediapipe.convert`. Both get the same input, one thread each. Ours is
suspended and resumed at every stage, as it is in the server. Times are the least of 100 runs.
"""

import argparse
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from harness.record import finish, show
from numpy.typing import NDArray
from safetensors.torch import load_file

from faces.pictures import finished, pictures
from faces.sheet import RESULT, draw
from models.recognition.convolution import ready
from models.recognition.faces.faces import LANE, FaceInput
from models.recognition.faces.network import BlazeFace
from models.recognition.faces.program import WEIGHTS as FACE_WEIGHTS
from models.recognition.faces.program import FaceProgram
from models.recognition.mediapipe.convert import tflite_files
from models.recognition.mesh.crops import cut, unit
from models.recognition.mesh.meshes import LANES as MESH_LANES
from models.recognition.mesh.meshes import MeshInput
from models.recognition.mesh.network import FaceMesh
from models.recognition.mesh.program import WEIGHTS as MESH_WEIGHTS
from models.recognition.mesh.program import MeshProgram
from models.recognition.people.masks import LANES as PEOPLE_LANES
from models.recognition.people.masks import PeopleInput
from models.recognition.people.network import SelfieSegmentation
from models.recognition.people.program import WEIGHTS as PEOPLE_WEIGHTS

Floats = NDArray[np.float32]
TIMES = 100
# Around the faces, in pixels of the canvas: centre, side, angle.
_CROPS = {"astronaut": (279.0, 159.0, 180.0, 0.06), "grace_hopper": (331.0, 252.0, 315.0, -0.05)}
_NETWORKS: dict[str, tuple[Any, Path]] = {
    "faces": (BlazeFace, FACE_WEIGHTS),
    "mesh": (FaceMesh, MESH_WEIGHTS),
    "people": (SelfieSegmentation, PEOPLE_WEIGHTS["people.256"]),
    "people_wide": (SelfieSegmentation, PEOPLE_WEIGHTS["people.144"]),
}


def main() -> None:
    """Run both, compare, draw, and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("python", help="of the environment with ai-edge-litert")
    parser.add_argument("holistic", type=Path)
    parser.add_argument("selfie", type=Path)
    parser.add_argument("--sheet", type=Path, default=RESULT, help="picture to write (default: %(default)s)")
    options = parser.parse_args()
    torch.set_num_threads(1)
    rows = inputs()
    theirs = peer(options.python, tflite_files(options.holistic, options.selfie), rows)
    results: dict[str, Any] = {name: compared(name, rows[name], theirs) for name in rows}
    results["lanes"] = lanes()
    columns = ("network", "difference", "ours, ms", "TFLite, ms")
    lines = [(name, results[name]["difference"], results[name]["ms"], results[name]["tflite_ms"]) for name in rows]
    show("largest difference: pixels of the input (faces, mesh), or of 1 (masks)", columns, lines)
    show("a lane, from input to output", ("lane", "ms"), list(results["lanes"].items()))
    draw(options.sheet)
    finish("faces", results)


def inputs() -> dict[str, Floats]:
    """Each network's inputs [N, H, W, 3], a picture a row."""
    found: dict[str, list[Floats]] = {name: [] for name in _NETWORKS}
    for name, picture in pictures().items():
        crop = cut(unit(torch.from_numpy(MeshInput.prepare(picture).canvas)[None]), torch.tensor([[_CROPS[name]]]))
        found["faces"].append(FaceInput.prepare(picture).pixels)
        found["mesh"].append(crop[0].permute(1, 2, 0).numpy())
        found["people"].append(PeopleInput.prepare(picture, "people.256").pixels)
        found["people_wide"].append(PeopleInput.prepare(picture, "people.144").pixels)
    return {name: np.stack(rows) for name, rows in found.items()}


def peer(python: str, files: dict[str, bytes], rows: dict[str, Floats]) -> Any:
    """The TensorFlow Lite runtime's outputs and times."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "inputs.npz"), Path(folder, "outputs.npz")
        arrays: dict[str, Any] = {f"{name}.model": np.frombuffer(files[name], np.uint8) for name in rows}
        arrays |= {f"{name}.x": row for name, row in rows.items()}
        np.savez(source, **arrays)
        program = str(Path(__file__).parent / "tflite_peer.py")
        subprocess.run([python, program, str(source), str(target), str(TIMES)], check=True)
        return dict(np.load(target))


def compared(name: str, rows: Floats, theirs: Any) -> dict[str, float]:
    """The largest difference of a network's main output, and the times of one row."""
    kind, weights = _NETWORKS[name]
    network = kind.from_weights(load_file(weights)).requires_grad_(requires_grad=False)
    x = torch.from_numpy(rows).permute(0, 3, 1, 2)
    ready(network, torch.device("cpu"), torch.float32, [(x.shape[3], x.shape[2])])
    ours = finished(network(x))
    if name == "faces":
        likely = ours[0] > 0  # the logits of what would be reported
        difference = (ours[1] - torch.from_numpy(theirs["faces.regressors"]))[likely]
    elif name == "mesh":
        difference = ours[0] - torch.from_numpy(theirs["mesh.conv2d_21"]).reshape(ours[0].shape)
    else:
        output = {"people": "activation_10", "people_wide": "segment_back"}[name]
        difference = ours.sigmoid() - torch.from_numpy(theirs[f"{name}.{output}"])[..., 0]
    return {
        "difference": float(difference.abs().max()),
        "ms": least(lambda: finished(network(x[:1]))),
        "tflite_ms": float(theirs[f"{name}.seconds"].min() * 1e3),
    }


def lanes() -> dict[str, float]:
    """Processor time of a batch of one in each lane, in milliseconds."""
    device, picture = torch.device("cpu"), pictures()["astronaut"]
    faces, meshes = FaceProgram.load(device), MeshProgram.load(device)
    found = {LANE: least(lambda: finished(faces.start(LANE, [FaceInput.prepare(picture)])))}
    mesh = MeshInput.prepare(picture)
    for lane in MESH_LANES:
        found[lane] = least(lambda lane=lane: finished(meshes.start(lane, [mesh])))  # type: ignore[misc]
    found["prepare faces"] = least(lambda: FaceInput.prepare(picture))
    found["prepare face_mesh"] = least(lambda: MeshInput.prepare(picture))
    for lane in PEOPLE_LANES:
        found[f"prepare {lane}"] = least(lambda lane=lane: PeopleInput.prepare(picture, lane))  # type: ignore[misc]
    return found


def least(work: Callable[[], object]) -> float:
    """The least processor time of it in milliseconds."""
    times = []
    for _ in range(TIMES):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times) * 1e3


if __name__ == "__main__":
    main()
