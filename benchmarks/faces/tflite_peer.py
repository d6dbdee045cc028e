"""Runs MediaPipe's models by the TensorFlow Lite runtime, in an environment of its own with one thread:

    python -m venv lite && lite/bin/pip install ai-edge-litert==2.3.0
    lite/bin/python benchmarks/faces/tflite_peer.py INPUTS.npz OUTPUTS.npz TIMES

INPUTS has, for any NAME, `NAME.model` (the file as bytes) and `NAME.x` ([N, H, W, 3] float32). OUTPUTS gets
`NAME.OUTPUT` for each output, with N rows, and `NAME.seconds`: processor time of TIMES runs over the first row.
"""

import sys
import time
from typing import Any

import numpy as np


def main(source: str, target: str, times: str) -> None:
    """Run every model over its rows."""
    from ai_edge_litert.interpreter import Interpreter

    inputs = np.load(source)
    found: dict[str, Any] = {}
    for name in sorted({key.split(".")[0] for key in inputs.files}):
        interpreter = Interpreter(model_content=inputs[f"{name}.model"].tobytes(), num_threads=1)
        interpreter.allocate_tensors()
        (entry,) = interpreter.get_input_details()
        outputs = interpreter.get_output_details()
        rows = []
        for row in inputs[f"{name}.x"]:
            interpreter.set_tensor(entry["index"], row[None])
            interpreter.invoke()
            rows.append([interpreter.get_tensor(output["index"]) for output in outputs])
        for place, output in enumerate(outputs):
            found[f"{name}.{output['name']}"] = np.concatenate([row[place] for row in rows])
        interpreter.set_tensor(entry["index"], inputs[f"{name}.x"][:1])
        found[f"{name}.seconds"] = np.array([seconds(interpreter) for _ in range(int(times))])
    np.savez(target, **found)


def seconds(interpreter: Any) -> float:
    """Processor time of one run."""
    began = time.process_time()
    interpreter.invoke()
    return time.process_time() - began


if __name__ == "__main__":
    main(*sys.argv[1:])
