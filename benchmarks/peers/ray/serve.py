"""Ray Serve 2.60 with its gRPC proxy and `serve.batch`: one application and one replica per model.

Configured as Ray's performance guide advises: optimized for throughput, no access log. Ray's processes run at the
client's priority rather than at nice 15, Ray's default, which would decide the result on two cores.
Settings: `delay`, how many milliseconds a batch waits for more rows (default: 0); `deadline`, see ask.py.
"""

import asyncio
import os
import signal
import socket
import sys
import threading
from pathlib import Path

import ray
from fake_device.workload import Setup
from google.protobuf.wrappers_pb2 import BytesValue
from ray import serve
from ray.serve.config import HTTPOptions, gRPCOptions
from ray.serve.schema import LoggingConfig

_ONGOING = 10_000


@serve.deployment(
    max_ongoing_requests=_ONGOING,
    ray_actor_options={"num_cpus": 0},
    logging_config=LoggingConfig(enable_access_log=False, log_level="WARNING"),
)
class Fake:
    """One model."""

    def __init__(self, name: str) -> None:
        setup = Setup.of_environment()
        model = setup.load(name)
        batch = next(model.batch for model in setup.models if model.name == name)

        @serve.batch(max_batch_size=batch, batch_wait_timeout_s=setup.settings.get("delay", 0) / 1e3)
        async def flight(requests: list[BytesValue]) -> list[BytesValue]:
            answer = await asyncio.to_thread(model.forward, len(requests))
            return [BytesValue(value=answer)] * len(requests)

        self._flight = flight

    async def Predict(self, request: BytesValue) -> BytesValue:  # noqa: N802
        """One row."""
        return await self._flight(request)


def main() -> None:
    """Serve until SIGTERM."""
    setup = Setup.of_environment()
    setup.only("delay", "deadline")
    ended = threading.Event()
    # Ray's own processes import `ingress` and the benchmarks' modules
    os.environ["PYTHONPATH"] += os.pathsep + str(Path(__file__).parent)
    os.environ |= {
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_SERVE_THROUGHPUT_OPTIMIZED": "1",
        "RAY_worker_niceness": "0",
    }
    ray.init(include_dashboard=False, object_store_memory=100 << 20, _temp_dir=os.environ["TMPDIR"])
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    with socket.create_server(("127.0.0.1", 0)) as listener:  # HTTP cannot be disabled
        http = listener.getsockname()[1]
    serve.start(
        http_options=HTTPOptions(host="127.0.0.1", port=http),
        grpc_options=gRPCOptions(port=setup.port, grpc_servicer_functions=["ingress.add_to_server"]),
        logging_config=LoggingConfig(enable_access_log=False, log_level="WARNING"),
    )
    for model in setup.models:
        serve.run(Fake.bind(model.name), name=model.name, route_prefix=f"/{model.name}")
    ended.wait()
    serve.shutdown()
    ray.shutdown()
    sys.exit()


if __name__ == "__main__":
    main()
