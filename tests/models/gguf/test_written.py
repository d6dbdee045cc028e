"""Files that the `gguf` package writes are read back: tensors of every type, metadata of every kind."""

from pathlib import Path

import gguf
import numpy as np
import pytest
from gguf import GGUFValueType

from models.gguf.file import read
from models.gguf.kinds import KINDS
from tests.models.gguf.writing import QUANTISED_BY_PACKAGE, write

NAMES = [kind.name for kind in KINDS.values()]


@pytest.mark.parametrize("name", NAMES)
def test_a_tensor_of_every_type(tmp_path: Path, name: str) -> None:
    rng = np.random.default_rng(7)
    matrix = rng.normal(0, 0.02, (3, 512)).astype(np.float32)
    vector = rng.normal(0, 0.02, 256).astype(np.float32)
    path = write(tmp_path / "written.gguf", {}, {"matrix": (matrix, name), "vector": (vector, name)})
    file = read(path)
    for stored in gguf.GGUFReader(path).tensors:
        values = gguf.dequantize(stored.data, stored.tensor_type)
        found = file.tensor(stored.name, matrix.shape if stored.name == "matrix" else vector.shape)
        assert found.kind.name == name
        assert np.array_equal(found.dequantise().reshape(-1), values.reshape(-1))
    read_back = file.tensors["matrix"].dequantise()
    if name in QUANTISED_BY_PACKAGE:
        assert np.abs(read_back - matrix).max() < 0.01
    else:  # random blocks of the same spread
        assert 0.018 < read_back.std() < 0.022
        assert abs(read_back.mean()) < 0.008


def test_all_types_in_one_file(tmp_path: Path) -> None:
    matrices = {name: (np.full((2, 256), 0.5), name) for name in NAMES}
    file = read(write(tmp_path / "written.gguf", {"general.architecture": "llama"}, matrices))
    assert [tensor.kind.name for tensor in file.tensors.values()] == NAMES
    assert file.value("general.architecture", str) == "llama"


def test_metadata_of_every_kind(tmp_path: Path) -> None:
    metadata = {
        "general.architecture": "qwen2",
        "text": "ä\n",
        "flag": True,
        "count": 7,
        "below": -7,
        "large": 2**40,
        "number": 0.5,
        "tokens": ["a", "", "▁b"],
        "scores": [-1.0, 0.5],
        "types": [1, 3, 6],
    }
    assert read(write(tmp_path / "written.gguf", metadata)).metadata == metadata


def test_each_integer_and_float_of_the_package(tmp_path: Path) -> None:
    writer = gguf.GGUFWriter(tmp_path / "written.gguf", "")
    plain = [kind for kind in GGUFValueType if kind not in (GGUFValueType.ARRAY, GGUFValueType.STRING)]
    for kind in plain:
        writer.add_key_value(kind.name, 1, kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    assert read(tmp_path / "written.gguf").metadata == {kind.name: 1 for kind in plain}


def test_a_split_file_of_the_package(tmp_path: Path) -> None:
    writer = gguf.GGUFWriter(tmp_path / "written.gguf", "llama", split_max_tensors=1)
    for name in "abc":
        writer.add_tensor(name, np.zeros((2, 32), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    with pytest.raises(ValueError, match=r"written-00002-of-00003\.gguf cannot be read: it is part 2 of 3 of a split"):
        read(tmp_path / "written-00002-of-00003.gguf")


def test_a_big_endian_file_of_the_package(tmp_path: Path) -> None:
    writer = gguf.GGUFWriter(tmp_path / "written.gguf", "llama", endianess=gguf.GGUFEndian.BIG)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    with pytest.raises(ValueError, match="it is big-endian; use the little-endian file"):
        read(tmp_path / "written.gguf")
