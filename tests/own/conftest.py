"""A folder that a test works in, as if it were the only one: what it imports is forgotten afterwards."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bridge.sources import siblings, user_code

Write = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(user_code, "added_folders", added := [])
    monkeypatch.setattr(siblings, "added_folders", added)
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(tmp_path)):
            del sys.modules[name]


@pytest.fixture
def write(folder: Path) -> Write:
    """Write files into it: a path and its lines each."""

    def write_file(name: str, *lines: str) -> Path:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write_file
