"""Writes a configuration as TOML that `--config` reads back, with the help text and the default of each key."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from bridge.config import Config
from bridge.errors import ConfigError
from bridge.flag import Flag
from bridge.flags import ALL_FLAGS, LIMITS, option_flag, value_of
from bridge.sources.options import OPTIONS, options_of
from bridge.value_kinds import in_bounds

if TYPE_CHECKING:
    from bridge.device.own_models import OwnModel

_HEAD = (
    "# Configuration of a server: `framebridge serve --config FILE` reads it, `framebridge config` prints it.\n"
    "# Flags on the command line win over this file. A key with # before it is not set; its value is an example.\n"
    f"# Each model of your own may have a table [models.NAME], with {', '.join(option.key for option in OPTIONS)}.\n"
)


def text_of(config: Config, own: Sequence["OwnModel"] = ()) -> str:
    """A configuration as TOML; of its own models in `own` also the options that it leaves as they are declared."""
    flags = [*ALL_FLAGS, *_option_flags(config, own)]
    tables = sorted(dict.fromkeys(flag.key[:-1] for flag in flags), key=bool)  # what is in no table comes first
    return _HEAD + "".join(
        line for table in tables for line in _table(table, [flag for flag in flags if flag.key[:-1] == table], config)
    )


def written(flag: Flag, value: Any) -> str:
    """A key with its value."""
    return f"{flag.key[-1]} = {flag.kind.dumped(value)}"


def _option_flags(config: Config, own: Sequence["OwnModel"]) -> Iterator[Flag]:
    for model in own:
        yield from (option_flag(model.name, option, getattr(model, option.field)) for option in options_of(model))
    known = {model.name for model in own}
    for name, options in config.model_options.items():
        if name not in known:
            yield from (option_flag(name, option) for option in OPTIONS if option.field in options)


def _table(table: tuple[str, ...], flags: Sequence[Flag], config: Config) -> Iterator[str]:
    if table:
        yield f"\n[{'.'.join(table)}]\n"
    for number, flag in enumerate(flags):
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
    texts = value if isinstance(value, tuple) else (str(value),)
    if any("\ud800" <= character <= "\udfff" for text in texts for character in text):  # bytes that are not UTF-8
        raise ConfigError(f"{flag.name} {str(value)!a} cannot be written to a file; use a name that is valid text")
    return written(flag, value)


def _default(flag: Flag) -> str:
    return flag.unset if flag.default is None else flag.kind.dumped(flag.default)
