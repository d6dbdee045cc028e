"""The simulated game: sixty ticks a second, none of which waits for an answer.

Every tick requests what is due by the clock, whether or not earlier answers have arrived; answers arrive between ticks.
"""

import asyncio
import struct
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any

from bridge.client import Avatars, BridgeClient, Camera, Frame, Recognized, Task, Unanswered
from bridge.errors import BridgeError
from bridge.tools.demo.counters import Counters
from bridge.tools.demo.options import WORKS, Options
from bridge.tools.demo.script import CHARACTERS, LOOK_SECONDS, LOOKS, MORPH_SECONDS, Character
from bridge.tools.demo.story import Conversation

TICK = 1 / 60
PHOTO, CLIP = 0, 1  # the two cameras
_PHOTO_EVERY = 3  # every third picture sent for a task is the photo
_DETECT_PHASE = 0.5  # of its period, since a game would not request everything in the same frame
_LAST_ANSWERS = 5.0
_POSE = struct.Struct("<i")


@dataclass(slots=True)
class Rate:
    """Something due `per_second` times a second, first after `phase` seconds."""

    per_second: float
    phase: float = 0.0
    done: int = 0

    def due(self, now: float) -> bool:
        """Whether the next one is due at `now` seconds; if so, counts it."""
        if (now - self.phase) * self.per_second < self.done:
            return False
        self.done += 1
        return True


class Game:
    """One run of the game and its results."""

    def __init__(
        self,
        options: Options,
        photo: bytes,
        clip: list[bytes],
        clip_fps: float,
        characters: Sequence[Character] | None = None,
    ) -> None:
        self.options = options
        self.counters = {work: Counters(options.budget(work)) for work in WORKS}
        chosen = CHARACTERS[: options.characters] if characters is None else characters
        self.conversations = [Conversation(character) for character in chosen]
        self.frames: list[Frame] = []
        self.newest: dict[int, dict[str, Recognized]] = {PHOTO: {}, CLIP: {}}  # camera -> task -> answer
        self.clip_seen: dict[int, dict[str, Recognized]] = {}  # picture of the clip -> task -> answer
        self.faults: Counter[str] = Counter()
        self.late_ticks = 0
        self.elapsed = 0.0
        self.photo = photo
        self.clip = clip
        self._clip_fps = clip_fps
        self._waiting: set[asyncio.Future[Any]] = set()
        self._rates = {
            "avatar": Rate(options.avatar_fps),
            "classify": Rate(options.classify_fps),
            "detect": Rate(options.detect_fps, _DETECT_PHASE / options.detect_fps),
        }
        self._looks = Rate(1 / LOOK_SECONDS)

    async def run(self, bridge: BridgeClient) -> None:
        """Play against a server for the time set in the options."""
        async with AsyncExitStack() as streams:
            avatars = await streams.enter_async_context(bridge.avatars())
            camera = await streams.enter_async_context(bridge.camera())
            talk = await streams.enter_async_context(bridge.dialogue())
            await asyncio.gather(*(conversation.meet(talk) for conversation in self.conversations))
            start = time.perf_counter()
            until = start + self.options.seconds
            stories = [
                asyncio.create_task(conversation.play(talk, self.counters["dialogue"], until))
                for conversation in self.conversations
            ]
            try:
                await self._tick(avatars, camera, start)
                await self._last_answers(stories)
            finally:
                for story in stories:
                    story.cancel()
                await asyncio.gather(*stories, return_exceptions=True)

    async def _tick(self, avatars: Avatars, camera: Camera, start: float) -> None:
        tick = 0
        while True:
            self.elapsed = tick * TICK
            if self.elapsed >= self.options.seconds:
                return
            pause = start + self.elapsed - time.perf_counter()
            self.late_ticks += pause < -TICK
            await asyncio.sleep(max(0.0, pause))
            self._play_avatar(avatars)
            self._play_cameras(camera)
            tick += 1

    def _play_avatar(self, avatars: Avatars) -> None:
        if self._looks.due(self.elapsed):
            number = self._looks.done - 1
            seed, expression = LOOKS[number % len(LOOKS)]
            avatars.set_look(0, seed=seed, expression=expression, morph=MORPH_SECONDS if number else 0.0)
        if self._rates["avatar"].due(self.elapsed):
            counters = self.counters["avatar"]
            counters.sent += 1
            self._expect(lambda: [avatars.request(0, budget=counters.budget)], ["avatar"])

    def _play_cameras(self, camera: Camera) -> None:
        """Classifier and detector have separate rates; a picture due for both is sent once."""
        due: dict[int, list[Task]] = {}
        for work in ("classify", "detect"):
            rate = self._rates[work]
            if rate.due(self.elapsed):
                slot = PHOTO if rate.done % _PHOTO_EVERY == 1 else CLIP
                due.setdefault(slot, []).append(Task(work, self.counters[work].budget))
        for slot, tasks in due.items():
            self._show(camera, slot, tasks)

    def _show(self, camera: Camera, slot: int, tasks: list[Task]) -> None:
        """Send a camera's picture, with its number as the pose."""
        number = 0 if slot == PHOTO else int(self.elapsed * self._clip_fps) % len(self.clip)
        picture = self.photo if slot == PHOTO else self.clip[number]
        for task in tasks:
            self.counters[task.kind].sent += 1
        self._expect(
            lambda: camera.request(picture, *tasks, slot=slot, pose=_POSE.pack(number)), [task.kind for task in tasks]
        )

    def _expect(self, ask: Callable[[], Sequence[asyncio.Future[Any]]], works: list[str]) -> None:
        try:
            futures = ask()
        except BridgeError as error:
            for work in works:
                self._fault(work, error)
            return
        for work, future in zip(works, futures, strict=True):
            self._waiting.add(future)
            future.add_done_callback(partial(self._hear, work))

    def _hear(self, work: str, future: "asyncio.Future[Any]") -> None:
        self._waiting.discard(future)
        if future.cancelled():
            return
        error = future.exception()
        if error is not None:
            self._fault(work, error)
        else:
            self._take(work, future.result())

    def _take(self, work: str, answer: Frame | Recognized | Unanswered) -> None:
        counters = self.counters[work]
        if isinstance(answer, Unanswered):
            counters.unanswered(answer)
        elif isinstance(answer, Frame):
            counters.answered(answer.slot, answer.frame_index, answer.elapsed, answer.timing, repeated=answer.repeated)
            self.frames.append(answer)
        elif isinstance(answer, Recognized):
            counters.answered(answer.slot, answer.frame_index, answer.elapsed, answer.timing, carried=answer.carried)
            self._keep(answer)

    def _keep(self, answer: Recognized) -> None:
        self.newest[answer.slot][answer.kind] = answer
        if answer.slot == CLIP:
            (number,) = _POSE.unpack(answer.pose)
            self.clip_seen.setdefault(number, {})[answer.kind] = answer

    def _fault(self, work: str, error: BaseException) -> None:
        self.counters[work].failed += 1
        self.faults[f"{work}: {error}"] += 1

    async def _last_answers(self, stories: list[asyncio.Task[None]]) -> None:
        """Wait for the requests in flight once the game is over."""
        waiting: list[asyncio.Future[Any]] = [*self._waiting, *stories]
        if waiting:
            await asyncio.wait(waiting, timeout=_LAST_ANSWERS + self.options.budget("dialogue"))
