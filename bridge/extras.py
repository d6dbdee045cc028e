"""Which extra of the base distribution brings what a command needs.

The base is the client. Only what a command cannot do without is listed: a texture encoder without a wheel for this
platform is left out, and a model that lacks a library fails by itself.
"""

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass

from bridge.errors import ConfigError

_SHOWN = 3  # names of missing packages in the sentence


@dataclass(frozen=True, slots=True)
class Extra:
    """An extra of pyproject.toml, and top-level packages of it that a command imports."""

    name: str
    packages: tuple[str, ...]


_SERVER = ("torch", "models", "PIL", "grpc_health", "grpc_reflection", "prometheus_client", "psutil", "regex")
_TRAIN = ("torch", "models", "PIL", "rich", "safetensors", "dicebear", "resvg_py")

NEEDED: Mapping[str, Extra] = {  # by command
    "serve": Extra("server", _SERVER),
    "demo": Extra("server", (*_SERVER, "av", "rich")),
    "top": Extra("server", ("rich",)),
    "doctor": Extra("server", ("rich", "psutil")),
    "models": Extra("server", ("rich",)),
    "moderation": Extra("server", ("models", "safetensors")),
    "npc": Extra("server", ("models", "psutil")),
    "train": Extra("train", _TRAIN),
}


def check(command: str) -> None:
    """ConfigError if the command's extra is not installed, with what to install."""
    extra = NEEDED.get(command)
    if extra is None:
        return
    lacking = [name for name in extra.packages if importlib.util.find_spec(name) is None]
    if lacking:
        more = f" and {len(lacking) - _SHOWN} more" if len(lacking) > _SHOWN else ""
        raise ConfigError(
            f"`framebridge {command}` needs an extra that is not installed (no {', '.join(lacking[:_SHOWN])}{more}): "
            f'pip install "framebridge[{extra.name}]"'
        )
