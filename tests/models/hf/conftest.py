"""Checkpoints that the tests make themselves, and no network."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.models.hf.checkpoints import CASES

Saved = Callable[[str], Path]


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing asks the network, also where the environment would allow it, and whoever swallows the refusal."""
    asked: list[Any] = []

    def refuse(*args: Any, **options: Any) -> None:
        asked.append(args)
        raise OSError("no network in tests")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    yield
    assert asked == []


@pytest.fixture(autouse=True)
def every_boundary(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Also of models as small as these."""
    monkeypatch.setattr("models.module.module_program._LEAST_STAGE", 0.0)
    with torch.inference_mode():
        yield


@pytest.fixture(scope="session")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Saved:
    """The folder of a case, made once; not to be changed."""
    root, made = tmp_path_factory.mktemp("checkpoints"), set[str]()

    def folder(case: str) -> Path:
        path = root / case
        if case not in made:
            CASES[case].save(path)
            made.add(case)
        return path

    return folder


@pytest.fixture
def vit(tmp_path: Path) -> Path:
    """A classifier of a test's own, which may be damaged."""
    CASES["vit"].save(tmp_path / "vit")
    return tmp_path / "vit"
