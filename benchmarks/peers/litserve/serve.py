"""LitServe 0.2.19 with dynamic batching: one path and one worker per model.

Settings: `delay`, how many milliseconds a batch waits for more rows (default: 0); `timeout`, after how many
milliseconds a queued request is answered with 504; `fast`, LitServe's faster queue for answers (ZeroMQ).
"""

import litserve
from fake_device.workload import FakeModel, Model, Setup
from starlette.responses import Response


class Fake(litserve.LitAPI):
    """One model."""

    fake: FakeModel

    def __init__(self, model: Model, setup: Setup) -> None:
        delay = setup.settings.get("delay", 0) / 1e3
        super().__init__(max_batch_size=model.batch, batch_timeout=delay, api_path=f"/{model.name}")
        self._name, self._setup = model.name, setup

    def setup(self, device: str) -> None:
        self.fake = self._setup.load(self._name)

    def batch(self, inputs: list[str]) -> list[str]:
        return inputs

    def predict(self, x: str | list[str]) -> bytes | list[bytes]:
        if isinstance(x, list):
            return [self.fake.forward(len(x))] * len(x)
        return self.fake.forward(1)  # a model of batch 1

    def unbatch(self, output: list[bytes]) -> list[bytes]:
        return output

    def encode_response(self, output: bytes) -> Response:
        return Response(output, media_type="application/octet-stream")


def main() -> None:
    """Serve until SIGTERM."""
    setup = Setup.of_environment()
    setup.only("delay", "timeout", "fast")
    server = litserve.LitServer(
        [Fake(model, setup) for model in setup.models],
        accelerator="cpu",
        timeout=setup.settings.get("timeout", 30_000) / 1e3,
        fast_queue="fast" in setup.settings,
    )
    server.run(host="127.0.0.1", port=setup.port, generate_client_file=False, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
