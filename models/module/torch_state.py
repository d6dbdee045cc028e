"""Torch's thread-local state. A run that is suspended inside `autocast`, say, would leak it into its neighbours."""

from collections.abc import Callable
from typing import Any

import torch

_DEVICES = ("cpu", "cuda")

_READERS: dict[str, Callable[[], Any]] = {
    "grad mode": torch.is_grad_enabled,
    "inference mode": torch.is_inference_mode_enabled,
    "autocast on the CPU": lambda: torch.is_autocast_enabled("cpu") and torch.get_autocast_dtype("cpu"),
    "autocast on CUDA": lambda: torch.is_autocast_enabled("cuda") and torch.get_autocast_dtype("cuda"),
    "the default dtype": torch.get_default_dtype,
    "function modes (torch.device among them)": torch._C._len_torch_function_stack,
    "dispatch modes": torch._C._len_torch_dispatch_stack,
    "functorch's level": torch._C._functorch.maybe_current_level,
    "the current stream": lambda: torch.cuda.current_stream().cuda_stream if torch.cuda.is_initialized() else 0,
}
_CALLS = tuple(_READERS.values())

State = tuple[Any, ...]


def state() -> State:
    """The state of this thread; about 2 us."""
    return tuple([read() for read in _CALLS])


def changes(before: State, now: State) -> list[str]:
    """What differs, in words."""
    return [name for name, was, is_ in zip(_READERS, before, now, strict=True) if was != is_]
