"""Where a remote model is: `openai:` and the address before /chat/completions, as the configuration names it.

Errors never quote the address: what is wrong with it may be a key inside.
"""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from bridge.config import is_loopback
from bridge.errors import ConfigError

PREFIX = "openai:"

_LONGEST = 2048
_PLAIN = re.compile(r"[!-~]+")  # printable ASCII without a space
_EXAMPLE = f"such as {PREFIX}http://127.0.0.1:8000/v1"


def is_remote(model: str | None) -> bool:
    """Whether the name of a model is that of an endpoint."""
    return model is not None and model.startswith(PREFIX)


@dataclass(frozen=True, slots=True)
class Address:
    """The address of an endpoint, without a slash at its end."""

    url: str
    host: str
    encrypted: bool

    @classmethod
    def parse(cls, model: str) -> "Address":
        """The address in the name of a model. ConfigError for one that cannot be used."""
        text = model.removeprefix(PREFIX)
        parts = _split(text)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise _wrong(f"has no http:// or https:// and host; write it in full, {_EXAMPLE}")
        if parts.username is not None or parts.password is not None:
            raise _wrong("has a user or password in it; name the key with api-key-env or api-key-file instead")
        if "?" in text or "#" in text:
            raise _wrong("has a query or fragment; a key belongs in api-key-env or api-key-file")
        return cls(text.rstrip("/"), parts.hostname, parts.scheme == "https")

    @property
    def exposes(self) -> bool:
        """Whether others can read what is sent there: it leaves this machine unencrypted."""
        return not self.encrypted and not is_loopback(self.host)


def _split(text: str) -> SplitResult:
    if len(text) > _LONGEST or not _PLAIN.fullmatch(text):
        raise _wrong(f"is empty, too long, or has spaces or other than ASCII in it; write a plain one, {_EXAMPLE}")
    try:
        parts = urlsplit(text)
        _ = parts.port  # checked when read
    except ValueError:
        raise _wrong(f"is not a URL; write it in full, {_EXAMPLE}") from None
    return parts


def _wrong(why: str) -> ConfigError:
    return ConfigError(f"{PREFIX}...: the address after {PREFIX} {why}")
