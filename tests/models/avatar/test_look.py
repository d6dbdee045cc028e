"""Looks: the prior is frozen, overrides are checked, conditions and blends keep their promises."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.avatar.look import (
    COLORS,
    CONDITION_WIDTH,
    EXPRESSIONS,
    PART_WIDTH,
    PARTS,
    Look,
    attribute_schema,
    blend,
    conditions,
    express,
    look_from_seed,
)

seeds = st.integers(-(2**63), 2**63 - 1)
shares = st.floats(0, 1)

# What these seeds look like is a promise to every game that stored one.
FROZEN = {
    0: Look(
        mouth="laugh",
        eyes="happy",
        eyebrows="happy",
        hair="bun",
        rear_hair="none",
        beard="none",
        clothes="t_shirt",
        skin_color=(197, 135, 129),
        hair_color=(128, 41, 133),
        clothes_color=(215, 46, 174),
    ),
    -1: Look(
        mouth="smile",
        eyes="humble",
        eyebrows="sad",
        hair="bun",
        rear_hair="none",
        beard="full_beard",
        clothes="t_shirt",
        skin_color=(95, 65, 34),
        hair_color=(200, 172, 117),
        clothes_color=(57, 70, 66),
    ),
    2**63 - 1: Look(
        mouth="smile",
        eyes="happy",
        eyebrows="neutral",
        hair="spiky",
        rear_hair="none",
        beard="none",
        clothes="dress",
        skin_color=(193, 132, 97),
        hair_color=(216, 182, 114),
        clothes_color=(203, 207, 255),
    ),
}


@pytest.mark.parametrize("seed", FROZEN)
def test_a_seed_looks_the_same_for_ever(seed: int) -> None:
    assert look_from_seed(seed) == FROZEN[seed]


@pytest.mark.parametrize("seed", [2**63, -(2**63) - 1])
def test_a_seed_beyond_64_bits_is_refused(seed: int) -> None:
    with pytest.raises(ValueError, match="64 bits"):
        look_from_seed(seed)


def test_seeds_spread_over_every_choice_but_the_unusual_expressions() -> None:
    looks = [look_from_seed(seed) for seed in range(300)]
    assert len({replace(look, mouth="smile", eyes="wide", eyebrows="sad") for look in looks}) == 300
    for name in ("hair", "rear_hair", "beard", "clothes"):
        assert {getattr(look, name) for look in looks} == set(PARTS[name])


def test_attributes_override_the_seed() -> None:
    look = look_from_seed(7).with_attributes({"beard": "long_beard", "hair_color": "#12aBfF"})
    assert look == replace(look_from_seed(7), beard="long_beard", hair_color=(0x12, 0xAB, 0xFF))


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("nose", "long", "mouth, eyes, eyebrows, hair"),
        ("mouth", "grin", "agape, angry, laugh, sad, smile"),
        ("mouth", "", "agape"),
        ("skin_color", "red", "#rrggbb"),
        ("skin_color", "#12345", "#rrggbb"),
        ("skin_color", "#12345g", "#rrggbb"),
        ("skin_color", "#123456\n", "#rrggbb"),
    ],
)
def test_a_wrong_attribute_is_refused_with_what_is_valid(name: str, value: str, hint: str) -> None:
    with pytest.raises(ValueError, match=hint):
        look_from_seed(0).with_attributes({name: value})


def test_a_look_cannot_be_built_wrong() -> None:
    with pytest.raises(ValueError, match="skin_color"):
        replace(look_from_seed(0), skin_color=(0, 0, 256))


@given(seeds)
def test_conditions_are_one_hot_parts_and_colours(seed: int) -> None:
    row = conditions(look_from_seed(seed))
    assert row.shape == (CONDITION_WIDTH,)
    assert row.dtype == np.float32
    assert set(row[:PART_WIDTH]) == {0.0, 1.0}
    assert row[:PART_WIDTH].sum() == len(PARTS)
    assert 0 <= row.min() <= row.max() <= 1


@given(seeds, st.sampled_from(sorted(EXPRESSIONS)), shares)
def test_an_expression_changes_the_face_and_nothing_else(seed: int, name: str, intensity: float) -> None:
    look = look_from_seed(seed)
    row, bare, full = express(look, name, intensity), conditions(look), conditions(look.with_expression(name))
    face = sum(len(PARTS[part]) for part in ("mouth", "eyes", "eyebrows"))
    assert (row[face:] == bare[face:]).all()
    assert np.allclose(row, bare + (full - bare) * intensity, atol=1e-6)


@given(seeds, seeds, shares, shares)
def test_a_blend_moves_steadily_from_start_to_end(a: int, b: int, early: float, late: float) -> None:
    start, end = conditions(look_from_seed(a)), conditions(look_from_seed(b))
    early, late = sorted((early, late))
    assert (blend(start, end, 0) == start).all()
    assert np.allclose(blend(start, end, 1), end, atol=1e-6)
    travelled = [np.abs(blend(start, end, at) - start) for at in (early, late)]
    assert (travelled[0] <= travelled[1] + 1e-6).all()


def test_a_blend_is_slow_at_both_ends() -> None:
    start, end = np.zeros(CONDITION_WIDTH, np.float32), np.ones(CONDITION_WIDTH, np.float32)
    at = [float(blend(start, end, share)[0]) for share in (0.1, 0.5, 0.9)]
    assert at == pytest.approx([0.028, 0.5, 0.972])


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf"), -0.01, 1.01])
def test_shares_that_are_no_shares_are_refused(bad: float) -> None:
    row = conditions(look_from_seed(0))
    with pytest.raises(ValueError, match="from 0 to 1"):
        blend(row, row, bad)
    with pytest.raises(ValueError, match="from 0 to 1"):
        express(look_from_seed(0), "happy", bad)


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_conditions_that_are_not_finite_are_refused(bad: float) -> None:
    row = conditions(look_from_seed(0))
    broken = row.copy()
    broken[3] = bad
    with pytest.raises(ValueError, match="finite"):
        blend(row, broken, 0.5)


def test_conditions_of_another_width_are_refused() -> None:
    row = conditions(look_from_seed(0))
    with pytest.raises(ValueError, match="float32"):
        blend(row, row[:-1], 0.5)


def test_an_unknown_expression_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="neutral, happy"):
        look_from_seed(0).with_expression("smug")


def test_the_schema_lists_every_attribute() -> None:
    schema = attribute_schema()
    assert list(schema) == [*PARTS, *COLORS]
    assert schema["skin_color"] == ("#rrggbb",)


def test_looks_need_no_torch() -> None:
    code = "import sys, models.avatar.look; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
