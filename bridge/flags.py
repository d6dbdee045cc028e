"""The flags of `framebridge serve`: one per field of Config, with its unit and help text.

Knows neither torch nor gRPC, so that `--help` is instant.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from bridge.capabilities import CAPABILITIES, MODELS
from bridge.config import Config, Limits
from bridge.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag, the field it sets, and conversions of its value from and to text."""

    name: str
    field: str
    metavar: str
    help: str
    read: Callable[[str], Any]
    show: Callable[[Any], str] = str


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _millis(text: str) -> float:
    return float(text) / 1e3


def _mebibytes(text: str) -> int:
    return int(float(text) * 1024 * 1024)


def _show_millis(seconds: float) -> str:
    return f"{seconds * 1e3:g}"


FLAGS = (
    Flag("--host", "host", "ADDRESS", "address to listen on", str),
    Flag("--port", "port", "PORT", "port to listen on; 0 takes any free one and prints it", int),
    Flag("--device", "device", "DEVICE", "auto, cpu, cuda or cuda:N", str),
    Flag(
        "--models",
        "models",
        "NAMES",
        f"models to load, separated by commas, of {','.join(MODELS)}",
        _names,
        lambda names: ",".join(MODELS if names is None else names),
    ),
    Flag(
        "--slice-ms",
        "slice_seconds",
        "MS",
        "target length of a slice: how long a model may hold the device",
        _millis,
        _show_millis,
    ),
    Flag(
        "--memory-limit-mib",
        "memory_limit_bytes",
        "MIB",
        "memory that models may hold on the device; on CUDA, a limit on all use",
        _mebibytes,
        lambda value: "no limit" if value is None else f"{value >> 20}",
    ),
    Flag("--dialogue-slots", "dialogue_slots", "N", "full-length conversations that fit the KV cache", int),
    Flag("--dialogue-context", "dialogue_context", "TOKENS", "context length of a conversation", int),
    Flag("--session-grace", "session_grace_seconds", "SECONDS", "how long the session of a lost client is kept", float),
    Flag("--drain", "drain_seconds", "SECONDS", "time to finish requests in flight when stopping", float),
    Flag(
        "--warm-up-pace-ms",
        "warm_up_pace",
        "MS",
        "pace of a model's warm-up beside other work; lower is more urgent",
        _millis,
        _show_millis,
    ),
    Flag("--token-pace-ms", "token_pace", "MS", "longest gap between the tokens of a reply", _millis, _show_millis),
    Flag(
        "--trace",
        "trace",
        "FILE",
        "record arrivals, budgets and costs (never payloads) for the simulator",
        Path,
        lambda value: "none" if value is None else str(value),
    ),
    Flag(
        "--metrics-port",
        "metrics_port",
        "PORT",
        "port of GET /metrics for Prometheus, at the same address; 0 takes any free one and prints it",
        int,
        lambda value: "off" if value is None else str(value),
    ),
)

_WORK = {
    f"--{work.flag}-ms": work for capability in CAPABILITIES for work in capability.work
}  # default budget per kind of work


def add_flags(parser: argparse.ArgumentParser, *, without: Sequence[str] = ()) -> None:
    """Add a flag for each field of Config to a parser."""
    default = Config()
    for flag in FLAGS:
        if flag.field in without:
            continue
        shown = flag.show(getattr(default, flag.field))
        parser.add_argument(
            flag.name,
            dest=flag.field,
            metavar=flag.metavar,
            type=_reader(flag),
            help=f"{flag.help} (default: {shown})",
            default=argparse.SUPPRESS,
        )
    for name, work in _WORK.items():
        shown = f"{work.help} (default: {_show_millis(work.budget)})"
        parser.add_argument(name, dest=work.name, metavar="MS", type=_budget, help=shown, default=argparse.SUPPRESS)
    parser.add_argument(
        "--insecure", action="store_true", help="allow an address that other machines can reach, without TLS"
    )
    parser.add_argument(
        "--limit",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="change a limit sent to clients; may be repeated. Names: "
        + ", ".join(limit.name for limit in fields(Limits)),
    )


def config_of(arguments: argparse.Namespace) -> Config:
    """The configuration from parsed flags. ConfigError names the wrong flag."""
    given = {flag.field: getattr(arguments, flag.field) for flag in FLAGS if hasattr(arguments, flag.field)}
    given["budgets"] = {
        work.name: getattr(arguments, work.name) for work in _WORK.values() if hasattr(arguments, work.name)
    }
    return Config(**given, insecure=arguments.insecure, limits=_limits(arguments.limit))


def arguments_of(config: Config) -> list[str]:
    """The command line for a configuration, to start a server as a child process."""
    default = Config()
    words = [
        word
        for flag in FLAGS
        if getattr(config, flag.field) != getattr(default, flag.field)
        for word in (flag.name, flag.show(getattr(config, flag.field)))
    ]
    for name, work in _WORK.items():
        if work.name in config.budgets:
            words += [name, _show_millis(config.budgets[work.name])]
    return [*words, "--insecure"] if config.insecure else words


def _budget(text: str) -> float:
    try:
        return _millis(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not MS") from None


def _reader(flag: Flag) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        try:
            return flag.read(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not {flag.metavar}") from None

    return read


def _limits(words: Sequence[str]) -> Limits:
    limits = Limits()
    for word in words:
        name, _, value = word.partition("=")
        if name not in {limit.name for limit in fields(Limits)}:
            raise ConfigError(f"--limit {word}: no such limit; `framebridge serve --help` lists them")
        try:
            number = type(getattr(limits, name))(value)
        except ValueError:
            raise ConfigError(f"--limit {word}: {value!r} is not a number") from None
        if not number > 0:
            raise ConfigError(f"--limit {word}: must be above 0")
        limits = replace(limits, **{name: number})
    return limits
