"""FrameBridge brings large models into game worlds, inside the game's frame budget."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bridge.device.own_models import ModuleModel, ProgramModel
    from models.module.tensors import Dim, Tensor

__version__ = "0.1.0"
__all__ = ["Dim", "ModuleModel", "ProgramModel", "Tensor"]

_FOUND_IN = {
    "Dim": "models.module.tensors",
    "ModuleModel": "bridge.device.own_models",
    "ProgramModel": "bridge.device.own_models",
    "Tensor": "models.module.tensors",
}


def __getattr__(name: str) -> Any:
    """What a model of one's own is declared with; imported on use, since a client has no models installed."""
    if name not in _FOUND_IN:
        raise AttributeError(f"module 'bridge' has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_FOUND_IN[name]), name)
