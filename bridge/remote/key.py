"""The key for an endpoint: read from the environment or a file, sent in one header, shown nowhere."""

import os
import re
from pathlib import Path

from bridge.errors import ConfigError

_LONGEST = 8192
_KEY = re.compile(r"[!-~]+")  # what a header may hold without quoting


class Key:
    """A key. Its text and its repr do not show it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def __repr__(self) -> str:
        return "Key(hidden)"

    @property
    def header(self) -> dict[str, str]:
        """What a request carries."""
        return {"Authorization": f"Bearer {self._value}"}

    def hidden_in(self, text: str) -> str:
        """A text of the endpoint's, which may repeat the key, without it."""
        return text.replace(self._value, "(key)")


def read_key(variable: str | None, file: Path | None) -> Key | None:
    """The key in an environment variable or a file; None if neither is named. ConfigError, which never quotes it, if it
    cannot be used.
    """
    if variable and file:
        raise ConfigError("--dialogue-api-key-env and --dialogue-api-key-file are both set; use one of them")
    if variable:
        return _checked(os.environ.get(variable, ""), f"--dialogue-api-key-env {variable}: the variable")
    return _checked(_read(file), f"--dialogue-api-key-file {file}: the file") if file else None


def _read(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return opened.read(_LONGEST + 1).decode("ascii", "replace")
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise ConfigError(f"--dialogue-api-key-file {file}: cannot be read ({why}); put the key into it") from None


def _checked(value: str, what: str) -> Key:
    value = value.strip()
    if not value:
        raise ConfigError(f"{what} is not set, or empty; put the key there, or leave the setting out")
    if len(value) > _LONGEST or not _KEY.fullmatch(value):
        raise ConfigError(f"{what} holds no key: it is too long, or has spaces or other than ASCII in it")
    return Key(value)
