"""Mosec 0.9.8 with dynamic batching: a route for each model, one worker each.

Settings: `delay`, the milliseconds that a batch waits for more rows (by default 1, the least that Mosec takes; left
alone it waits 10), and `timeout`, the milliseconds after which a request is answered 408.
"""

import os

from workload import FakeModel, Setup

SETUP = Setup.of_environment()  # here, for Mosec's workers are processes that import this file anew
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
    """One model; which one is said by the environment Mosec gives its process."""

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
