"""The GGUF reader: values by the block layouts, and no surprise from damaged files."""

import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.gguf import file as gguf
from models.language.weights import find_weights


def string(text: str) -> bytes:
    return struct.pack("<Q", len(text.encode())) + text.encode()


def pair(key: str, kind: int, value: bytes) -> bytes:
    return string(key) + struct.pack("<I", kind) + value


def small(version: int = 3) -> bytes:
    """A whole file: five kinds of metadata, four tensors of two rows."""
    pairs = [
        pair("general.architecture", 8, string("llama")),
        pair("count", 4, struct.pack("<I", 7)),
        pair("scale", 6, struct.pack("<f", 0.5)),
        pair("flags", 9, struct.pack("<IQ3?", 7, 3, True, False, True)),
        pair("names", 9, struct.pack("<IQ", 8, 2) + string("ä") + string("b")),
    ]
    tensors = {
        "f32": (0, 2, np.arange(4, dtype="<f4").tobytes()),
        "f16": (1, 2, np.arange(4, dtype="<f2").tobytes()),
        "q4_1": (3, 32, b"".join(struct.pack("<2e16B", 0.5, -1, *range(100, 116)) for _ in range(2))),
        "q8_0": (8, 32, b"".join(struct.pack("<e32b", 0.25, *range(-16, 16)) for _ in range(2))),
    }
    described, data = b"", b""
    for name, (kind, width, raw) in tensors.items():
        data += b"\0" * (-len(data) % 32)
        described += string(name) + struct.pack("<IQQIQ", 2, width, 2, kind, len(data))
        data += raw
    head = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(pairs)) + b"".join(pairs) + described
    return head + b"\0" * (-len(head) % 32) + data


def read(tmp_path: Path, data: bytes) -> gguf.GGUF:
    path = tmp_path / "small.gguf"
    path.write_bytes(data)
    return gguf.read(path)


def test_metadata_and_values(tmp_path: Path) -> None:
    file = read(tmp_path, small())
    assert file.metadata == {
        "general.architecture": "llama",
        "count": 7,
        "scale": 0.5,
        "flags": [True, False, True],
        "names": ["ä", "b"],
    }
    assert file.tensor("f32", (2, 2)).dequantise().tolist() == [[0, 1], [2, 3]]
    assert file.tensor("f16", (2, 2)).dequantise().tolist() == [[0, 1], [2, 3]]
    low, high = [0.5 * (i % 16) - 1 for i in range(100, 116)], [0.5 * (i // 16) - 1 for i in range(100, 116)]
    assert file.tensor("q4_1", (2, 32)).dequantise().tolist() == [low + high] * 2
    assert file.tensor("q8_0", (2, 32)).dequantise().tolist() == [[0.25 * i for i in range(-16, 16)]] * 2


def test_stacked_rows_are_the_rows(tmp_path: Path) -> None:
    file = read(tmp_path, small())
    matrix = file.tensor("q4_1", (2, 32))
    assert np.array_equal(gguf.stack([matrix, matrix]).dequantise(), np.concatenate([matrix.dequantise()] * 2))
    with pytest.raises(ValueError, match="different kinds"):
        gguf.stack([matrix, file.tensor("q8_0", (2, 32))])


def test_missing_things_are_named(tmp_path: Path) -> None:
    file = read(tmp_path, small())
    with pytest.raises(ValueError, match=r"no int 'absent'.*wheel"):
        file.value("absent", int)
    with pytest.raises(ValueError, match="no str 'count'"):
        file.value("count", str)
    with pytest.raises(ValueError, match=r"no tensor 'f32' of \(3, 2\)"):
        file.tensor("f32", (3, 2))


def test_another_version_or_no_gguf(tmp_path: Path) -> None:
    for data in (small(version=2), b"PK" + small()[2:], b"", b"GGUF"):
        with pytest.raises(ValueError, match=r"small\.gguf"):
            read(tmp_path, data)


def test_every_truncation_is_a_value_error(tmp_path: Path) -> None:
    whole = small()
    for length in range(len(whole)):
        with pytest.raises(ValueError, match=r"small\.gguf"):
            read(tmp_path, whole[:length])


@settings(
    derandomize=True, max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(0, 383), st.binary(min_size=1, max_size=8))
def test_damage_is_read_or_refused(tmp_path: Path, at: int, junk: bytes) -> None:
    data = bytearray(small())
    data[at : at + len(junk)] = junk
    try:
        file = read(tmp_path, bytes(data))
    except ValueError:
        return
    for tensor in file.tensors.values():
        assert tensor.dequantise().shape == tensor.shape


def test_the_wheels_file() -> None:
    file = gguf.read(find_weights())
    assert file.value("general.architecture", str) == "llama"
    assert sum(int(np.prod(tensor.shape)) for tensor in file.tensors.values()) == 134_515_008
    assert len(file.value("tokenizer.ggml.tokens", list)) == 49_152
