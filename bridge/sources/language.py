"""The text that names a language model for dialogue: a GGUF file, or a folder as transformers saves it.

Reads no more than a file's first bytes: what is wrong with a model itself is found when it is loaded.
"""

import contextlib
import os
from pathlib import Path

from bridge.errors import ConfigError
from bridge.remote.address import PREFIX as REMOTE
from bridge.remote.address import Address, is_remote
from bridge.sources import reference

_HF = "hf:"  # as for models of tensors: a folder, or a repository in the cache
_FORMS = "name a .gguf file, or a folder with config.json and model.safetensors"
_WEIGHTS = ("model.safetensors", "model.safetensors.index.json")


def absolute(text: str, folder: Path) -> str:
    """The same model, with a path that is relative to `folder` made absolute."""
    if text.startswith((REMOTE, _HF)):
        return text if text.startswith(REMOTE) else reference.absolute(text, folder)
    return absolute_path(text, folder)


def absolute_path(text: str, folder: Path) -> str:
    """A path, made absolute if it is relative to `folder`."""
    path = Path(text)
    with contextlib.suppress(RuntimeError):  # no such user
        path = path.expanduser()
    return os.path.normpath(folder.absolute() / path)


def check(text: str) -> None:
    """ConfigError for a path that no language model is at, and for an endpoint whose address cannot be used."""
    if is_remote(text):
        Address.parse(text)
        return
    if text.startswith(_HF):
        return  # `models.hf` says what is wrong when it is loaded
    path = Path(text)
    if path.is_dir():
        _check_folder(path)
    elif not path.is_file():
        raise ConfigError(f"there is no {path}; {_FORMS}")
    else:
        _check_file(path)


def _check_folder(path: Path) -> None:
    if not (path / "config.json").is_file():
        inside = sorted(found.name for found in path.glob("*.gguf"))
        raise ConfigError(f"{path} has no config.json; {f'name the file {path / inside[0]}' if inside else _FORMS}")
    if not any((path / name).is_file() for name in _WEIGHTS):
        raise ConfigError(f"{path} has no model.safetensors; save the model there with its save_pretrained")


def _check_file(path: Path) -> None:
    try:
        with path.open("rb") as file:
            begin = file.read(4)
    except OSError as error:
        raise ConfigError(f"{path} cannot be read ({error.strerror}); check its permissions") from None
    if begin != b"GGUF":
        raise ConfigError(f"{path} is not a GGUF file; {_FORMS}")
