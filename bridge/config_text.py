"""Writes a configuration as TOML that `--config` reads back, with the help text and the default of each key."""

from collections.abc import Iterator
from typing import Any

from bridge.config import Config
from bridge.errors import ConfigError
from bridge.flags import ALL_FLAGS, LIMITS, Flag, value_of
from bridge.value_kinds import in_bounds

_HEAD = (
    "# Configuration of a server: `framebridge serve --config FILE` reads it, `framebridge config` prints it.\n"
    "# Flags on the command line win over this file. A key with # before it is not set; its value is an example.\n"
)


def text_of(config: Config) -> str:
    """A configuration as TOML."""
    tables = sorted(dict.fromkeys(flag.key[:-1] for flag in ALL_FLAGS), key=bool)  # what is in no table comes first
    return _HEAD + "".join(line for table in tables for line in _table(table, config))


def written(flag: Flag, value: Any) -> str:
    """A key with its value."""
    return f"{flag.key[-1]} = {flag.kind.dumped(value)}"


def _table(table: tuple[str, ...], config: Config) -> Iterator[str]:
    if table:
        yield f"\n[{'.'.join(table)}]\n"
    for number, flag in enumerate(flag for flag in ALL_FLAGS if flag.key[:-1] == table):
        if flag.help:
            yield "" if table and not number else "\n"
            yield f"# {flag.help} (default: {_default(flag)})\n{_line(flag, config)}\n"
        else:
            yield f"{_line(flag, config)}  # default: {_default(flag)}\n"


def _line(flag: Flag, config: Config) -> str:
    value = value_of(config, flag)
    if value is None:
        return f"# {written(flag, flag.sample)}"
    if not in_bounds(value):
        name = f"--limit {flag.key[-1]}=" if flag in LIMITS else f"{flag.name} "
        shown = flag.kind.show(value)
        raise ConfigError(f"{name}{shown} cannot be written to a file; use a number that is finite and not negative")
    if any("\ud800" <= character <= "\udfff" for character in str(value)):  # bytes that are not UTF-8
        raise ConfigError(f"{flag.name} {str(value)!a} cannot be written to a file; use a name that is valid text")
    return written(flag, value)


def _default(flag: Flag) -> str:
    return flag.unset if flag.default is None else flag.kind.dumped(flag.default)
