"""Where a model's files are: a folder, or the hub's cache on this machine. Downloads only where that is allowed."""

import re
from importlib.util import find_spec
from pathlib import Path

from models.hf.reference import Reference

MEND = "pip install 'framebridge[hf]'"
_FILES = ["*.json", "*.safetensors"]  # no code, no pickle
_PARTS = ["*/*.safetensors"]  # of other models in the same repository
_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?")


def check_installed() -> None:
    """ValueError, with the command to run, if transformers is not installed."""
    if find_spec("transformers") is None:
        raise ValueError(f"transformers, which loads it, is not installed; run `{MEND}`")


def find(reference: Reference) -> Path:
    """The folder of a model's files. ValueError if there is none, or a download fails."""
    folder = Path(reference.place).expanduser()
    if folder.is_dir():
        return folder
    if folder.exists():
        raise ValueError(f"{folder} is a file; name the folder that holds its config.json and model.safetensors")
    if not _REPOSITORY.fullmatch(reference.place):
        raise ValueError(f"there is no folder {folder}, and no repository can have that name; check it")
    return _downloaded(reference.place) if reference.online else _cached(reference.place)


def _cached(repository: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.constants import HF_HUB_CACHE

    try:
        return Path(snapshot_download(repository, allow_patterns=_FILES, local_files_only=True))
    except Exception:
        raise ValueError(
            f"there is no folder {repository!r}, and no such repository in {HF_HUB_CACHE}; check the name, or allow "
            f"the download with hf:{repository}?online"
        ) from None


def _downloaded(repository: str) -> Path:
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(repository, allow_patterns=_FILES, ignore_patterns=_PARTS))
    except Exception as error:
        why = str(error).strip().partition("\n")[0] or type(error).__name__
        raise ValueError(
            f"the repository {repository!r} cannot be downloaded ({why}); check its name and the network, and that "
            "HF_HUB_OFFLINE is not set"
        ) from None
