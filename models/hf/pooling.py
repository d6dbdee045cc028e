"""How an encoder's tokens become one vector, as the files of sentence-transformers say."""

from pathlib import Path
from typing import Any

from models.hf.checkpoint import WRAP, Checkpoint
from models.json_file import read_json

_MODES = {"mean": False, "cls": True}  # whether the first token stands for all
_LEGACY = {"pooling_mode_mean_tokens": "mean", "pooling_mode_cls_token": "cls"}
_LAYERS = ("Transformer", "Pooling", "Normalize")


def takes_first(checkpoint: Checkpoint) -> bool:
    """Whether the first token is taken; else the mean over all, as where no file says it.

    ValueError for another pooling, or layers after it.
    """
    layers = _layers(checkpoint)
    unknown = [kind for kind, _ in layers if kind not in _LAYERS]
    if unknown:
        raise ValueError(
            f"{checkpoint.folder}/modules.json adds layers that are not served ({', '.join(unknown)}); {WRAP}"
        )
    modes = [_mode(checkpoint, path) for kind, path in layers if kind == "Pooling"]
    if any(mode not in _MODES for mode in modes):
        raise ValueError(f"{checkpoint.folder} pools its tokens by {modes[0]}; mean and cls are served; {WRAP}")
    return bool(modes) and _MODES[modes[0]]


def _layers(checkpoint: Checkpoint) -> list[tuple[str, str]]:
    """Each layer's class and folder."""
    path = checkpoint.folder / "modules.json"
    found = read_json(path, list) or []
    try:
        return [(layer["type"].rpartition(".")[2], layer["path"]) for layer in found]
    except (TypeError, KeyError, AttributeError):
        raise ValueError(f"{path} is not a list of layers; save or download the model again") from None


def _mode(checkpoint: Checkpoint, folder: str) -> str:
    said = checkpoint.json(str(Path(folder, "config.json")))
    if isinstance(mode := said.get("pooling_mode"), str):
        return mode
    modes: list[Any] = [key for key, value in said.items() if key.startswith("pooling_mode_") and value is True]
    return " and ".join(_LEGACY.get(mode, mode) for mode in modes) or "mean"
