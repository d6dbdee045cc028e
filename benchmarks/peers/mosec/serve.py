"""Mosec 0.9.8 with dynamic batching: one route and one worker per model.

Settings: `delay`, how many milliseconds a batch waits for more rows (default: 1, Mosec's minimum; Mosec's own default
is 10); `timeout`, after how many milliseconds a request is answered with 408.
"""

import os

from fake_device.workload import FakeModel, Setup

SETUP = Setup.of_environment()  # at import, because each of Mosec's workers is a process that imports this file
SETUP.only("delay", "timeout")
for name, value in {
    "ADDRESS": "127.0.0.1",
    "PORT": SETUP.port,
    "TIMEOUT": int(SETUP.settings.get("timeout", 10_000)),
    "LOG_LEVEL": "warning",
}.items():
    os.environ[f"MOSEC_{name}"] = str(value)

import mosec  # noqa: E402


class Fake(mosec.Worker):
    """One model; Mosec passes its name in the environment of the worker."""

    model: FakeModel

    def __init__(self) -> None:
        super().__init__()
        self.model = SETUP.load(os.environ["MODEL"])

    def deserialize(self, data: bytes) -> bytes:
        return data

    def serialize(self, data: bytes) -> bytes:
        return data

    def forward(self, data: bytes | list[bytes]) -> bytes | list[bytes]:
        if isinstance(data, list):
            return [self.model.forward(len(data))] * len(data)
        return self.model.forward(1)  # a model of batch 1


def main() -> None:
    """Serve until SIGTERM."""
    server = mosec.Server()
    for model in SETUP.models:
        server.append_worker(
            Fake,
            max_batch_size=model.batch,
            max_wait_time=max(1, round(SETUP.settings.get("delay", 1))),
            env=[{"MODEL": model.name}],
            route=f"/{model.name}",
        )
    server.run()


if __name__ == "__main__":
    main()
