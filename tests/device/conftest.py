"""Small models whose stages are long compared with a slice."""

import pytest


@pytest.fixture(autouse=True)
def _any_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of any size, although each stage is longer than a slice should be."""
    monkeypatch.setattr("bridge.device.calibration._STRETCH", float("inf"))
