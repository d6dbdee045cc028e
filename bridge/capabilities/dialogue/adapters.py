"""LoRA adapters of the dialogue model: as the configuration names them, "NAME=FOLDER", and the one that ships.

NPCs speak with the one that ships where the model is the embedded one and nothing else is configured for them.
"""

from collections.abc import Sequence
from pathlib import Path

from bridge.config import Config
from bridge.errors import ConfigError
from bridge.remote.address import PREFIX as REMOTE
from bridge.remote.address import is_remote

NONE = "none"  # in place of the name of NPCs' adapter: they speak as the model does
SHIPPED = "shipped"  # in place of a folder: the adapter that comes with the models; also its name
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
    if SHIPPED in names or NONE in names:
        raise ConfigError(f"an adapter cannot be called {SHIPPED!r} or {NONE!r}; give it another name")
    for name, _, folder in (text.partition("=") for text in adapters):
        if names.count(name) > 1:
            raise ConfigError(f"there are {names.count(name)} adapters {name!r}; give each its own name")
        if not Path(folder).is_dir():
            raise ConfigError(f"there is no folder {folder} of adapter {name!r}; name one that PEFT saved")
    known_names = names if model is not None else [*names, SHIPPED]
    if npc_adapter is not None and npc_adapter not in [*known_names, NONE]:
        known = f"there {'is' if len(names) == 1 else 'are'} {', '.join(names)}" if names else "none is named"
        raise ConfigError(f"there is no adapter {npc_adapter!r} for NPCs; {known}")


def npc_adapter(config: Config) -> str | None:
    """The name of the adapter that NPCs speak with; None if they speak as the model does."""
    if config.dialogue_npc_adapter is not None:
        return config.dialogue_npc_adapter if config.dialogue_npc_adapter != NONE else None
    return SHIPPED if config.dialogue_model is None else None


def folders_of(config: Config) -> dict[str, str]:
    """The folders by name, of those that are needed."""
    folders = dict(text.split("=", 1) for text in config.dialogue_adapters)
    return folders | ({SHIPPED: SHIPPED} if npc_adapter(config) == SHIPPED else {})
