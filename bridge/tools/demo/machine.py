"""What machine a demo ran on."""

import os
import platform
from pathlib import Path
from typing import Any

_VECTORS = ("avx2", "avx512f", "avx512_bf16", "amx_bf16", "asimd", "sve")  # what the models' speed depends on
_CPU_INFO = Path("/proc/cpuinfo")


def machine(device: str) -> dict[str, Any]:
    """The machine. `device` is the server's own word for where its models run: the GPU, if it uses one."""
    model, vectors = _processor()
    return {
        "system": platform.system(),
        "processor": model,
        "cores": usable_cores(),
        "cores_of_the_machine": os.cpu_count(),
        "vectors": vectors,
        "python": platform.python_version(),
        "device": device,
    }


def usable_cores() -> int:
    """The cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        return os.cpu_count() or 1


def _processor() -> tuple[str, list[str]]:
    """The processor's name, and its vector instructions as far as Linux tells."""
    name = platform.processor() or platform.machine()
    try:
        lines = _CPU_INFO.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return name, []
    fields = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in reversed(lines))}
    flags = set((fields.get("flags") or fields.get("Features") or "").split())
    return fields.get("model name", name), [vector for vector in _VECTORS if vector in flags]
