"""LoRA adapters of the dialogue model, as the configuration names them: "NAME=FOLDER"."""

from collections.abc import Sequence
from pathlib import Path

from bridge.errors import ConfigError
from bridge.remote.address import PREFIX as REMOTE
from bridge.remote.address import is_remote

HF = "hf:"  # before the folder or repository of a model of transformers


def check_adapters(model: str | None, adapters: Sequence[str], npc_adapter: str | None) -> None:
    """ConfigError for adapters, each "NAME=FOLDER", of a model that takes none, and for one that is not there."""
    names = [text.partition("=")[0] for text in adapters]
    if adapters and model is not None and model.startswith((REMOTE, HF)):
        where = "at an endpoint" if is_remote(model) else "of transformers"
        raise ConfigError(
            f"adapter {names[0]!r} cannot be put on a model {where}; merge it into the model there, or name a GGUF "
            "file or a folder of safetensors"
        )
    for name, _, folder in (text.partition("=") for text in adapters):
        if names.count(name) > 1:
            raise ConfigError(f"there are {names.count(name)} adapters {name!r}; give each its own name")
        if not Path(folder).is_dir():
            raise ConfigError(f"there is no folder {folder} of adapter {name!r}; name one that PEFT saved")
    if npc_adapter is not None and npc_adapter not in names:
        known = f"there {'is' if len(names) == 1 else 'are'} {', '.join(names)}" if names else "none is named"
        raise ConfigError(f"there is no adapter {npc_adapter!r} for NPCs; {known}")


def folders_of(adapters: Sequence[str]) -> dict[str, str]:
    """The folders by name."""
    return dict(text.split("=", 1) for text in adapters)
