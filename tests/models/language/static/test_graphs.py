"""What is recorded and what is repeated; on CUDA, that graphs give the bits of what they record."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from models.language import peft
from models.language.static.graphs import CudaRecorder, Direct, Work
from models.language.static.step import GROUPS, RECORDED
from models.language.static.trial import agrees, graphed_step
from tests.models.language import tiny
from tests.models.language.static import steps
from tests.models.language.static.steps import MOST, result, row, rows, same

needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")


@pytest.fixture(scope="module", autouse=True)
def _without_gradients() -> Iterator[None]:
    with torch.inference_mode():
        yield


class Counting(Direct):
    """Counts recordings and repetitions."""

    def __init__(self) -> None:
        self.recorded = self.repeated = 0

    def record(self, work: Work) -> Work:
        self.recorded += 1
        repeat = super().record(work)

        def counted() -> None:
            self.repeated += 1
            repeat()

        return counted


def test_each_part_is_recorded_once_for_each_shape() -> None:
    decoder, counting = steps.decoder(), Counting()
    step = steps.step(decoder, steps.pool(decoder), counting)
    parts = len(decoder.layers) + 1  # groups of one layer, and the head
    result(step, rows(1))
    assert (counting.recorded, counting.repeated) == (parts, 0)
    first = result(step, rows(1))
    assert (counting.recorded, counting.repeated) == (parts, parts)
    again = result(step, [row(1), row(0)])  # of other rows and no more chunks
    wider = step.sizes[0] < 2
    assert counting.recorded == parts * (1 + wider)
    assert same(first, [part[:1] for part in again])
    before = counting.recorded
    result(step, rows(4))  # three chunks
    assert counting.recorded == before + len(decoder.layers), "the head does not depend on lengths"
    assert len(step.graphs) == counting.recorded


def test_the_number_of_recordings_is_bounded() -> None:
    decoder, counting = steps.decoder(layers=GROUPS + 1), Counting()
    step = steps.step(decoder, steps.pool(decoder), counting)
    for number in range(1, MOST + 1):
        for at in (0, 255, 256, 600, 1100, 3000, RECORDED - 1):
            result(step, [row(slot, max(0, at - slot)) for slot in range(min(number, 6))])
    groups, lengths = 5, 5  # of two layers; 1, 2, 4, 8 and 16 chunks
    assert counting.recorded <= len(step.sizes) * (groups * lengths + 1)


def test_what_is_rare_is_not_recorded(tmp_path: Path) -> None:
    """Rows with an adapter, and beyond the lengths that graphs are kept for."""
    decoder, counting = steps.decoder(), Counting()
    pool = steps.pool(decoder)
    step = steps.step(decoder, pool, counting)
    folder = tiny.save(tmp_path, tiny.factors(4, seed=2), rank=4)
    adapter = peft.read(folder, tiny.SHAPE, torch.float32, torch.device("cpu"), pairs=True)
    result(step, [row(0), row(1, adapter=adapter)])
    assert counting.recorded == 0
    far = result(step, [row(0, RECORDED), row(1)])
    assert counting.recorded == 0
    assert same(result(step, rows(1)), [part[1:] for part in far])
    assert counting.recorded > 0


@pytest.mark.cuda
@needs_cuda
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_graphs_give_the_bits_of_what_they_record(dtype: torch.dtype) -> None:
    device = torch.device("cuda")
    decoder = steps.on(steps.decoder(), device)
    pool = steps.pool(decoder, dtype)
    assert agrees(decoder, pool, MOST, CudaRecorder(device))
    before = pool.clone()
    direct = steps.step(decoder, pool)
    step = graphed_step(decoder, pool, MOST)
    assert step is not None
    for some in (rows(0, 2), rows(5, 1, 4), rows(*range(6))):
        pool.copy_(before)
        true = result(direct, some)
        written = pool.clone()
        for _ in range(3):  # recorded, and repeated
            pool.copy_(before)
            assert same(result(step, some), true)
            assert torch.equal(pool, written)
    assert len(step.graphs) > 0


@pytest.mark.cuda
@needs_cuda
def test_a_row_is_the_same_in_every_graph() -> None:
    device = torch.device("cuda")
    decoder = steps.on(steps.decoder(), device)
    step = graphed_step(decoder, steps.pool(decoder, torch.bfloat16), MOST)
    assert step is not None
    together = result(step, rows(*range(6)))
    for some in ([0], [3], [5, 1, 4], [4, 3, 2, 1, 0]):
        assert same(result(step, rows(*some)), [part[some] for part in together]), some
