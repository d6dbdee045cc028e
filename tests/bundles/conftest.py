"""Servers of all capabilities, and each capability as a case."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.bundles.rig import REQUESTS, SIDE, Case
from tests.capabilities.inference.rig import OwnServer, own_server
from tests.conftest import Run
from tests.serving.fakes import FakeAvatar, Fakes
from tests.serving.server import FakeServer, serving


@pytest.fixture(scope="module")
def small(run: Run) -> Iterator[FakeServer]:
    """A server whose frames are small enough for a bundle."""
    context: Any = serving(Fakes(avatar=FakeAvatar(SIDE)))
    yield run(context.__aenter__())
    run(context.__aexit__(None, None, None))


@pytest.fixture(scope="module")
def told(run: Run) -> Iterator[OwnServer]:
    """A server that doubles tensors."""
    context: Any = own_server(models=("told",))
    yield run(context.__aenter__())
    run(context.__aexit__(None, None, None))


@pytest.fixture(params=["avatars", "dialogue", "recognition", "inference"])
def case(request: pytest.FixtureRequest) -> "Case":
    """Each capability, on its server."""
    server: Any = request.getfixturevalue("told" if request.param == "inference" else "small")
    return Case(server.port, request.param, *REQUESTS[request.param])
