"""The tracks of a camera, from picture to picture. They are made on worker threads, one picture of a camera at a time,
and are values that never change, so the event loop reads them without a lock.
"""

from collections.abc import Sequence
from typing import Any

from bridge.capabilities.recognition.camera import Task
from bridge.capabilities.recognition.kinds import Following
from bridge.capabilities.recognition.last_output import LastOutput


def follow(processor: Following, task: Task, output: Any) -> Sequence[Any]:
    """Add a task's picture to its camera's tracks, unless a newer one is there already; the answers to the task.

    Ids go on when the model or the picture's shape changes, though nothing is followed across that.
    """
    camera = task.camera
    with camera.following:
        last = camera.last_outputs.get(task.kind)
        if last is None or last.origin.index < task.index:
            before = last.output if last is not None else None
            if last is not None and not last.origin.precedes(task.origin):
                before = processor.forgotten(before)
            tracks = processor.follow(output, task.arrival, task.size, before, task.colours)
            last = camera.last_outputs[task.kind] = LastOutput(task.origin, tracks)
    return processor.carry(last.output, task.arrival, task.size, task.threshold, task.limit)
