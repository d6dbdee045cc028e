"""A picture with three marks, and a quick detector that sees where they are and what colour they have.

So a box tells whether a picture was turned rightly, and its class whether its bytes were read in the right order.
"""

from collections.abc import Generator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.program import Lane
from models.recognition.detections import LANES, MEAN, SCALE, Candidates, DetectorInput

WIDTH, HEIGHT = 320, 200
PLACES = {  # red, green and blue, by COCO's classes: x, y, width, height
    "cat": (24, 16, 96, 48),
    "dog": (240, 24, 56, 72),
    "horse": (40, 120, 64, 64),
}
_CLASSES = {"cat": 15, "dog": 16, "horse": 17}
_SLACK = 3.0  # pixels by which scaling and JPEG blur a mark's rim
Pixels = NDArray[np.uint8]


def upright(scale: int = 1) -> Pixels:
    """uint8 [H, W, 3], RGB: the marks on grey."""
    picture = np.full((HEIGHT * scale, WIDTH * scale, 3), 64, np.uint8)
    for channel, (x, y, width, height) in enumerate(PLACES.values()):
        picture[y * scale : (y + height) * scale, x * scale : (x + width) * scale] = np.eye(3)[channel] * 255
    return picture


def stored(orientation: int, picture: Pixels) -> Pixels:
    """A picture as a camera stores it that was held as each orientation says (EXIF 2.32, 4.6.4)."""
    across = picture.transpose(1, 0, 2)
    turned = {
        1: picture,
        2: picture[:, ::-1],
        3: picture[::-1, ::-1],
        4: picture[::-1],
        5: across,
        6: across[::-1],
        7: across[::-1, ::-1],
        8: across[:, ::-1],
    }
    return np.ascontiguousarray(turned[orientation])


def check_seen(result: Any, scale: int = 1, *, slack: float = _SLACK) -> None:
    """Every mark is seen where it is in the upright picture, in its own colour, and nothing else."""
    assert (result.source_width, result.source_height) == (WIDTH * scale, HEIGHT * scale)
    check_boxes({box.label: (box.x, box.y, box.width, box.height) for box in result.detections}, scale, slack)


def check_boxes(boxes: dict[str, tuple[float, ...]], scale: int = 1, slack: float = _SLACK) -> None:
    """As `check_seen`, of boxes by name."""
    assert boxes.keys() == PLACES.keys()
    for name, place in PLACES.items():
        np.testing.assert_allclose(boxes[name], np.array(place) * scale, atol=slack * scale, err_msg=name)


class MarkDetector:
    """Sees what is clearly red, green or blue."""

    name, version, resident_bytes = "detector", "mark-detector-1", 1
    lanes: tuple[Lane, ...] = tuple(Lane(lane, 1, 1) for lane in LANES)

    def start(self, lane: str, inputs: Sequence[Any]) -> Generator[None, None, Sequence[Any]]:
        yield
        return [self._look(row) for row in inputs]

    def _look(self, row: DetectorInput) -> Candidates:
        colours = row.pixels / SCALE + MEAN
        boxes, classes = [], []
        for channel, number in enumerate(_CLASSES.values()):
            others = np.delete(colours, channel, axis=2).max(axis=2)
            ys, xs = np.nonzero((colours[..., channel] > 128) & (others < 96))
            if len(xs):
                boxes.append(self._shares(row, xs, ys))
                classes.append(number)
        scores = np.full(len(boxes), 0.9, np.float32)
        return Candidates(np.array(boxes, np.float32).reshape(-1, 4), scores, np.array(classes, np.int64))

    def _shares(self, row: DetectorInput, xs: Any, ys: Any) -> list[float]:
        height, width = row.pixels.shape[:2]
        left, top, wide, high = row.window
        x, y = (xs.min() / width - left) / wide, (ys.min() / height - top) / high
        return [x, y, ((xs.max() + 1) / width - left) / wide, ((ys.max() + 1) / height - top) / high]

    def sample(self, lane: str, batch: int) -> Sequence[Any]:
        return [DetectorInput.prepare(np.zeros((8, 8, 3), np.uint8), lane)] * batch

    def close(self) -> None:
        pass
