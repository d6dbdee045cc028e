"""Steps in fixed shapes: as the ragged path has them, one truth in every shape, nothing written for rows that ended."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import Tensor

from models.language import peft
from models.language.lora import Adapter
from models.language.static.batch import CHUNK, chunks_up_to
from models.language.static.step import GROUPS, StaticStep
from tests.models.dialogue.stepping import turn
from tests.models.language import tiny
from tests.models.language.static import steps
from tests.models.language.static.steps import CONTEXT, MOST, POSITIONS, SLOTS, near, ragged, result, row, rows, same

DECODER = steps.decoder()
ALL = range(SLOTS)


@pytest.fixture(scope="module", autouse=True)
def _without_gradients() -> Iterator[None]:
    with torch.inference_mode():
        yield


def fresh(dtype: torch.dtype = torch.float32, layers: int = 2) -> tuple[StaticStep, Tensor]:
    """Steps, and their pool."""
    decoder = steps.decoder(layers)
    pool = steps.pool(decoder, dtype)
    return steps.step(decoder, pool), pool


def merry(folder: Path, seed: int = 2) -> Adapter:
    tensors = tiny.factors(4, seed=seed)
    return peft.read(tiny.save(folder, tensors, rank=4), tiny.SHAPE, torch.float32, torch.device("cpu"), pairs=True)


def test_a_step_agrees_with_the_ragged_path() -> None:
    step, pool = fresh()
    before = pool.clone()
    ours = result(step, rows(*ALL))
    written = pool.clone()
    pool.copy_(before)
    assert near(ours, ragged(DECODER, pool, rows(*ALL)))
    assert torch.allclose(written, pool, rtol=1e-5, atol=1e-5)


def test_a_row_is_the_same_to_the_bit_whatever_shares_its_step() -> None:
    """Alone in the shortest shape, and where others need more rows and more chunks."""
    step, _ = fresh()
    together = result(step, rows(*ALL))
    shapes = set()
    for some in ([0], [1], [2], [3], [4], [5], [2, 0], [5, 1, 4], [1, 0, 3, 2], [4, 3, 2, 1, 0]):
        found = result(step, rows(*some))
        assert same(found, [all_[some] for all_ in together]), some
        shapes.add((next(size for size in step.sizes if size >= len(some)), chunks_up_to(POSITIONS[max(some)])))
    assert {chunks for _, chunks in shapes} == {1, 2, 4, 8}
    assert len({size for size, _ in shapes}) > 1 or min(step.sizes) >= len(ALL)


def test_lengths_come_in_powers_of_two() -> None:
    assert [chunks_up_to(CHUNK * number - 1) for number in (1, 2, 3, 4, 5, 16)] == [1, 2, 4, 4, 8, 16]
    assert [chunks_up_to(CHUNK * number) for number in (0, 1, 2, 3, 4, 16)] == [1, 2, 4, 4, 8, 32]


def test_only_the_places_of_rows_are_written() -> None:
    step, pool = fresh()
    before = pool.clone()
    result(step, rows(4, 1, 5))
    changed = (pool != before).flatten(3).any(-1)
    assert {(slot, at) for _, slot, at in changed.nonzero().tolist()} == {(s, POSITIONS[s]) for s in (4, 1, 5)}
    assert changed.sum() == 3 * len(pool)


@pytest.mark.parametrize("other", [torch.nan, torch.inf, 1e30])
def test_what_lies_behind_a_row_is_not_read(other: float) -> None:
    """Whatever a reply that failed, or another one, left there."""
    step, pool = fresh()
    clean = result(step, rows(*ALL))
    for slot in ALL:
        pool[:, slot, POSITIONS[slot] + 1 :] = other
    assert same(result(step, rows(*ALL)), clean)


def test_a_row_that_is_not_finite_leaves_the_others_alone() -> None:
    step, pool = fresh()
    clean = result(step, rows(*ALL))
    pool[:, 3, :10] = torch.nan
    x, logits = result(step, rows(*ALL))
    assert logits[3].isnan().all()
    others = [slot for slot in ALL if slot != 3]
    assert same([x[others], logits[others]], [all_[others] for all_ in clean])


def test_rows_of_one_reply_at_neighbouring_positions_are_as_one_after_the_other() -> None:
    step, pool = fresh()
    before = pool.clone()
    positions = range(250, 262)
    one_by_one = [result(step, [row(1, position)]) for position in positions]
    written = pool.clone()
    pool.copy_(before)
    reply = [row(1, position) for position in positions]
    for other in reply:
        object.__setattr__(other, "lease", reply[0].lease)
    at_once = result(step, reply)
    assert same(at_once, [torch.cat(parts) for parts in zip(*one_by_one, strict=True)])
    assert torch.equal(pool, written)


def test_only_rows_that_want_logits_have_some() -> None:
    step, _ = fresh()
    all_ = result(step, rows(*ALL))
    some = [row(slot, wanted=slot in (1, 4)) for slot in ALL]
    assert same(result(step, some), [part[[1, 4]] for part in all_])
    x, logits = turn(step.run([row(slot, wanted=False) for slot in ALL]))
    assert len(x) == len(logits) == 0


@pytest.mark.parametrize("ended", [0, 1, 2])
def test_a_row_that_has_ended_writes_nothing_more(ended: int) -> None:
    step, pool = fresh(layers=2 * GROUPS)
    before, some = pool.clone(), rows(1, 3, 5)
    run = step.run(some)
    for _ in range(2 * 6):  # two groups of two layers
        next(run)
    next(run)  # the third group has done its work
    some[ended].lease.ended = True
    turn(run)
    changed = (pool != before).flatten(3).any(-1)
    for number, slot in enumerate((1, 3, 5)):
        layers = changed[:, slot, POSITIONS[slot]]
        assert layers.tolist() == [layer < 6 or number != ended for layer in range(2 * GROUPS)]
    assert changed.sum() == 2 * 2 * GROUPS + 6


def test_the_others_are_the_same_after_a_row_has_ended() -> None:
    step, pool = fresh()
    before = pool.clone()
    clean = result(step, rows(1, 3, 5))
    pool.copy_(before)
    some = rows(1, 3, 5)
    run = step.run(some)
    next(run)
    some[0].lease.ended = True
    pool[:, 1, : POSITIONS[1] + 1] = 5.0  # its region is another reply's by now
    x, logits = turn(run)
    assert same([x[1:3], logits[1:3]], [all_[1:] for all_ in clean])
    assert (pool[:, 1, : POSITIONS[1] + 1] == 5.0).all()


def test_rows_that_have_all_ended_touch_nothing() -> None:
    step, pool = fresh()
    before, some = pool.clone(), rows(1, 3)
    for one in some:
        one.lease.ended = True
    assert sum(1 for _ in step.run(some)) == DECODER.stages
    assert torch.equal(pool, before)


@pytest.mark.parametrize("layers", [1, 2, GROUPS, GROUPS + 1, 3 * GROUPS])
def test_a_run_yields_as_often_as_the_ragged_path(layers: int) -> None:
    step, _ = fresh(layers=layers)
    assert sum(1 for _ in step.run(rows(1, 2))) == steps.decoder(layers).stages


def test_a_run_may_begin_while_another_is_suspended() -> None:
    step, pool = fresh()
    before = pool.clone()
    alone = [[part.clone() for part in result(step, rows(*some))] for some in ((0, 2), (1, 3, 4))]
    pool.copy_(before)
    runs = [step.run(rows(*some)) for some in ((0, 2), (1, 3, 4))]
    for _ in range(DECODER.stages):
        for run in runs:
            next(run)
    found = [turn(run) for run in runs]  # read last, as the engine does
    assert same([part[:2] for part in found[0]], alone[0])
    assert same([part[:3] for part in found[1]], alone[1])


def test_rows_with_adapters_agree_with_the_ragged_path(tmp_path: Path) -> None:
    step, pool = fresh()
    merries = [merry(tmp_path / "a"), merry(tmp_path / "b", seed=4)]
    adapters = [merries[0], None, merries[1], merries[0], None, None]
    some = [row(slot, adapter=adapter) for slot, adapter in enumerate(adapters)]
    before = pool.clone()
    plain = result(step, rows(*ALL))
    pool.copy_(before)
    ours = result(step, some)
    assert same([part[[1, 4, 5]] for part in ours], [part[[1, 4, 5]] for part in plain])
    assert same(result(step, [some[3]]), [part[[3]] for part in ours])
    assert not any(torch.allclose(ours[1][slot], plain[1][slot], atol=0.1) for slot in (0, 2, 3))
    pool.copy_(before)
    assert all(
        torch.allclose(a, b, rtol=1e-4, atol=1e-4) for a, b in zip(ours, ragged(DECODER, pool, some), strict=True)
    )


def test_what_is_not_a_step_is_refused() -> None:
    step, _ = fresh()
    two = row(0)
    object.__setattr__(two, "tokens", [1, 2])
    with pytest.raises(ValueError, match="one token a row"):
        next(step.run([two]))
    for number in (0, MOST + 1):
        with pytest.raises(ValueError, match=f"1 to {MOST} rows, and these are {number}"):
            next(step.run([row(0, at) for at in range(number)]))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_keys_and_values_in_16_bits(dtype: torch.dtype) -> None:
    step, pool = fresh(dtype)
    ours = result(step, rows(*ALL))
    theirs = ragged(DECODER, pool, rows(*ALL))
    assert all((one - other).norm() < 0.02 * other.norm() for one, other in zip(ours, theirs, strict=True))
    assert POSITIONS[-1] < CONTEXT
