"""What a stream's pictures wait for a worker with: bytes that are counted, a place in the queue, and a time to give up.

A task whose picture cannot be decoded in time any more is let go at that moment, whatever the workers do: by a timer
until a worker takes its picture, and by a later one until the worker is done with it.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence

from bridge.capabilities.recognition.camera import Camera, Task
from bridge.errors import Overloaded
from bridge.pictures.decoders import Work
from bridge.pictures.picture import Picture
from bridge.policy.work import Owner
from bridge.streams.backend import Backend
from bridge.streams.stream import Stream
from bridge.wire.request import Request, clock

_LATE_SHARE, _LEAST_LATE_SECONDS = 0.05, 0.002  # of what is left of a budget: the loop may come late to a timer


class Waiting:
    """All pictures of one stream that are not decoded yet. `begin` gives the work for the oldest picture of a camera
    when a worker is free, `let_go` answers a task whose time is up.
    """

    def __init__(
        self, stream: Stream, begin: Callable[[Camera], Work | None], let_go: Callable[[Camera, Task], None]
    ) -> None:
        self._backend: Backend = stream.backend
        self._decoders = self._backend.decoders
        self._begin = begin
        self._let_go = let_go
        self.owner = Owner(stream.session.identity or stream.session.id, stream.session.id)

    def overloaded(self, picture: Picture, older: Iterable[Task]) -> Overloaded | None:
        """Why a picture cannot wait, in place of what it replaces."""
        left: dict[Picture, int] = {}
        for task in older:
            left[task.picture] = left.get(task.picture, task.picture.tasks) - 1
        freed = sum(replaced.counted for replaced, tasks in left.items() if not tasks)
        passed = self._decoders.waiting.passed(self.owner, picture.counted - freed)
        if not passed:
            return None
        return Overloaded(
            f"pictures of more bytes would wait to be decoded than {passed} (Limits.max_waiting_image_bytes); send "
            "fewer at a time, or smaller ones"
        )

    def add(self, camera: Camera, picture: Picture, tasks: Sequence[Task]) -> None:
        """Tasks of one picture wait from now on."""
        picture.tasks = len(tasks)
        if tasks:
            self._decoders.waiting.take(self.owner, picture.counted)
        for task in tasks:
            camera.waiting[task.kind] = task
        now = clock()
        for task in tasks:
            if self.latest(task) <= now:
                self._run_out(camera, task)
        self.offer(camera)
        for task in tasks:
            if camera.waiting.get(task.kind) is task and task.timer is None:  # no worker took it at once
                self._arm(camera, task, now)

    def latest(self, task: Task) -> float:
        """When a worker must take its picture for the answer to be in time, or must be done with it."""
        late = max(_LEAST_LATE_SECONDS, _LATE_SHARE * task.terms.server_budget)
        due = task.due - self._backend.delivery_times[task.work].seconds - late
        return due if task.began else due - self.least(task.picture)

    def least(self, picture: Picture) -> float:
        """Seconds that decoding takes at the least."""
        return self._decoders.costs.least(self.owner.identity, picture.kind, picture.work)

    def offer(self, camera: Camera) -> None:
        """Queue for the oldest picture that waits, one at a time."""
        tasks = camera.oldest_tasks()
        if camera.decoding:
            return
        if not tasks:
            self._decoders.drop(camera.ticket)
            return
        picture = tasks[0].picture
        cost = self._decoders.costs.expected(self.owner.identity, picture.kind, picture.work)
        self._decoders.ask(camera.ticket, min(task.due for task in tasks), cost, lambda: self._begin(camera))

    def withdraw(self, camera: Camera, task: Task) -> None:
        """It waits no more; a picture that nobody waits for is let go."""
        disarm(task)
        del camera.waiting[task.kind]
        task.picture.tasks -= 1
        if not task.picture.tasks:
            self.release(task.picture)

    def release(self, picture: Picture) -> None:
        """Its bytes are needed no more."""
        picture.data = b""
        self._decoders.waiting.give(self.owner, picture.counted)

    def start(self, camera: Camera, task: Task, now: float) -> None:
        """A worker takes its picture."""
        task.began = now
        self._arm(camera, task, now)

    def drop(self, camera: Camera) -> None:
        """Nobody waits for a camera's pictures any more."""
        for task in list(camera.waiting.values()):
            self.withdraw(camera, task)
        self._decoders.drop(camera.ticket)

    def _arm(self, camera: Camera, task: Task, now: float) -> None:
        left = max(0.0, self.latest(task) - now)
        task.timer = asyncio.get_running_loop().call_later(left, self._run_out, camera, task)

    def _run_out(self, camera: Camera, task: Task) -> None:
        """A task's picture cannot be decoded in time any more."""
        if task.answered:
            return
        if not task.began:
            self.withdraw(camera, task)
        self._let_go(camera, task)
        self.offer(camera)


def disarm(task: Request) -> None:
    """Its time is not up any more."""
    if isinstance(task, Task) and task.timer is not None:
        task.timer.cancel()
        task.timer = None
