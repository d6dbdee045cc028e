"""A server for pictures with marks."""

from collections.abc import Iterator

import pytest

from tests.capabilities.dialogue.marks import MarkDetector
from tests.conftest import Run
from tests.serving.fakes import Fakes
from tests.serving.server import FakeServer


@pytest.fixture(scope="module")
def marks(run: Run) -> Iterator[FakeServer]:
    """A server whose detector sees marks."""
    server = FakeServer(Fakes(detector=MarkDetector()), models=("detector", "classifier"))  # type: ignore[arg-type]
    run(server.start())
    yield server
    run(server.server.stop(0.0))
