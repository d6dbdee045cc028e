"""The kinds of task: which model answers, and the kind of work that it is counted as.

How a picture becomes a model's input and its output answers is the model's own affair: its processor says it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from bridge.pictures.picture import Pixels, Size
from bridge.v1 import recognition_pb2

MOST_RESULTS = 100


class Processor(Protocol):
    """A model's pre- and postprocessing. `prepare` runs on a worker thread, and so does `read` unless it
    `reads_at_once`; `remember` and `carry` take no time. A `size` is width and height in pixels, a `threshold` the
    least score of an answer, a `limit` how many there may be; 0 leaves either to the model.
    """

    reads_at_once: bool

    def lane(self, rung: str, width: int, height: int) -> str:
        """The lane of a rung for a picture of this size."""
        ...

    def prepare(self, picture: Pixels, lane: str) -> Any:
        """A lane's input, whose size in bytes is its `nbytes`."""
        ...

    def read(self, output: Any, size: Size, threshold: float, limit: int) -> Sequence[Any]:
        """A lane's output as answers."""
        ...

    def remember(self, output: Any, time: float, before: Any) -> Any:
        """What later pictures can be answered from; `before` is what was remembered of the same scene, if anything."""
        ...

    def carry(self, remembered: Any, time: float, size: Size, threshold: float, limit: int) -> Sequence[Any]:
        """Answers for a picture taken at `time`, without the device."""
        ...


class Kind(NamedTuple):
    """One kind of task."""

    model: str
    work: str


KINDS: Mapping[int, Kind] = {
    recognition_pb2.RECOGNITION_KIND_CLASSIFY: Kind("classifier", "classify"),
    recognition_pb2.RECOGNITION_KIND_DETECT: Kind("detector", "detect"),
}
