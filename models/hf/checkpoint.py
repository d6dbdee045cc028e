"""The files of one model: its configuration as JSON, and whether its weights are there as safetensors.

Nothing here imports torch or transformers, so that models are declared without loading anything.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.json_file import read_json

_INDEX = "model.safetensors.index.json"

Json = Mapping[str, Any]

WRAP = "wrap the model in a module of yours, and serve that"  # the mend where a model is not served as it is


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A folder that transformers can load without running any of its code."""

    folder: Path
    config: Json  # config.json
    architecture: str  # the class of transformers, "ViTForImageClassification"

    @classmethod
    def read(cls, folder: Path) -> "Checkpoint":
        """ValueError, with the mend, for files that are missing or damaged, pickled weights, and code."""
        config = read_json(folder / "config.json")
        if config is None:
            raise ValueError(f"{folder} has no config.json; save the model there with its save_pretrained")
        _check_code(folder, config)
        _check_weights(folder)
        architectures = config.get("architectures")
        if not (isinstance(architectures, list) and architectures and isinstance(architectures[0], str)):
            raise ValueError(
                f"{folder}/config.json names no architecture, so what the model does is unknown; add its class, such "
                'as "architectures": ["ViTForImageClassification"]'
            )
        return cls(folder, config, architectures[0])

    def json(self, name: str) -> Json:
        """Another JSON file of the folder; empty if there is none."""
        return read_json(self.folder / name) or {}


def _check_code(folder: Path, config: Json) -> None:
    """No Python file of the folder, no kernel of the hub, no second model that would be merged in."""
    for name, found in (("config.json", config), *((name, read_json(folder / name)) for name in _PROCESSORS)):
        if found and "auto_map" in found:
            raise ValueError(
                f"{folder}/{name} asks for Python code of its own (auto_map), which is never run; use a model whose "
                f"code is part of transformers, or {WRAP}"
            )
    for key, value in _implementations(config):
        raise ValueError(
            f"{folder}/config.json asks for a kernel of the hub ({key}: {value!r}), which is code and never run; "
            "remove that line"
        )
    if (folder / "adapter_config.json").is_file():
        raise ValueError(f"{folder} holds an adapter; merge it into its base model (merge_and_unload), and save that")


_PROCESSORS = ("preprocessor_config.json", "processor_config.json")


def _implementations(config: Json) -> Iterator[tuple[str, Any]]:
    """Entries such as `attn_implementation` that name a repository, at any depth."""
    for key, value in config.items():
        if key.endswith("_implementation") and "/" in str(value):
            yield key, value
        elif isinstance(value, dict):
            yield from _implementations(value)


def _check_weights(folder: Path) -> None:
    if (folder / "model.safetensors").is_file():
        return
    index = read_json(folder / _INDEX)
    if index is not None:
        _check_shards(folder, index)
    elif pickled := sorted(path.name for path in folder.glob("pytorch_model*.bin")):
        raise ValueError(
            f"{folder} has its weights as pickle only ({pickled[0]}), which can run code when it is read; convert them "
            "on a machine that you can spare: load the model with transformers there, and save it with save_pretrained"
        )
    else:
        raise ValueError(f"{folder} has no model.safetensors; save or download the model again")


def _check_shards(folder: Path, index: Json) -> None:
    shards = index.get("weight_map")
    if not isinstance(shards, dict) or not shards:
        raise ValueError(f"{folder}/{_INDEX} names no weights; save or download the model again")
    names = sorted({str(name) for name in shards.values()})
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise ValueError(
            f"{folder} lacks {missing[0]}, one of {len(missing)} missing of {len(names)} parts of its weights; copy or "
            "download it again"
        )
