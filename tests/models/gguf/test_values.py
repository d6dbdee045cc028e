"""Values of every type, held against the `gguf` package on random blocks with finite scales, bit by bit."""

import tracemalloc

import gguf
import numpy as np
import pytest
from gguf import GGMLQuantizationType
from numpy.typing import NDArray

from models.gguf.four_bit import PARTS, four_bit
from models.gguf.kinds import KINDS, NOT_READ
from models.gguf.tensor import VALUES_AT_ONCE, Tensor
from tests.models.gguf.writing import SCALES

BY_NAME = {kind.name: kind for kind in KINDS.values()}
EXTREMES = (0.0, -0.0, 1.0, -1.0, 6e-8, -6e-8, 6.1e-5, 65504.0, -65504.0)


def tensor(name: str, raw: NDArray[np.uint8], rows: int = 1) -> Tensor:
    kind = BY_NAME[name]
    blocks = raw.reshape(-1).view(kind.block).reshape(rows, -1)
    return Tensor(kind, (rows, blocks.shape[1] * kind.values), blocks)


def blocks(name: str, scales: NDArray[np.float16], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Random blocks [n, bytes] with the scales and minima [n, 1 or 2]."""
    size = gguf.GGML_QUANT_SIZES[GGMLQuantizationType[name]][1]
    raw = rng.integers(0, 256, (len(scales), size), np.uint8)
    for column, (at, _) in enumerate(SCALES[name]):
        raw[:, at : at + 2] = np.ascontiguousarray(scales[:, column : column + 1]).view(np.uint8)
    return raw


def finite(count: int, rng: np.random.Generator) -> NDArray[np.float16]:
    """[count, 2] of all finite bit patterns of float16."""
    bits = rng.integers(0, 0x7C00, (count, 2), np.uint16) | (rng.integers(0, 2, (count, 2), np.uint16) << 15)
    return bits.view(np.float16)


def assert_same_bits(name: str, raw: NDArray[np.uint8]) -> None:
    expected = gguf.dequantize(raw, GGMLQuantizationType[name]).reshape(-1)
    values = tensor(name, raw).dequantise()[0]
    assert values.dtype == np.float32
    assert np.array_equal(values.view(np.uint32), expected.view(np.uint32))


@pytest.mark.parametrize("name", SCALES)
def test_values_are_the_packages(name: str) -> None:
    rng = np.random.default_rng(1)
    count = VALUES_AT_ONCE // BY_NAME[name].values + 3  # more than are dequantised at once
    assert_same_bits(name, blocks(name, finite(count, rng), rng))


@pytest.mark.parametrize("name", SCALES)
def test_extreme_scales_and_minima(name: str) -> None:
    pairs = np.array([(scale, minimum) for scale in EXTREMES for minimum in EXTREMES], np.float16)
    assert_same_bits(name, blocks(name, pairs, np.random.default_rng(2)))


@pytest.mark.parametrize("name", SCALES)
@pytest.mark.parametrize("byte", [0x00, 0xFF])
def test_extreme_integers(name: str, byte: int) -> None:
    raw = blocks(name, np.full((1, 2), 0.5, np.float16), np.random.default_rng(3))
    marks = np.zeros(raw.shape, bool)
    for at, _ in SCALES[name]:
        marks[:, at : at + 2] = True
    assert_same_bits(name, np.where(marks, raw, np.uint8(byte)))


@pytest.mark.parametrize("name", ["F16", "BF16"])
def test_every_number_of_16_bits(name: str) -> None:
    bits = np.arange(1 << 16, dtype=np.uint16)
    values = tensor(name, bits.view(np.uint8)).dequantise()[0]
    expected = gguf.dequantize(bits.view(np.uint8), GGMLQuantizationType[name]).reshape(-1)
    assert np.array_equal(values, expected, equal_nan=True)
    assert np.array_equal(np.signbit(values), np.signbit(expected))


def test_float32_stays() -> None:
    raw = np.arange(-5, 5, dtype=np.float32)
    values = tensor("F32", raw.view(np.uint8)).dequantise()
    assert values.tolist() == [raw.tolist()]
    values[:] = 0  # a copy, which may be written to
    assert raw[0] == -5


def test_blocks_are_as_long_as_the_packages() -> None:
    for kind in KINDS.values():
        size = gguf.GGML_QUANT_SIZES[GGMLQuantizationType[kind.name]]
        assert (kind.values, kind.block.itemsize) == size, kind.name


def test_every_type_of_the_package_has_its_name() -> None:
    named = {number: kind.name for number, kind in KINDS.items()} | NOT_READ
    assert len(named) == len(KINDS) + len(NOT_READ)
    for kind in GGMLQuantizationType:
        assert named[kind.value] == kind.name


@pytest.mark.parametrize("name", PARTS)
def test_parts_of_four_bits_give_the_values(name: str) -> None:
    rng = np.random.default_rng(4)
    extremes = np.array([(scale, minimum) for scale in EXTREMES for minimum in EXTREMES], np.float16)
    whole = tensor(name, blocks(name, np.concatenate((finite(219, rng), extremes)), rng), rows=3)
    width = whole.shape[1]
    integers, scales, minima = four_bit(whole)
    assert (integers.shape, integers.dtype, integers.max()) == ((3, width), np.uint8, 15)
    assert scales.shape == minima.shape == (3, width // 32)
    assert scales.dtype == minima.dtype == np.float32
    values = integers * scales.repeat(32, -1) + minima.repeat(32, -1)
    assert np.array_equal(values, whole.dequantise())


@pytest.mark.parametrize("name", sorted(set(SCALES) - set(PARTS)))
def test_other_types_have_no_parts_of_four_bits(name: str) -> None:
    rng = np.random.default_rng(5)
    with pytest.raises(ValueError, match=f"a tensor in {name} has no 4-bit integers; those in Q4_0, Q4_1, Q4_K have"):
        four_bit(tensor(name, blocks(name, finite(1, rng), rng)))


@pytest.mark.parametrize("name", SCALES)
def test_scales_of_a_damaged_file_raise_no_warning(name: str) -> None:
    damaged = np.array([np.inf, -np.inf, np.nan], np.float16)
    pairs = np.array([(scale, minimum) for scale in damaged for minimum in damaged], np.float16)
    broken = tensor(name, blocks(name, pairs, np.random.default_rng(6)))
    assert not np.isfinite(broken.dequantise()).all()
    if name in PARTS:
        assert not np.isfinite(four_bit(broken).scales).all()


@pytest.mark.parametrize("name", ["F16", *SCALES])
def test_little_memory_beside_the_values(name: str) -> None:
    kind = BY_NAME[name]
    zeros = tensor(name, np.zeros((8 * VALUES_AT_ONCE // kind.values, kind.block.itemsize), np.uint8))
    tracemalloc.start()
    try:
        values = zeros.dequantise()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert values.nbytes == 8 * 4 * VALUES_AT_ONCE
    assert peak < values.nbytes + 20 * VALUES_AT_ONCE
