"""The real model twice, loaded once: in the formats that this machine ships with, and exact in float32."""

from collections.abc import Iterator

import pytest
import torch

from models.dialogue.dialogue_program import DialogueProgram

CONTEXT = 256


@pytest.fixture(scope="package", autouse=True)
def _as_on_the_device_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with torch.inference_mode():
        yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="package")
def shipped(_as_on_the_device_thread: None) -> DialogueProgram:
    return DialogueProgram.load(torch.device("cpu"), slots=3, context=CONTEXT)


@pytest.fixture(scope="package")
def exact(_as_on_the_device_thread: None) -> DialogueProgram:
    return DialogueProgram.load(torch.device("cpu"), slots=3, context=CONTEXT, dtype=torch.float32)


@pytest.fixture
def program(shipped: DialogueProgram) -> Iterator[DialogueProgram]:
    """The shipped model with all slots free, before and after."""
    yield shipped
    assert shipped.stats().busy == 0, "a test left a reply alive"
    for name in "abcdef":
        shipped.forget(name)
    assert shipped.stats().free == shipped.slots
