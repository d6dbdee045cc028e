"""What is tried before the first step: sizes that change a row are not used, nor graphs that give something else."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest
import torch
from torch import Tensor

from models.language.decoder import Decoder
from models.language.linear import Linear
from models.language.static import trial
from models.language.static.graphs import Direct, Work
from models.language.static.trial import agrees, graphed_step, row_sizes
from tests.models.language.static import steps
from tests.models.language.static.steps import MOST


@pytest.fixture(scope="module", autouse=True)
def _without_gradients() -> Iterator[None]:
    with torch.inference_mode():
        yield


@dataclass(frozen=True)
class Changed:
    """A product that is another where `when` says so of the number of rows, or else of the place of a row."""

    product: Linear
    when: Callable[[int], bool]

    @property
    def nbytes(self) -> int:
        return self.product.nbytes

    def __call__(self, x: Tensor) -> Tensor:
        return self.product(x) + (1e-3 if self.when(len(x)) else 0.0)


class Forgetful(Direct):
    """Repeats nothing."""

    def record(self, work: Work) -> Work:
        work()
        return lambda: None


class Faulty(Direct):
    """Cannot record."""

    def record(self, work: Work) -> Work:
        raise RuntimeError("operation not permitted when stream is capturing")


def with_head(decoder: Decoder, when: Callable[[int], bool]) -> Decoder:
    return replace(decoder, head=[Changed(part, when) for part in decoder.head])


def test_the_greatest_number_of_rows_is_always_there() -> None:
    decoder = steps.decoder()
    for most in (1, 3, 16):
        sizes = row_sizes(decoder, steps.pool(decoder), most)
        assert sizes == sorted(set(sizes))
        assert sizes[-1] == most
        assert set(sizes[:-1]) <= {1, 2, 4, 8}


def test_sizes_in_which_a_product_differs_are_not_used() -> None:
    decoder = steps.decoder()
    pool = steps.pool(decoder)
    usual = row_sizes(decoder, pool, MOST)
    assert row_sizes(with_head(decoder, lambda rows: rows < 8), pool, MOST) == [size for size in usual if size >= 8]
    assert row_sizes(with_head(decoder, lambda rows: rows < 16), pool, MOST) == [16]


def test_a_size_in_which_attention_differs_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Products alone do not show it."""
    decoder = steps.decoder()
    pool = steps.pool(decoder)
    assert 8 in row_sizes(decoder, pool, MOST)
    attend = trial.StaticStep._layers

    def otherwise(self: trial.StaticStep, layers: range, size: int, *rest: object) -> None:
        attend(self, layers, size, *rest)  # type: ignore[arg-type]
        self._hidden[:size] += 1e-4 * (size == 8)

    monkeypatch.setattr(trial.StaticStep, "_layers", otherwise)
    assert 8 not in row_sizes(decoder, pool, MOST)


def test_recordings_that_give_something_else_do_not_agree() -> None:
    decoder = steps.decoder()
    pool = steps.pool(decoder)
    assert agrees(decoder, pool, MOST, Direct())
    assert not agrees(decoder, pool, MOST, Forgetful())


def test_nothing_of_the_pool_is_touched() -> None:
    decoder = steps.decoder()
    pool = steps.pool(decoder)
    before = pool.clone()
    agrees(decoder, pool, MOST, Direct())
    row_sizes(decoder, pool, MOST)
    assert torch.equal(pool, before)


@pytest.mark.parametrize(("recorder", "reason"), [(Faulty, "when stream is capturing"), (Forgetful, "they differ")])
def test_a_device_that_cannot_take_graphs_is_named(
    recorder: type[Direct], reason: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    decoder = steps.decoder()
    monkeypatch.setattr(trial, "CudaRecorder", lambda device: recorder())
    assert graphed_step(decoder, steps.pool(decoder), MOST) is None
    assert reason in caplog.text


def test_a_device_that_takes_them_has_steps_of_all_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    decoder = steps.decoder()
    monkeypatch.setattr(trial, "CudaRecorder", lambda device: Direct())
    step = graphed_step(decoder, steps.pool(decoder), MOST)
    assert step is not None
    assert step.sizes == row_sizes(decoder, steps.pool(decoder), MOST)
