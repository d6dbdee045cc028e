"""Wheels built from the sources as they are, in the environments that `make` has set up."""

import pytest

from tests.packaging import wheels as sources
from tests.packaging.venvs import CLIENT, ELSEWHERE, TRITON, Venv
from tests.packaging.wheels import Wheels


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Wheels:
    return sources.build(tmp_path_factory.mktemp("wheels"))


@pytest.fixture(scope="session")
def client(wheels: Wheels, tmp_path_factory: pytest.TempPathFactory) -> Venv:
    """Where only the client is installed."""
    CLIENT.replace([wheels.base], cwd=tmp_path_factory.mktemp("client"))
    return CLIENT


@pytest.fixture(scope="session")
def triton(wheels: Wheels, tmp_path_factory: pytest.TempPathFactory) -> Venv:
    """Where Triton's own client is installed too, with protobuf 6."""
    TRITON.replace([wheels.base], cwd=tmp_path_factory.mktemp("triton"))
    return TRITON


@pytest.fixture(scope="session")
def elsewhere(wheels: Wheels, tmp_path_factory: pytest.TempPathFactory) -> Venv:
    """Where a server is installed from both wheels."""
    ELSEWHERE.replace(wheels, cwd=tmp_path_factory.mktemp("elsewhere"))
    return ELSEWHERE
