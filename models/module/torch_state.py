"""Torch's state that a model may change. A run that is suspended inside `autocast`, say, would leak it into its
neighbours; one that calls `torch.set_num_threads` leaves it to them.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch.utils._python_dispatch import _pop_mode

_CUDA = torch.backends.cuda.is_built()  # else there is less to look at, each time out of cold caches
_DEVICES = ("cpu", "cuda") if _CUDA else ("cpu",)


def _autocast(device: str) -> Callable[[], Any]:
    return lambda: torch.is_autocast_enabled(device) and torch.get_autocast_dtype(device)


def _stream() -> int:
    return torch.cuda.current_stream().cuda_stream if torch.cuda.is_initialized() else 0


_READERS: dict[str, Callable[[], Any]] = {
    "grad mode": torch.is_grad_enabled,
    "inference mode": torch.is_inference_mode_enabled,
    **{f"autocast on {device.upper()}": _autocast(device) for device in _DEVICES},
    "function modes (torch.device among them)": torch._C._len_torch_function_stack,
    "dispatch modes": torch._C._len_torch_dispatch_stack,
    "functorch's level": torch._C._functorch.maybe_current_level,
    **({"the current stream": _stream} if _CUDA else {}),
    "the number of threads": torch.get_num_threads,
    "the default dtype": torch.get_default_dtype,  # the last one, as it is the process's, not the thread's
}
_CALLS = tuple(_READERS.values())

State = tuple[Any, ...]

_entered: list[Any] = []  # torch leaves an inference mode when its object goes


def state() -> State:
    """The state of this thread and, last, the default dtype, which is the process's; about 1 us, 10 after a slice."""
    return tuple([read() for read in _CALLS])


def changes(before: State, now: State) -> list[str]:
    """What differs, in words."""
    return [name for name, was, is_ in zip(_READERS, before, now, strict=True) if was != is_]


def put_back(before: State) -> None:
    """Make the state what it was. Functorch's level and the current stream stay as they are."""
    was = dict(zip(_READERS, before, strict=True))
    if torch.is_inference_mode_enabled() != was["inference mode"]:
        _entered.append(torch.inference_mode(was["inference mode"]))  # beneath it stays the one that was not left
        _entered[-1].__enter__()
    torch.set_grad_enabled(was["grad mode"])
    for device in _DEVICES:
        autocast = was[f"autocast on {device.upper()}"]
        torch.set_autocast_enabled(device, autocast is not False)
        if autocast is not False:
            torch.set_autocast_dtype(device, autocast)
    while torch._C._len_torch_function_stack() > was["function modes (torch.device among them)"]:
        torch._C._pop_torch_function_stack()
        torch._GLOBAL_DEVICE_CONTEXT.device_context = None  # what `torch.set_default_device` would leave first
    while torch._C._len_torch_dispatch_stack() > was["dispatch modes"]:
        _pop_mode()
    if torch.get_num_threads() != was["the number of threads"]:
        torch.set_num_threads(was["the number of threads"])
    if torch.get_default_dtype() != was["the default dtype"]:
        torch.set_default_dtype(was["the default dtype"])
