"""What a capture does not allow, tried without a device: recorded work with tensors that have a device and no values.

No tensor may lie on the host, and nothing may depend on a value, as either would have to wait for the device.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from models.language.static.graphs import Direct, Work
from models.language.static.step import StaticStep
from tests.models.dialogue.stepping import turn
from tests.models.language.static import steps
from tests.models.language.static.steps import row, rows

DEVICE = torch.device("meta")


@pytest.fixture(autouse=True)
def _without_gradients() -> Iterator[None]:
    with torch.no_grad():
        yield


class OnDevice(TorchDispatchMode):
    """Counts operations, and lists those that touch a tensor of the host."""

    def __init__(self) -> None:
        super().__init__()
        self.number = 0
        self.elsewhere: list[str] = []

    def __torch_dispatch__(
        self, operation: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        result = operation(*args, **(kwargs or {}))
        tensors = [leaf for leaf in tree_leaves((args, kwargs, result)) if isinstance(leaf, Tensor)]
        self.number += 1
        if any(tensor.device != DEVICE for tensor in tensors):
            self.elsewhere.append(str(operation))
        return result


class Watching(Direct):
    """Records as `Direct`, watched."""

    def __init__(self) -> None:
        self.seen = OnDevice()

    def record(self, work: Work) -> Work:
        with self.seen:
            work()
        return work


def captured(change: Callable[[StaticStep], None] = lambda step: None) -> OnDevice:
    """Steps of a decoder on a device that is not there."""
    watching = Watching()
    decoder = steps.on(steps.decoder(), DEVICE)
    step = StaticStep(decoder, decoder.pool(steps.SLOTS, torch.bfloat16), [1, 4], watching)
    change(step)
    for some in (rows(1), rows(0, 4, 5), [row(2, wanted=False), row(3)]):
        x, logits = turn(step.run(some))
        assert x.device == logits.device == DEVICE
    return watching.seen


def test_a_recording_touches_the_device_alone_and_reads_no_value() -> None:
    seen = captured()
    assert seen.number > 100
    assert seen.elsewhere == []


def test_a_tensor_of_the_host_would_be_seen() -> None:
    def change(step: StaticStep) -> None:
        head = step._head
        step._head = lambda size: (torch.zeros(1).to(DEVICE), head(size))[1]  # type: ignore[method-assign]

    assert captured(change).elsewhere != []


def test_a_value_would_be_seen() -> None:
    def change(step: StaticStep) -> None:
        step._head = lambda size: print(step._inputs[0].item())  # type: ignore[method-assign]

    with pytest.raises(RuntimeError, match="meta"):
        captured(change)
