"""The GGUF reader: metadata and values by the layout, and one sentence for each file that is not read."""

import re
import struct
from pathlib import Path

import numpy as np
import pytest

from models.gguf import file as gguf
from models.language.weights import find_weights
from tests.models.gguf.small import entry, of_pairs, of_tensors, pair, small, string


def read(tmp_path: Path, data: bytes) -> gguf.GGUF:
    path = tmp_path / "small.gguf"
    path.write_bytes(data)
    return gguf.read(path)


def refusal(tmp_path: Path, data: bytes) -> str:
    with pytest.raises(ValueError, match=r"^small\.gguf [^\n]*; [^\n]*$") as caught:
        read(tmp_path, data)
    return str(caught.value)


@pytest.mark.parametrize("version", [2, 3])
def test_metadata_and_values(tmp_path: Path, version: int) -> None:
    file = read(tmp_path, small(version))
    assert file.metadata == {
        "general.architecture": "llama",
        "count": 7,
        "scale": 0.5,
        "flags": [True, False, True],
        "names": ["ä", "b"],
        "nested": [[-1, 1], ["c"]],
    }
    assert file.tensor("f32", (2, 2)).dequantise().tolist() == [[0, 1], [2, 3]]
    assert file.tensor("f16", (2, 2)).dequantise().tolist() == [[0, 1], [2, 3]]
    low, high = [0.5 * (i % 16) - 1 for i in range(100, 116)], [0.5 * (i // 16) - 1 for i in range(100, 116)]
    assert file.tensor("q4_1", (2, 32)).dequantise().tolist() == [low + high] * 2
    assert file.tensor("q8_0", (2, 32)).dequantise().tolist() == [[0.25 * i for i in range(-16, 16)]] * 2


def test_every_kind_of_scalar(tmp_path: Path) -> None:
    values = {0: 200, 1: -3, 2: 60_000, 3: -4, 4: 2**31, 5: -5, 6: 0.25, 7: True, 10: 2**63, 11: -6, 12: 0.1}
    packed = {kind: struct.pack(gguf.SCALARS[kind], value) for kind, value in values.items()}
    file = read(tmp_path, of_pairs(*(pair(str(kind), kind, raw) for kind, raw in packed.items())))
    assert file.metadata == {str(kind): value for kind, value in values.items()}
    assert file.tensors == {}


def test_stacked_rows_are_the_rows(tmp_path: Path) -> None:
    file = read(tmp_path, small())
    for name, width in (("q4_1", 32), ("q6_k", 256)):
        matrix = file.tensor(name, (2, width))
        assert np.array_equal(gguf.stack([matrix, matrix]).dequantise(), np.concatenate([matrix.dequantise()] * 2))
    with pytest.raises(ValueError, match="different kinds"):
        gguf.stack([matrix, file.tensor("q4_k", (2, 256))])


def test_missing_things_are_named(tmp_path: Path) -> None:
    file = read(tmp_path, small())
    with pytest.raises(ValueError, match=r"no int 'absent' in its metadata; convert"):
        file.value("absent", int)
    with pytest.raises(ValueError, match="no str 'count'"):
        file.value("count", str)
    with pytest.raises(ValueError, match="no bool 'count'"):
        file.value("count", bool)
    with pytest.raises(ValueError, match="no tensor 'f33'; convert"):
        file.tensor("f33", (2, 2))
    with pytest.raises(ValueError, match=r"tensor 'f32' has the shape \(2, 2\), not \(3, 2\)"):
        file.tensor("f32", (3, 2))


def test_a_flag_is_no_number(tmp_path: Path) -> None:
    file = read(tmp_path, of_pairs(pair("flag", 7, b"\1")))
    assert file.value("flag", bool) is True
    with pytest.raises(ValueError, match="no int 'flag'"):
        file.value("flag", int)


@pytest.mark.parametrize("data", [b"", b"GGUF", small()[:23]])
def test_too_short(tmp_path: Path, data: bytes) -> None:
    assert refusal(tmp_path, data) == "small.gguf is too short for a GGUF file; download it again"


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"PK" + small()[2:], "does not begin as a GGUF file; download it again"),
        (small(1), "version 1 of GGUF, and 2 and 3 are read; convert"),
        (small(4), "version 4 of GGUF, and 2 and 3 are read; convert"),
        (small(0), "version 0 of GGUF, and 2 and 3 are read; convert"),
        (small(3 << 24), "it is big-endian; use the little-endian file"),
        (of_pairs(pair("a", 8, struct.pack("<Q", 1) + b"\xff")), "not UTF-8"),
        (of_pairs(pair("a", 9, struct.pack("<IQQ", 8, 1, 1) + b"\xff")), "not UTF-8"),
        (of_pairs(pair("a", 13, b"")), "metadata of the unknown type 13"),
        (of_pairs(pair("a", 9, struct.pack("<IQ", 13, 0))), "metadata of the unknown type 13"),
        (of_pairs(pair("a", 9, struct.pack("<IQ", 9, 1) * 5 + bytes(12))), "nested too deeply"),
        (of_pairs(pair("a", 9, struct.pack("<IQ", 4, 2) + bytes(7))), "announces 2 items where 7 bytes are left"),
        (of_pairs(pair("a", 0, b"1"), pair("a", 0, b"1")), "a name occurs twice"),
        (of_pairs(pair("a" * 65_536, 0, b"1")), "announces a name or text of 65536 bytes"),
        (of_pairs(pair("general.alignment", 4, struct.pack("<I", 12))), "alignment is not a multiple of 8"),
        (of_tensors(entry("t", (), 0, 0), data=bytes(99)), "tensor 't' has 0 dimensions"),
        (of_tensors(entry("t", (1,) * 5, 0, 0)), "tensor 't' has 5 dimensions"),
        (of_tensors(entry("t" * 65, (1,), 0, 0)), "announces a name or text of 65 bytes"),
        (of_tensors(entry("t", (31, 2), 8, 0)), "a row of 31 values is not whole blocks of 32"),
        (of_tensors(entry("t", (4, 0), 0, 0)), "tensor 't' is empty"),
        (of_tensors(entry("t", (4,), 0, 0), entry("t", (4,), 0, 32)), "a name occurs twice"),
        (of_tensors(entry("t", (2**62,) * 4, 0, 0)), "it ends early: 160 bytes of"),
    ],
)
def test_one_sentence_says_what_is_wrong(tmp_path: Path, data: bytes, what: str) -> None:
    assert what in refusal(tmp_path, data)


@pytest.mark.parametrize(
    ("number", "name"), [(16, "IQ2_XXS"), (34, "TQ1_0"), (39, "MXFP4"), (31, "Q4_0_4_4"), (99, "the unknown type 99")]
)
def test_types_that_are_not_read_are_named(tmp_path: Path, number: int, name: str) -> None:
    said = refusal(tmp_path, of_tensors(entry("t", (256,), number, 0)))
    assert f"a tensor in {name}, and these are read: F32, F16, BF16, Q8_0, Q4_0, " in said
    assert said.endswith("Q6_K, IQ4_NL, IQ4_XS; use a file in one of them")


def test_a_part_of_a_split_file(tmp_path: Path) -> None:
    part = (pair("split.no", 2, struct.pack("<H", 0)), pair("split.count", 2, struct.pack("<H", 3)))
    assert refusal(tmp_path, small(more=part)) == (
        "small.gguf cannot be read: it is part 1 of 3 of a split file; join them with llama-gguf-split --merge"
    )
    assert "a part of 3 of a split file" in refusal(tmp_path, small(more=part[1:]))
    assert read(tmp_path, small(more=(pair("split.count", 2, struct.pack("<H", 1)),))).tensors


def test_a_cut_file_says_how_much_is_there(tmp_path: Path) -> None:
    whole = small()
    for cut in (1, 400):
        expected = f"it ends early: {len(whole) - cut:,} bytes of {len(whole):,}; download it again"
        assert expected in refusal(tmp_path, whole[:-cut])
    assert "it ends early, before its tensors; download it again" in refusal(tmp_path, whole[:300])


def test_metadata_of_many_items_are_refused(tmp_path: Path) -> None:
    def many(count: int) -> bytes:
        return of_pairs(pair("a", 9, struct.pack("<IQ", 0, count) + bytes(count)))

    assert len(read(tmp_path, many(gguf.MOST_ITEMS - 1)).metadata["a"]) == gguf.MOST_ITEMS - 1
    assert "more than 4,194,304 items" in refusal(tmp_path, many(gguf.MOST_ITEMS))


def test_another_alignment(tmp_path: Path) -> None:
    pairs = pair("general.alignment", 4, struct.pack("<I", 128))
    head = b"GGUF" + struct.pack("<IQQ", 3, 1, 1) + pairs + entry("t", (2,), 0, 0)
    data = head + b"\0" * (-len(head) % 128) + struct.pack("<2f", 1.5, -2)
    assert read(tmp_path, data).tensor("t", (2,)).dequantise().tolist() == [1.5, -2]


def test_a_vocabulary_is_read_in_order(tmp_path: Path) -> None:
    words = [f"ä{number}" if number % 3 else "" for number in range(20_000)]
    array = struct.pack("<IQ", 8, len(words)) + b"".join(map(string, words))
    assert read(tmp_path, of_pairs(pair("words", 9, array), pair("after", 0, b"\5"))).metadata == {
        "words": words,
        "after": 5,
    }


def test_the_wheels_file() -> None:
    file = gguf.read(find_weights())
    assert file.value("general.architecture", str) == "llama"
    assert sum(int(np.prod(tensor.shape)) for tensor in file.tensors.values()) == 134_515_008
    assert len(file.value("tokenizer.ggml.tokens", list)) == 49_152
    assert re.fullmatch(r"Q4_1|Q8_0|F32", file.tensors["blk.0.attn_q.weight"].kind.name)
