"""Damaged and made-up files are read or refused with ValueError; nothing else happens."""

import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from models.gguf.file import read
from models.gguf.four_bit import PARTS, four_bit
from tests.models.gguf.small import small

WHOLE = small()
DATA = 32 * -(-WHOLE.index(b"q6_k") // 32)  # about where the data begin
hostile = settings(
    derandomize=True, max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def use(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "hostile.gguf"
    path.write_bytes(data)
    try:
        file = read(path)
    except ValueError:
        return
    for tensor in file.tensors.values():
        assert tensor.dequantise().shape == tensor.shape
        if tensor.kind.name in PARTS:
            assert four_bit(tensor).integers.shape == tensor.shape


def test_every_truncation(tmp_path: Path) -> None:
    path = tmp_path / "cut.gguf"
    for length in range(len(WHOLE)):
        path.write_bytes(WHOLE[:length])
        with pytest.raises(ValueError, match=r"^cut\.gguf "):
            read(path)


@hostile
@given(st.binary(max_size=300))
def test_any_bytes(tmp_path: Path, data: bytes) -> None:
    use(tmp_path, data)


@hostile
@given(st.integers(0, 5), st.integers(0, 5), st.binary(max_size=300))
def test_any_bytes_after_a_good_begin(tmp_path: Path, tensors: int, pairs: int, data: bytes) -> None:
    use(tmp_path, b"GGUF" + struct.pack("<IQQ", 3, tensors, pairs) + data)


@hostile
@given(st.integers(0, DATA), st.binary(min_size=1, max_size=8))
def test_junk_in_the_head(tmp_path: Path, at: int, junk: bytes) -> None:
    use(tmp_path, WHOLE[:at] + junk + WHOLE[at + len(junk) :])


@hostile
@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=4))
@example([(len(WHOLE) - 1, 0x7C), (len(WHOLE) - 2, 0)])  # an infinite scale
def test_single_bytes_changed(tmp_path: Path, changes: list[tuple[int, int]]) -> None:
    data = bytearray(WHOLE)
    for at, byte in changes:
        data[at] = byte
    use(tmp_path, bytes(data))


@hostile
@given(st.integers(0, DATA), st.sampled_from([0, 1, 31, 2**16, 2**31, 2**32 - 1, 2**63, 2**64 - 1]))
def test_counts_and_lengths_of_any_size(tmp_path: Path, at: int, count: int) -> None:
    use(tmp_path, WHOLE[:at] + struct.pack("<Q", count) + WHOLE[at + 8 :])


@hostile
@given(st.integers(0, DATA), st.integers(1, 40), st.booleans())
def test_pieces_left_out_or_doubled(tmp_path: Path, at: int, length: int, doubled: bool) -> None:
    use(tmp_path, WHOLE[: at + length * doubled] + WHOLE[at + length * (not doubled) :])
