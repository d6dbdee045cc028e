"""Drawing tokens: bounds of what may be asked, and the distribution that comes of it."""

import math
from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.dialogue.sampling import Draw, Sampling, draw

PLAIN = Sampling(temperature=1, top_p=1, repetition_penalty=1)


@pytest.mark.parametrize(
    "wrong",
    [
        *({"temperature": value} for value in (-0.1, 5.1, math.nan, math.inf)),
        *({"top_p": value} for value in (0.0, -1.0, 1.01, math.nan)),
        *({"repetition_penalty": value} for value in (0.0, 0.49, 5.01, math.nan, -math.inf)),
        *({"seed": value} for value in (2**63, -(2**63) - 1)),
        *({"max_new_tokens": value} for value in (0, -1, 4097)),
        *({"stop": value} for value in (("",), ("x" * 65,), ("x",) * 9)),
    ],
)
def test_what_is_out_of_bounds_is_named_with_the_bounds(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"is .*; send a value from"):
        Sampling(**wrong)


def drawn(logits: list[float], chance: float, sampling: Sampling = PLAIN, said: tuple[int, ...] = ()) -> int:
    """The place in `logits` that is drawn."""
    return draw(torch.arange(len(logits)).unsqueeze(0), torch.tensor([logits]), [Draw(sampling, said, chance)])[0]


def test_chances_cover_the_distribution_in_order() -> None:
    logits = [math.log(p) for p in (0.2, 0.5, 0.3)]
    assert [drawn(logits, chance) for chance in (0, 0.49, 0.51, 0.79, 0.81, 0.999999)] == [1, 1, 2, 2, 0, 0]


def test_temperature_flattens_or_sharpens() -> None:
    logits = [0.0, 1.0]
    likelier = 1 / (1 + math.exp(-0.5))
    hot = replace(PLAIN, temperature=2)
    assert drawn(logits, likelier - 1e-6, hot) == 1
    assert drawn(logits, likelier + 1e-6, hot) == 0


@pytest.mark.parametrize("temperature", [0, 1e-30, 0.009])
def test_no_temperature_takes_the_likeliest(temperature: float) -> None:
    sampling = replace(PLAIN, temperature=temperature)
    assert {drawn([1.0, 1.001, 0.0], chance, sampling) for chance in (0, 0.5, 0.999999)} == {1}


def test_top_p_keeps_the_least_set_that_reaches_it() -> None:
    logits = [math.log(p) for p in (0.5, 0.3, 0.15, 0.05)]
    seen = {p: {drawn(logits, i / 200, replace(PLAIN, top_p=p)) for i in range(200)} for p in (0.4, 0.6, 0.9, 1)}
    assert seen == {0.4: {0}, 0.6: {0, 1}, 0.9: {0, 1, 2}, 1: {0, 1, 2, 3}}


def test_repetition_is_penalised_on_both_sides_of_zero() -> None:
    greedy = replace(PLAIN, temperature=0, repetition_penalty=2)
    assert drawn([3.0, 2.0], 0, greedy, said=(0, 0)) == 1
    assert drawn([-1.0, -1.5], 0, greedy, said=(0,)) == 1
    assert drawn([3.0, 2.0], 0, replace(greedy, repetition_penalty=1), said=(0,)) == 0


@settings(derandomize=True, max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.floats(0, 5), st.floats(1e-6, 1), st.floats(0, 1, exclude_max=True))
def test_a_row_is_drawn_alike_whatever_shares_its_batch(
    seed: int, temperature: float, top_p: float, chance: float
) -> None:
    torch.manual_seed(seed)
    logits, tokens = torch.randn(4, 64) * 4, torch.stack([torch.randperm(1000)[:64] for _ in range(4)])
    others = [Draw(Sampling(), range(5), 0.3), Draw(PLAIN, (), 0.9), Draw(replace(PLAIN, temperature=0), (), 0.5)]
    mine = Draw(Sampling(temperature=temperature, top_p=top_p, repetition_penalty=1.3), range(500), chance)
    assert draw(tokens, logits, [mine, *others])[0] == draw(tokens[:1], logits[:1], [mine])[0]


def test_no_rows_draw_nothing() -> None:
    assert draw(torch.empty(0), torch.empty(0), []) == []
