"""The real detector, one picture at a time."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from models.recognition.detections import DetectorInput, lanes_for
from models.recognition.detector_program import DetectorProgram

Pixels = NDArray[np.uint8]


def detected(program: DetectorProgram, picture: Pixels) -> Any:
    """The detector's output for one picture."""
    lane = lanes_for(picture.shape[1], picture.shape[0])[0]
    steps = program.start(lane, [DetectorInput.prepare(picture, lane)])
    with torch.inference_mode():
        while True:
            try:
                next(steps)
            except StopIteration as end:
                return end.value[0]
