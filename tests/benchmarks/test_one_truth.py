"""One conversation, one seed, one text: on the real model, in every way that `benchmarks/one_truth` knows."""

from collections.abc import Iterator

import pytest
import torch

from models.dialogue.dialogue_program import DialogueProgram
from models.language.row_invariance import least_rows

from one_truth.talks import talks  # isort: skip
from one_truth.ways import WAYS, Counts, batched, evicted  # isort: skip


@pytest.fixture(autouse=True)
def _as_on_the_device_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with torch.inference_mode():
        yield
    torch.set_num_threads(threads)


def load(dtype: torch.dtype | None = None) -> DialogueProgram:
    return DialogueProgram.load(torch.device("cpu"), slots=4, context=256, dtype=dtype)


def test_eight_conversations_in_every_way() -> None:
    program, said, counted = load(), {}, {}
    for way, hold in WAYS.items():
        mine, counts = talks(8, 3, 8), Counts()
        hold(program, mine, counts)
        said[way], counted[way] = [talk.replies for talk in mine], counts
        assert (program.stats().busy, program.stats().idle) == (0, 0)
    assert all(texts == said["evicted"] for texts in said.values())
    assert len({reply for replies in said["evicted"] for reply in replies}) > 16, "they have something to say"
    assert counted["evicted"]["cached_tokens"] == 0
    assert counted["warm"]["uncached_turns"] == 8, "the first ones"
    assert counted["shared"]["cached_tokens"] > 0
    crowd = counted["batched"]
    assert sum(crowd[f"dialogue.decode of {rows}"] for rows in (3, 4, 5, 6, 7, 8)) > 3
    assert min(crowd[event] for event in ("abandoned", "interrupted", "again", "readings", "cached_tokens")) > 0


def test_dense_steps_have_as_many_rows_as_it_takes() -> None:
    """In float32, where a product of one row has another kernel than a product of many."""
    program = load(torch.float32)
    alone, beside = talks(3, 2, 5), talks(3, 2, 5)
    evicted(program, alone, Counts())
    batched(program, beside, Counts())
    assert [talk.replies for talk in beside] == [talk.replies for talk in alone]


def test_a_step_of_four_bit_weights_needs_no_more_rows() -> None:
    program = load()
    if "int4" in program.version:
        assert least_rows(program.decoders["dialogue.decode"], 8, program.pool.device) == 1
