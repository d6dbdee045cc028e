"""What these tests share."""

import pytest

from tests.client.inference.scenes import Heard


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Heard:
    return Heard(monkeypatch)
