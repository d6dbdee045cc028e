"""The text that names models: which kind of source it is, and its parts. Reads and imports nothing."""

import enum
import os
import re
from dataclasses import dataclass
from pathlib import Path

from bridge.errors import ConfigError
from bridge.sources.prefixes import PREFIXES

_ATTRIBUTES = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_RELATIVE = ("./", "../", ".\\", "..\\")
_FORMS = (
    "use my_pkg.module:ATTRIBUTE, ./file.py:ATTRIBUTE, ./file.pt2 or the name of an installed model "
    "(`framebridge models` lists these)"
)


class Kind(enum.Enum):
    """Where models come from."""

    MODULE = "module"
    FILE = "file"
    EXPORTED = "exported"
    INSTALLED = "installed"
    PREFIXED = "prefixed"


@dataclass(frozen=True, slots=True)
class Reference:
    """A source, taken apart. `text` is as the operator wrote it, with paths made absolute."""

    text: str
    kind: Kind
    target: str  # a module, a path, an entry point, or what follows a prefix
    attribute: str = ""  # of a module or file; of a prefix its name

    @classmethod
    def of(cls, text: str) -> "Reference":
        """Take a source apart. ConfigError if it is none."""
        prefix, _, rest = text.partition(":")
        if prefix in PREFIXES:
            return cls(text, Kind.PREFIXED, rest, prefix)
        if text.endswith(".pt2"):
            return cls(text, Kind.EXPORTED, text)
        if text.endswith(".py"):
            raise ConfigError(f"--model {text}: say which model of the file, as in {text}:ATTRIBUTE")
        target, colon, attribute = text.rpartition(":")
        if not colon and re.fullmatch(r"[\w-]+", text):
            return cls(text, Kind.INSTALLED, text)
        if not _ATTRIBUTES.fullmatch(attribute):
            raise ConfigError(f"--model {text}: not a source of models; {_FORMS}")
        if target.endswith(".py"):
            return cls(text, Kind.FILE, target, attribute)
        if not _ATTRIBUTES.fullmatch(target):
            raise ConfigError(f"--model {text}: not a source of models; {_FORMS}")
        return cls(text, Kind.MODULE, target, attribute)


def absolute(text: str, folder: Path) -> str:
    """The same source, with a path that is relative to `folder` made absolute."""
    prefix, _, rest = text.partition(":")
    if prefix in PREFIXES:
        return f"{prefix}:{_absolute(rest, folder)}" if rest.startswith(_RELATIVE) else text
    if text.endswith((".pt2", ".py")):
        return _absolute(text, folder)
    target, _, attribute = text.rpartition(":")
    return f"{_absolute(target, folder)}:{attribute}" if target.endswith(".py") else text


def _absolute(path: str, folder: Path) -> str:
    return os.path.normpath(folder.absolute() / path)
