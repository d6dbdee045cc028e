"""Pictures of a stream that wait for a decode worker: counts their bytes, queues them and times their tasks out.

A task whose picture can no longer be decoded in time ends at that moment, even if no worker is free: one timer runs
until a worker takes the picture, a later one until it is decoded.
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

_LATE_SHARE, _LEAST_LATE_SECONDS = 0.05, 0.002  # of the server's budget: margin for a timer that fires late


class Waiting:
    """All pictures of one stream that are not decoded yet. When a worker is free, `begin` returns the work for a
    camera's oldest picture; `time_out` answers a task that can no longer be in time.
    """

    def __init__(
        self, stream: Stream, begin: Callable[[Camera], Work | None], time_out: Callable[[Camera, Task], None]
    ) -> None:
        self._backend: Backend = stream.backend
        self._decoders = self._backend.decoders
        self._begin = begin
        self._time_out = time_out
        self.owner = Owner(stream.session.identity or stream.session.id, stream.session.id)

    def overloaded(self, picture: Picture, older: Iterable[Task]) -> Overloaded | None:
        """The error if a picture does not fit the limits, with the tasks that it replaces gone; None if it fits."""
        left: dict[Picture, int] = {}
        for task in older:
            left[task.picture] = left.get(task.picture, task.picture.tasks) - 1
        freed = sum(replaced.counted for replaced, tasks in left.items() if not tasks)
        passed = self._decoders.waiting.passed(self.owner, picture.counted - freed)
        if not passed:
            return None
        return Overloaded(
            f"too many bytes of pictures are queued for decoding: the limit is {passed} "
            "(Limits.max_waiting_image_bytes); send fewer at a time, or smaller ones"
        )

    def add(self, camera: Camera, picture: Picture, tasks: Sequence[Task]) -> None:
        """Queue the tasks of one picture."""
        picture.tasks = len(tasks)
        if tasks:
            self._decoders.waiting.take(self.owner, picture.counted)
        for task in tasks:
            camera.waiting[task.kind] = task
        now = clock()
        for task in tasks:
            if self.latest(task) <= now:
                self._expire(camera, task)
        self.offer(camera)
        for task in tasks:
            if camera.waiting.get(task.kind) is task and task.timer is None:  # not taken by a worker at once
                self._arm(camera, task, now)

    def latest(self, task: Task) -> float:
        """When a worker must take the task's picture, or have decoded it, for the answer to be in time."""
        late = max(_LEAST_LATE_SECONDS, _LATE_SHARE * task.terms.server_budget)
        due = task.due - self._backend.delivery_times[task.work].seconds - late
        return due if task.began else due - self.least(task.picture)

    def least(self, picture: Picture) -> float:
        """The minimum decoding time in seconds."""
        return self._decoders.costs.least(self.owner.identity, picture.kind, picture.work)

    def offer(self, camera: Camera) -> None:
        """Request a worker for the oldest queued picture, one at a time."""
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
        """Remove a queued task; frees its picture with the last task."""
        disarm(task)
        del camera.waiting[task.kind]
        task.picture.tasks -= 1
        if not task.picture.tasks:
            self.release(task.picture)

    def release(self, picture: Picture) -> None:
        """Free the bytes of a picture."""
        picture.data = b""
        self._decoders.waiting.give(self.owner, picture.counted)

    def start(self, camera: Camera, task: Task, now: float) -> None:
        """Note that a worker has taken a task's picture."""
        task.began = now
        self._arm(camera, task, now)

    def drop(self, camera: Camera) -> None:
        """Remove all queued tasks of a camera."""
        for task in list(camera.waiting.values()):
            self.withdraw(camera, task)
        self._decoders.drop(camera.ticket)

    def _arm(self, camera: Camera, task: Task, now: float) -> None:
        left = max(0.0, self.latest(task) - now)
        task.timer = asyncio.get_running_loop().call_later(left, self._expire, camera, task)

    def _expire(self, camera: Camera, task: Task) -> None:
        """Time out a task whose picture can no longer be decoded in time."""
        if task.answered:
            return
        if not task.began:
            self.withdraw(camera, task)
        self._time_out(camera, task)
        self.offer(camera)


def disarm(task: Request) -> None:
    """Cancel a task's timeout."""
    if isinstance(task, Task) and task.timer is not None:
        task.timer.cancel()
        task.timer = None
