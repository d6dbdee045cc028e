"""Reads a configuration file (TOML): each flag of `framebridge serve` has a key there, and flags win over the file.

ConfigError names the file, the key and what to write instead.
"""

import argparse
import contextlib
import difflib
import math
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from bridge.capabilities import ALL_MODELS
from bridge.capabilities.dialogue.adapters import check_adapters
from bridge.config import Config
from bridge.config_text import written
from bridge.errors import ConfigError
from bridge.flag import Flag
from bridge.flags import ALL_FLAGS, LIMITS, config_of, given_by, located, option_flag
from bridge.sources import language
from bridge.sources.options import OPTIONS, option_of
from bridge.value_kinds import ADAPTER, ADAPTERS, NAMES, OUTCOMES, SOURCES, in_bounds

_Path = tuple[str, ...]

_FLAGS: Mapping[_Path, Flag] = {flag.key: flag for flag in ALL_FLAGS}
_TABLES = {key[:depth] for key in _FLAGS for depth in range(1, len(key))} | {("models", name) for name in ALL_MODELS}
_CALLED: Mapping[type, str] = {
    bool: "a boolean",
    int: "a whole number",
    Decimal: "a float",
    str: "a string",
    list: "an array",
    dict: "a table",
    date: "a date",
    datetime: "a date",
    time: "a time",
}
_CLOSE = 0.75


def effective(arguments: argparse.Namespace) -> Config:
    """The configuration from parsed flags, the file that they name, and defaults, in this order."""
    if arguments.config is None:
        return config_of(arguments)
    return ConfigFile.read(arguments.config, own="sources" in given_by(arguments)).under(arguments)


def config_in(file: Path | None) -> Config | None:
    """The configuration in a file alone, whose models may be another machine's; None without a file."""
    if file is None:
        return None
    return ConfigFile.read(file, own=True).under(argparse.Namespace(limit=[], model_option=[]))


def check_models(arguments: argparse.Namespace, config: Config, own: Collection[str]) -> None:
    """ConfigError, naming flag or file and key, for a model that is neither FrameBridge's nor one of `own`."""
    given = given_by(arguments)
    known = (*ALL_MODELS, *own)
    for name in config.models or ():
        if name not in known:
            place = f"--models {name}" if "models" in given else f"{arguments.config}: models.load: {name!r}"
            raise ConfigError(f"{place}: not known; {_nearest(name, known)}")
    for name, options in config.model_options.items():
        if name not in own:
            place = f"{arguments.config}: models.{name}"
            for option in OPTIONS:
                if option.field in options and option_flag(name, option).field in given:
                    place = f"{option_flag(name, option).name} {name}.{option.key}"
            there = _nearest(name, tuple(own)) if own else "name its source with --model, or own in [models]"
            raise ConfigError(f"{place}: there is no model {name!r} of your own; {there}")


def check_dialogue_model(arguments: argparse.Namespace, config: Config) -> None:
    """ConfigError, naming flag or file and key, for a language model or an adapter of it that is not there."""
    with _placed(arguments, "dialogue_model", "--dialogue-model", "models.dialogue.model"):
        if config.dialogue_model is not None:
            language.check(config.dialogue_model)
    with _placed(arguments, "dialogue_adapters", "--dialogue-adapter", "models.dialogue.adapters"):
        check_adapters(config.dialogue_model, config.dialogue_adapters, None)
    with _placed(arguments, "dialogue_npc_adapter", "--dialogue-npc-adapter", "models.dialogue.npc-adapter"):
        check_adapters(config.dialogue_model, config.dialogue_adapters, config.dialogue_npc_adapter)


@contextlib.contextmanager
def _placed(arguments: argparse.Namespace, field: str, flag: str, key: str) -> Iterator[None]:
    """Name the flag or the key of the file in a ConfigError about a field."""
    try:
        yield
    except ConfigError as error:
        place = flag if field in given_by(arguments) else f"{arguments.config}: {key}"
        raise ConfigError(f"{place}: {error}") from None


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """What a configuration file says, by field of Config as in `Flag.field`."""

    path: Path
    values: Mapping[str, Any]

    @classmethod
    def read(cls, path: Path, *, own: bool = False) -> "ConfigFile":
        """Read a file. Ranges are checked by `under`, since a flag may override a value.

        With `own`, or if it names sources of its own, names of models are left to `check_models`.
        """
        try:
            parsed = _parsed(_text(path))
            models = parsed.get("models")
            own = own or (isinstance(models, dict) and bool(models.get("own")))
            values = {
                flag.field: located(flag.kind, _value(flag, found, own), path.parent)
                for flag, found in _found(parsed, (), own)
            }
            return cls(path, values)
        except _Wrong as wrong:
            raise ConfigError(f"{path}: {wrong}") from None

    def under(self, arguments: argparse.Namespace) -> Config:
        """The configuration from this file and the flags over it."""
        own = self.values.keys() - given_by(arguments).keys()
        try:
            return config_of(arguments, self.values)
        except ConfigError as error:
            name, _, rest = str(error).partition(" ")
            for flag in ALL_FLAGS:
                if flag.name == name and flag.field in own:
                    raise ConfigError(f"{self.path}: {_dotted(flag.key)} {rest}") from None
            raise


class _Wrong(Exception):
    """What is wrong in a file, and what to write instead."""


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise _Wrong("no such file; `framebridge config` prints one to start from") from None
    except OSError as error:
        if path.is_dir():
            raise _Wrong("a folder; name the file in it") from None
        raise _Wrong(f"cannot be read ({error.strerror}); check its permissions") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _Wrong(f"not UTF-8 (at line {line}); save it as UTF-8") from None


def _parsed(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise _Wrong(f"not valid TOML: {error}") from None


def _found(table: Mapping[str, Any], tables: _Path, own: bool) -> Iterator[tuple[Flag, Any]]:
    """All values of a table and those in it, with their flags. With `own`, other models may have tables too."""
    for name, found in table.items():
        key = (*tables, name)
        if key in _FLAGS:
            yield _FLAGS[key], found
        elif own and tables == ("models",) and key not in _TABLES and isinstance(found, dict) and "." not in name:
            yield from _options(found, key)
        elif key not in _TABLES:
            raise _Wrong(f"{_dotted(key)}: no such key; {_suggestion(key, is_table=isinstance(found, dict))}")
        elif isinstance(found, dict):
            yield from _found(found, key, own)
        else:
            raise _Wrong(f"{_dotted(key)} is {_called(found)}; use a table: {_example_table(key)}")


def _options(table: Mapping[str, Any], key: _Path) -> Iterator[tuple[Flag, Any]]:
    """The values in the table of a model of the operator's own."""
    for name, found in table.items():
        option = option_of(name)
        if option is None:
            keys = [option.key for option in OPTIONS]
            raise _Wrong(f"{_dotted((*key, name))}: no such key; {_nearest(name, keys)}")
        yield option_flag(key[-1], option), found


def _nearest(name: str, known: Collection[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {close[0]}?" if close else f"there {'is' if len(known) == 1 else 'are'} {', '.join(known)}"


def _suggestion(key: _Path, *, is_table: bool) -> str:
    """The key that was probably meant."""
    tables = {_dotted(table): _dotted(table) for table in _TABLES}
    keys = {_dotted(flag.key): _dotted(flag.key) for flag in ALL_FLAGS}
    names = {flag.key[-1]: _dotted(flag.key) for flag in ALL_FLAGS}
    names |= {flag.name.removeprefix("--"): _dotted(flag.key) for flag in ALL_FLAGS if flag not in LIMITS}
    for said, meant in ((_dotted(key), tables if is_table else keys), (key[-1], names), (_dotted(key), tables)):
        close = difflib.get_close_matches(said.lower(), meant, n=1, cutoff=_CLOSE)
        if close:
            return f"did you mean {meant[close[0]]}?"
    if is_table and key[:1] == ("models",):
        return 'a model of your own needs its source beside it, such as [models] own = ["./portraits.py:STYLE"]'
    return "`framebridge config` prints all"


def _value(flag: Flag, found: Any, own: bool) -> Any:
    """A value of the file as that of a field."""
    key = _dotted(flag.key)
    if type(found) not in flag.kind.in_file:
        raise _Wrong(f"{key} is {_called(found)}; use {flag.kind.name}, such as {_example(flag)}")
    if flag.kind in (NAMES, SOURCES):
        _check_names(flag, found, () if own or flag.kind is SOURCES else ALL_MODELS)
    if flag.kind is ADAPTERS:
        _check_adapters(flag, found)
    texts = list(found.values()) if isinstance(found, dict) else found if isinstance(found, list) else [found]
    texts = [text for text in texts if isinstance(text, str)]
    if any("\0" in text for text in texts):
        raise _Wrong(f"{key} has a zero character in it; leave it out, such as {_example(flag)}")
    try:
        value = flag.kind.loaded(found)
    except (ValueError, OverflowError):
        if flag.kind is OUTCOMES:
            raise _Wrong(f"{key} has to say pass, mark or hold for each class, such as {_example(flag)}") from None
        value = math.nan
    if flag in LIMITS and not value > 0:
        raise _Wrong(f"{key} has to be above 0, such as {_example(flag)}")
    if not in_bounds(value):
        raise _Wrong(f"{key} has to be finite and not negative, such as {_example(flag)}")
    option = option_of(flag.key[-1]) if flag.field.startswith("model_options.") else None
    if option is not None and (mend := option.mend(value)):
        raise _Wrong(f"{key} is out of range; {mend}")
    return value


def _check_adapters(flag: Flag, found: Mapping[str, Any]) -> None:
    for name, folder in found.items():
        key = _dotted((*flag.key, name))
        if not ADAPTER.fullmatch(name):
            raise _Wrong(f"{key}: is no name of an adapter; use letters, digits, - and _")
        if not isinstance(folder, str) or not folder:
            raise _Wrong(f"{key} is {_called(folder) if folder else 'empty'}; use the folder of the adapter")


def _check_names(flag: Flag, found: list[Any], known: Collection[str]) -> None:
    for name in found:
        if not isinstance(name, str):
            raise _Wrong(
                f"{_dotted(flag.key)} has {_called(name)} in it; use {flag.kind.name}, such as {_example(flag)}"
            )
        if known and name not in known:
            raise _Wrong(f"{_dotted(flag.key)}: {name!r} is not a model; {_nearest(name, known)}")


def _example(flag: Flag) -> str:
    return written(flag, flag.default if flag.sample is None else flag.sample)


def _example_table(key: _Path) -> str:
    inside = next((flag for flag in ALL_FLAGS if flag.key[:-1] == key), None)
    return f"[{_dotted(key)}]" + (f", with {_example(inside)} in it" if inside else "")


def _called(found: Any) -> str:
    return _CALLED[type(found)]


def _dotted(key: _Path) -> str:
    return ".".join(name if name.isprintable() and name and "." not in name else repr(name) for name in key)
