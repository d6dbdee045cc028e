"""What is followed in a camera's pictures. It is made on worker threads, one picture of a camera at a time, and is a
value that never changes, so the event loop reads it without a lock.
"""

from collections.abc import Sequence
from typing import Any

from bridge.capabilities.recognition.camera import Task
from bridge.capabilities.recognition.kinds import Following
from bridge.capabilities.recognition.last_output import LastOutput


def follow(processor: Following, task: Task, output: Any) -> Sequence[Any]:
    """Add a task's picture to what is followed, unless a newer one is there already; the answers to the task.

    Ids go on when the model or the picture's shape changes, though nothing is followed across that.
    """
    camera = task.camera
    with camera.following:
        last = camera.last_outputs.get(task.kind)
        if last is None or last.origin.index < task.index:
            before = last.output if last is not None else None
            if last is not None and not last.origin.precedes(task.origin):
                before = processor.forgotten(before)
            followed = processor.follow(output, task.arrival, task.size, before, task.colours)
            last = camera.last_outputs[task.kind] = LastOutput(task.origin, followed)
    return processor.answers(output, last.output, task.arrival, task.size, task.threshold, task.limit)
