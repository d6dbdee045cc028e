"""The questions are those of the first commit: what was written apart from the training recipe stays as it was."""

import hashlib
from pathlib import Path

import pytest

from tests.benchmarks.conftest import BENCHMARKS


@pytest.mark.parametrize("folder", ["facts", "moderation"])
def test_the_files_have_their_hashes(folder: str) -> None:
    listed = dict(reversed(line.split("  ")) for line in (BENCHMARKS / folder / "SHA256SUMS").read_text().splitlines())
    assert {name: _hash(BENCHMARKS / folder / name) for name in listed} == listed
    assert data_files(BENCHMARKS / folder) == set(listed), "every file of data is listed"


def data_files(folder: Path) -> set[str]:
    data = [path.relative_to(folder) for path in folder.rglob("*") if path.suffix in (".toml", ".tsv", ".txt")]
    return {path.as_posix() for path in data if path.parts[0] != "judge"}


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
