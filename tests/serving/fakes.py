"""Quick models that behave as the real ones do towards host and services: same lanes, same inputs, known answers."""

import re
import threading
from collections import deque
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any
from zlib import crc32

import numpy as np

from bridge.capabilities import CAPABILITIES
from bridge.device.catalog import ModelSpec, entries
from models.dialogue.reply import Finish, Piece
from models.program import Lane, Program, Unfinished
from models.recognition.classes import ClassifierInput
from models.recognition.detections import LANES, Candidates, DetectorInput
from tests.serving.fake_faces import FakeFaces, FakeMesh, FakePeople

CONTEXT = 256
WAIT_SECONDS = 20.0


class FakeAvatar:
    """Paints a square in one shade that its conditions tell; the side is chosen by the test."""

    name, version, resident_bytes = "avatar", "fake-avatar-1", 1

    def __init__(self, side: int = 64, *, smaller: bool = False) -> None:
        self.side = side
        names = ("avatar.64", "avatar.32") if smaller else ("avatar.64",)
        self.lanes = tuple(Lane(name, max_batch=4, stages=2) for name in names)
        self.fault: Exception | None = None

    def start(self, lane: str, inputs: Sequence[Any]) -> Generator[None, None, Sequence[Any]]:
        yield
        if self.fault is not None:
            raise self.fault
        yield
        return [
            self.paint(row.conditions)[:: 1 + (lane == "avatar.32"), :: 1 + (lane == "avatar.32")] for row in inputs
        ]

    def paint(self, conditions: Any) -> Any:
        picture = np.empty((self.side, self.side, 4), np.uint8)
        picture[:] = shade(conditions)
        picture[0] = 255  # the top row, to tell row orders apart
        return picture

    def sample(self, lane: str, batch: int) -> Sequence[Any]:
        return [SimpleNamespace(conditions=np.zeros(1, np.float32))] * batch

    def close(self) -> None:
        pass


def shade(conditions: Any) -> int:
    """What a look is painted in: equal looks, equal shades."""
    return int(abs(float(np.dot(conditions, np.arange(1, len(conditions) + 1)))) * 8) % 200


@dataclass(eq=False)
class FakeReply:
    """Says what its script says, a word a step."""

    conversation: str
    prompt: Sequence[str]
    words: Sequence[str]
    table: "FakeDialogue"
    most: int
    waits: bool = False
    stalls: bool = False
    said: int = 0
    sampling: Any = None
    dropped: int = 0
    whole: Sequence[str] = ()  # the words of all messages, where the history has a limit
    cached: int = 0  # of them
    released: threading.Event = field(default_factory=threading.Event)

    @property
    def prompt_tokens(self) -> int:
        return len(self.whole or self.prompt)

    @property
    def leaves_unread(self) -> bool:
        return bool(self.whole)

    @property
    def room(self) -> int:
        return len(self.prompt) + self.most

    @property
    def chunks(self) -> int:
        return 1

    def reserve(self) -> bool:
        return True

    def release(self) -> None:
        with self.table.lock:
            self.released.set()
            self.table.busy.discard(self)

    def piece(self, text: str, finish: Finish | None) -> Piece:
        return Piece(text, self.said, finish, self.prompt_tokens, self.cached)


@dataclass(eq=False)
class FakeReading(FakeReply):
    """A history of words, of which a run reads four."""

    @property
    def lease(self) -> Any:
        return SimpleNamespace(conversation=self.conversation)

    @property
    def worthwhile(self) -> bool:
        return self.table.found(self.conversation, self.whole) < len(self.whole)

    def reserve(self) -> bool:
        with self.table.lock:
            self.table.busy.add(self)
        return self.table.has_room


class FakeDialogue:
    """Answers by script: what the player says decides.

    "count N" says N words; "count N and wait" too, but before the last one it holds the device until the reply is
    released, and "count N and stall" says no third one while `stalled` is not set. Anything else is echoed. While there
    are `scripts`, a reply says the next of these in place of all that, and one that goes on `again` too. With a
    `history_room`, in words, older turns are dropped as the real model does, and what is held counts as cached.
    """

    name, version, resident_bytes, pool_bytes = "dialogue", "fake-dialogue-1", 1, 4096

    def __init__(self, slots: int = 2) -> None:
        self.slots = slots
        self.room = slots * 1024
        self.lanes: tuple[Lane, ...] = (Lane("dialogue.prefill", 1, 1), Lane("dialogue.decode", 4, 1))
        self.lock = threading.Lock()
        self.busy: set[FakeReply] = set()
        self.most_busy = 0
        self.prompts: list[list[tuple[str, str]]] = []
        self.samplings: list[Any] = []
        self.forgotten: list[str] = []
        self.pace = threading.Event()
        self.pace.set()
        self.tokenising = threading.Event()  # prompts are made while it is set
        self.tokenising.set()
        self.company = 0  # nobody says more than a word before so many replies are under way
        self.joined = threading.Event()  # they are
        self.stalled = threading.Event()
        self.history_room = 0
        self.has_room = True  # for a reading
        self.fault: Exception | None = None  # of a reading
        self.held: dict[str, list[str]] = {}  # conversation -> words in its slot
        self.steps: list[tuple[str, str]] = []  # what the device did, "reads" or "speaks", for which conversation
        self.stops_after = 0  # chunks, after which the device reads on only once the reading has been released
        self.reading_stopped = threading.Event()  # it waits for that
        self.scripts: deque[str] = deque()
        self.again_after: list[list[str]] = []  # of replies that went on: the words before
        self.adapters: list[str | None] = []
        self.begun: list[str] = []  # conversations whose prompts the device had, in order

    def reply(
        self, conversation: str, messages: Sequence[Any], sampling: Any, *, adapter: str | None = None
    ) -> FakeReply:
        self.tokenising.wait(WAIT_SECONDS)
        prompt = " ".join(message.text for message in messages[-1:]).split()
        persona = [word for message in messages if message.role == "system" for word in message.text.split()]
        if len(persona) + len(prompt) > CONTEXT:
            raise ValueError(f"the prompt has {len(persona) + len(prompt)} tokens where {CONTEXT} fit; shorten it")
        self.prompts.append([(str(message.role), message.text) for message in messages])
        self.samplings.append(sampling)
        self.adapters.append(adapter)
        text, dropped = messages[-1].text, self._dropped(messages, 0) if self.history_room else 0
        whole = words(messages, dropped) if self.history_room else []
        waits, most = "and wait" in text, sampling.max_new_tokens
        return FakeReply(
            conversation,
            prompt,
            self._next_script() or script(text),
            self,
            most,
            waits,
            sampling=sampling,
            dropped=dropped,
            whole=whole,
            stalls="and stall" in text,
        )

    def again(self, reply: FakeReply, kept: int, sampling: Any) -> FakeReply:
        self.samplings.append(sampling)
        self.again_after.append(list(reply.words[:kept]))
        words = self._next_script() or ["Again."]
        return FakeReply(reply.conversation, reply.prompt, words, self, sampling.max_new_tokens, sampling=sampling)

    def _next_script(self) -> list[str]:
        return re.findall(r"\s*\S+", self.scripts.popleft()) if self.scripts else []

    def reading(
        self, conversation: str, messages: Sequence[Any], sampling: Any, *, adapter: str | None = None
    ) -> FakeReading:
        self.tokenising.wait(WAIT_SECONDS)
        dropped = self._dropped(messages, 4)
        whole = words(messages, dropped)
        return FakeReading(conversation, [], [], self, sampling.max_new_tokens, dropped=dropped, whole=whole)

    def _dropped(self, messages: Sequence[Any], spoken: int) -> int:
        """To half, in whole turns, where so many words more do not fit."""
        count = sum(message.role != "system" for message in messages)
        if len(words(messages, 0)) + spoken <= self.history_room:
            return 0
        return next(
            i for i in range(0, count + 2, 2) if len(words(messages, i)) <= self.history_room // 2 or i >= count
        )

    def found(self, conversation: str, whole: Sequence[str]) -> int:
        """How many words of a prompt are in its conversation's slot."""
        held = self.held.get(conversation, [])
        return next(
            (i for i, (a, b) in enumerate(zip(held, whole, strict=False)) if a != b), min(len(held), len(whole))
        )

    def forget(self, conversation: str) -> None:
        self.forgotten.append(conversation)

    def stats(self) -> Any:
        with self.lock:
            return SimpleNamespace(busy=len(self.busy), idle=0, free=self.slots - len(self.busy))

    def start(self, lane: str, inputs: Sequence[FakeReply]) -> Generator[None, None, Sequence[Any]]:
        self.begun += [reply.conversation for reply in inputs if lane == "dialogue.prefill" and reply.prompt]
        self.pace.wait(5.0)
        outputs = [self._step(reply) for reply in inputs]
        yield
        return outputs

    def _read(self, reading: FakeReading) -> Any:
        self.steps.append(("reads", reading.conversation))
        if self.fault is not None:
            return self.fault
        found = self.found(reading.conversation, reading.whole)
        with self.lock:
            if not reading.released.is_set():
                self.held[reading.conversation] = list(reading.whole[: found + 4])
        if self.stops_after and len([step for step, _ in self.steps if step == "reads"]) == self.stops_after:
            self.reading_stopped.set()
            reading.released.wait(WAIT_SECONDS)
        if reading.released.is_set():
            return reading.piece("", Finish.INTERRUPTED)
        if reading.worthwhile:
            return Unfinished(reading.piece("", None), "dialogue.prefill", prepares=True)
        reading.release()
        return reading.piece("", Finish.READ)

    def _step(self, reply: FakeReply) -> Any:
        if isinstance(reply, FakeReading):
            return self._read(reply)
        self.steps.append(("speaks", reply.conversation))
        with self.lock:
            if not reply.released.is_set():
                self.busy.add(reply)
                self.most_busy = max(self.most_busy, len(self.busy))
                if self.most_busy >= self.company:
                    self.joined.set()
        if reply.waits and reply.said == len(reply.words) - 1:
            reply.released.wait(WAIT_SECONDS)
        if reply.released.is_set():
            return reply.piece("", Finish.INTERRUPTED)
        if reply.said and not self.joined.wait(0.002):  # a step that takes no time at all would flood the loop
            return Unfinished(reply.piece("", None), "dialogue.decode")
        if reply.said > 1 and reply.stalls and not self.stalled.wait(0.002):
            return Unfinished(reply.piece("", None), "dialogue.decode")
        if reply.whole:
            reply.cached = reply.cached if reply.said else self.found(reply.conversation, reply.whole)
            self.held[reply.conversation] = [*reply.whole, *" ".join(reply.words[: reply.said + 1]).split()]
        text = reply.words[reply.said]
        reply.said += 1
        finish = Finish.END if reply.said == len(reply.words) else None
        finish = Finish.LENGTH if finish is None and reply.said >= reply.most else finish
        piece = reply.piece(text, finish)
        return piece if finish is not None else Unfinished(piece, "dialogue.decode")

    def sample(self, lane: str, batch: int) -> Sequence[Any]:
        replies = [FakeReply("warm-up", [], ["x"], self, 1) for _ in range(batch)]
        for reply in replies:
            reply.release()
        return replies

    def close(self) -> None:
        pass


def words(messages: Sequence[Any], dropped: int) -> list[str]:
    """All words of messages, but for so many behind the system's."""
    behind = sum(message.role == "system" for message in messages)
    return " ".join(message.text for message in [*messages[:behind], *messages[behind + dropped :]]).split()


def script(text: str) -> list[str]:
    """The words of the reply, with the space before each."""
    count = re.search(r"count (\d+)", text)
    words = [str(i) for i in range(int(count[1]))] if count else ["You", "said:", *text.split()]
    return [word if place == 0 else f" {word}" for place, word in enumerate(words)]


class FakeClassifier:
    """Sees class 285 in every picture, the surer the redder it is."""

    name, version, resident_bytes = "classifier", "fake-classifier-1", 1
    lanes: tuple[Lane, ...] = (Lane("classifier.224", 2, 1),)

    def start(self, lane: str, inputs: Sequence[Any]) -> Generator[None, None, Sequence[Any]]:
        yield
        return [self._look(row.pixels) for row in inputs]

    def _look(self, pixels: Any) -> Any:
        answer = np.zeros(1000, np.float32)
        answer[285] = 0.5 + float(pixels[..., 0].mean()) / 4
        return answer

    def sample(self, lane: str, batch: int) -> Sequence[Any]:
        return [ClassifierInput.prepare(np.zeros((8, 8, 3), np.uint8))] * batch

    def close(self) -> None:
        pass


class FakeDetector:
    """Sees a cat in the middle of every picture, and a doubtful dog in its top left corner."""

    name, version, resident_bytes = "detector", "fake-detector-1", 1
    lanes: tuple[Lane, ...] = tuple(Lane(lane, 1, 1) for lane in LANES)

    def start(self, lane: str, inputs: Sequence[Any]) -> Generator[None, None, Sequence[Any]]:
        yield
        boxes = np.array([[0.25, 0.25, 0.75, 0.75], [0.0, 0.0, 0.1, 0.2]], np.float32)
        return [Candidates(boxes, np.array([0.9, 0.4], np.float32), np.array([15, 16])) for _ in inputs]

    def sample(self, lane: str, batch: int) -> Sequence[Any]:
        return [DetectorInput.prepare(np.zeros((8, 8, 3), np.uint8), lane)] * batch

    def close(self) -> None:
        pass


class FakeEmbedding:
    """Texts are as similar as they have words in common: each word is a direction of its own."""

    name, version, resident_bytes = "embedding", "fake-embedding-1", 1
    lanes: tuple[Lane, ...] = (Lane("embedding.16", 16, 1),)

    def text(self, text: str) -> Any:
        return SimpleNamespace(lane="embedding.16", words=re.findall(r"\w+", text.lower()))

    def start(self, lane: str, inputs: Sequence[Any]) -> Generator[None, None, Sequence[Any]]:
        yield
        return [self._vector(row.words) for row in inputs]

    def _vector(self, words: Sequence[str]) -> Any:
        found = np.zeros(384, np.float32)
        for word in words or ("",):
            found[crc32(word.encode()) % 384] += 1.0
        return found / np.linalg.norm(found)

    def sample(self, lane: str, batch: int) -> Sequence[Any]:
        return [self.text("hello there")] * batch

    def close(self) -> None:
        pass


@dataclass
class Fakes:
    """The fake models of one server."""

    avatar: FakeAvatar = field(default_factory=FakeAvatar)
    dialogue: FakeDialogue = field(default_factory=FakeDialogue)
    classifier: FakeClassifier = field(default_factory=FakeClassifier)
    detector: FakeDetector = field(default_factory=FakeDetector)
    embedding: FakeEmbedding = field(default_factory=FakeEmbedding)
    faces: FakeFaces = field(default_factory=FakeFaces)
    face_mesh: FakeMesh = field(default_factory=FakeMesh)
    people: FakePeople = field(default_factory=FakePeople)

    @property
    def models(self) -> tuple[ModelSpec, ...]:
        """The real ones' records, which load the fakes."""
        return tuple(replace(entry.model, load=self._loads(name)) for name, entry in entries(CAPABILITIES).items())

    def _loads(self, name: str) -> Callable[..., Program]:
        return lambda device, **options: getattr(self, name)
