"""The kinds of recognition task: the model that answers each, and the kind of work it counts as.

The model's own processor turns pictures into inputs and outputs into answers.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from bridge.device.roster import Roster
from bridge.pictures.picture import Pixels, Size
from bridge.v1 import recognition_pb2

MOST_RESULTS = 100
MOST_TASKS = 4  # of one picture


class Processor(Protocol):
    """A model's pre- and postprocessing. `prepare` runs on a worker thread, and so does `read` unless
    `reads_at_once`; `remember` and `carry` are fast enough for the event loop. `size` is width and height in pixels,
    `threshold` the minimum score of an answer, `limit` the maximum count; 0 means the model's default.
    """

    reads_at_once: bool

    def lane(self, rung: str, width: int, height: int) -> str:
        """The lane of a rung for a picture of this size."""
        ...

    def prepare(self, picture: Pixels, lane: str) -> Any:
        """A lane's input; it has an `nbytes`."""
        ...

    def read(self, output: Any, size: Size, threshold: float, limit: int) -> Sequence[Any]:
        """The answers in a lane's output."""
        ...

    def remember(self, output: Any, time: float, before: Any) -> Any:
        """What to keep for answering later pictures; `before` is what was kept of the same scene, if anything. A
        `Following` has `follow` in its place.
        """
        ...

    def carry(self, remembered: Any, time: float, size: Size, threshold: float, limit: int) -> Sequence[Any]:
        """Answers for a picture taken at `time` from what was kept, without the device."""
        ...


class Following(Processor, Protocol):
    """Of a model whose carried answers, or all of them, depend on several pictures. What it follows is a value that is
    never changed.
    """

    def colours(self, picture: Pixels) -> Pixels:
        """What of a picture `follow` needs for appearance. Runs on a worker thread, as `follow` does."""
        ...

    def follow(self, output: Any, time: float, size: Size, before: Any, colours: Pixels | None) -> Any:
        """What is known after a picture; `before` is what was known of the same scene, if anything. `carry` reads
        answers from it.
        """
        ...

    def answers(
        self, output: Any, followed: Any, time: float, size: Size, threshold: float, limit: int
    ) -> Sequence[Any]:
        """The answers to a picture itself, from its output or from what is known after it."""
        ...

    def forgotten(self, before: Any) -> Any:
        """Nothing followed any more, with ids that go on."""
        ...


class Kind(NamedTuple):
    """One kind of task. `follows`: its processor is a `Following`. `part`: which of the model's processor's attributes
    that is, if not itself.
    """

    model: str
    work: str
    follows: bool = False
    part: str = ""


KINDS: Mapping[int, Kind] = {
    recognition_pb2.RECOGNITION_KIND_CLASSIFY: Kind("classifier", "classify"),
    recognition_pb2.RECOGNITION_KIND_DETECT: Kind("detector", "detect", follows=True),
    recognition_pb2.RECOGNITION_KIND_TRACK: Kind("detector", "track", follows=True, part="tracking"),
    recognition_pb2.RECOGNITION_KIND_FACES: Kind("faces", "faces"),
    recognition_pb2.RECOGNITION_KIND_FACE_MESH: Kind("face_mesh", "face_mesh"),
    recognition_pb2.RECOGNITION_KIND_PEOPLE: Kind("people", "people"),
}


def processor_of(kind: int, roster: Roster) -> Any:
    """The processor of a kind of task: a `Following` where it follows, else a `Processor`."""
    declared = KINDS[kind]
    processor = roster.processor(declared.model)
    return getattr(processor, declared.part) if declared.part else processor
