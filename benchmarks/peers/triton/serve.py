"""Triton Inference Server 2.51: the bare tritonserver from the wheel of nvidia-pytriton 0.7.0.

It is the newest one in a wheel. It has a bug that Triton 2.72 fixes: with a queue timeout, the dynamic batcher can lose
count of idle instances and dispatch less and less over minutes of traffic (triton-inference-server/server, issue 8870).
So a server runs for one trace only, and traces should be short.

Every model has one instance and batches dynamically. Settings, which can be combined:
`delay` (milliseconds)    max_queue_delay: how long a batch waits for more rows (default: 0)
`timeout` (milliseconds)  default_queue_policy: a request that waits longer is rejected
`slack` (milliseconds)    the same per request: its budget minus this
`priorities` (a factor)   the rate limiter treats the device as one resource and gives urgent models this many times
                          the turns; that is between models. Priority levels, within one model's queue, are set too
`unary`, `deadline`       see ask.py
"""

import importlib.util
import os
import shutil
import sys
import sysconfig
from pathlib import Path

from fake_device.workload import Model, Setup

_LONGEST = 10_000  # milliseconds; a request can only shorten the default timeout
_CONFIG = """
backend: "python"
max_batch_size: {batch}
input [{{ name: "request", data_type: TYPE_UINT8, dims: [64] }}]
output [{{ name: "answer", data_type: TYPE_UINT8, dims: [64] }}]
instance_group [{{ kind: KIND_CPU, count: 1 {limiter} }}]
dynamic_batching {{ {batching} }}
"""


def config(model: Model, settings: dict[str, float]) -> str:
    """The model's config.pbtxt."""
    batching = []
    if "delay" in settings:
        batching.append(f"max_queue_delay_microseconds: {settings['delay'] * 1e3:.0f}")
    if "timeout" in settings or "slack" in settings:
        micros = f"{settings.get('timeout', _LONGEST) * 1e3:.0f}"
        override = str("slack" in settings).lower()
        batching.append(
            f"default_queue_policy {{ timeout_action: REJECT, default_timeout_microseconds: {micros}, "
            f"allow_timeout_override: {override} }}"
        )
    limiter = ""
    if "priorities" in settings:
        share = 1 if model.urgent else round(settings["priorities"])
        limiter = f', rate_limiter {{ resources [{{ name: "device", global: true, count: 1 }}], priority: {share} }}'
        batching.append(f"priority_levels: 2, default_priority_level: {1 if model.urgent else 2}")
    return _CONFIG.format(batch=model.batch, limiter=limiter, batching=", ".join(batching))


def write_repository(root: Path, setup: Setup) -> None:
    """Write Triton's model repository: one folder per model."""
    for model in setup.models:
        version = root / model.name / "1"
        version.mkdir(parents=True)
        (version.parent / "config.pbtxt").write_text(config(model, setup.settings), encoding="utf-8")
        shutil.copy(Path(__file__).with_name("model.py"), version)


def install_stub(server: Path) -> None:
    """Copy the stub for this Python to where the Python backend looks for it."""
    stub = f"{sys.version_info.major}.{sys.version_info.minor}/triton_python_backend_stub"
    target = server / "backends" / "python" / "triton_python_backend_stub"
    if not target.exists():
        shutil.copy(server / "python_backend_stubs" / stub, target)
        target.chmod(0o755)


def environment(site: Path) -> dict[str, str]:
    """Environment of the server: libraries of the wheel and of this Python, and this `python3` first on the PATH."""
    libraries = (site / "nvidia_pytriton.libs", Path(sysconfig.get_config_var("LIBDIR")))
    return {
        **os.environ,
        "LD_LIBRARY_PATH": os.pathsep.join(map(str, libraries)),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }


def main() -> None:
    """Replace this process with tritonserver."""
    setup = Setup.of_environment()
    setup.only("delay", "timeout", "slack", "priorities", "unary", "deadline")
    package = importlib.util.find_spec("pytriton")
    assert package is not None
    assert package.origin is not None
    server = Path(package.origin).parent / "tritonserver"
    repository = Path(f"{setup.device}.models")
    write_repository(repository, setup)
    install_stub(server)
    limiter = ("--rate-limit=execution_count", "--rate-limit-resource=device:1")
    binary = str(server / "bin" / "tritonserver")
    arguments = (
        f"--model-repository={repository}",
        f"--backend-directory={server / 'backends'}",
        f"--backend-config=python,shm-region-prefix-name={setup.shared_memory}",
        f"--grpc-port={setup.port}",
        "--grpc-address=127.0.0.1",
        "--allow-http=false",
        "--allow-metrics=false",
        "--exit-timeout-secs=3",
        *(limiter if "priorities" in setup.settings else ()),
    )
    os.execve(binary, [binary, *arguments], environment(site=server.parents[1]))


if __name__ == "__main__":
    main()
