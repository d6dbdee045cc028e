"""The flags of `framebridge serve`: one per field of Config, with its kind of value, help text and key in a file.

Knows neither torch nor gRPC, so that `--help` is instant.
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from bridge.capabilities import ALL_MODELS, CAPABILITIES, MODELS
from bridge.config import Config, Limits
from bridge.errors import ConfigError
from bridge.flag import Flag
from bridge.flag import flag as _flag
from bridge.moderation_flags import MODERATION
from bridge.npc_flags import NPCS
from bridge.sources import language
from bridge.sources.options import OPTIONS, Option, option_of
from bridge.sources.reference import absolute
from bridge.value_kinds import (
    ADAPTERS,
    FILE,
    FOLDER,
    MEBIBYTES,
    MILLIS,
    MODEL,
    NAMES,
    NUMBER,
    SOURCES,
    SWITCH,
    TEXT,
    WHOLE,
    ValueKind,
)

FLAGS = (
    _flag("--host", "host", "ADDRESS", "address to listen on", TEXT),
    _flag("--port", "port", "PORT", "port to listen on; 0 takes any free one and prints it", WHOLE),
    _flag("--device", "device", "DEVICE", "auto, cpu, cuda or cuda:N", TEXT),
    _flag(
        "--models",
        "models",
        "NAMES",
        f"models to load, separated by commas, of {','.join(ALL_MODELS)}; or none; those of --model are loaded besides",
        NAMES,
        unset=",".join(MODELS),
        sample=MODELS,
        path=("models", "load"),
    ),
    _flag(
        "--model",
        "sources",
        "SOURCE",
        "a model of your own to load; may be repeated: my_pkg.module:ATTRIBUTE, ./file.py:ATTRIBUTE, ./file.pt2, or "
        "the name of an installed one",
        SOURCES,
        sample=("./portraits.py:STYLE",),
        path=("models", "own"),
        repeats=True,
    ),
    _flag(
        "--slice-ms",
        "slice_seconds",
        "MS",
        "target length of a slice: how long a model may hold the device",
        MILLIS,
    ),
    _flag(
        "--memory-limit-mib",
        "memory_limit_bytes",
        "MIB",
        "memory that models may hold on the device; on CUDA, a limit on all use",
        MEBIBYTES,
        unset="no limit",
        sample=4 << 30,
    ),
    _flag(
        "--dialogue-model",
        "dialogue_model",
        "MODEL",
        "language model that characters speak with: a .gguf file, or a folder with config.json and safetensors, "
        "hf:FOLDER for one that only transformers knows, or openai:URL for an OpenAI-compatible endpoint",
        MODEL,
        unset="the embedded SmolLM2-135M-Instruct",
        sample="./Qwen2.5-1.5B-Instruct-Q4_K_M.gguf",
        path=("models", "dialogue", "model"),
    ),
    _flag(
        "--dialogue-remote-model",
        "dialogue_remote_model",
        "NAME",
        "the endpoint's name for the model",
        TEXT,
        unset="the only one that the endpoint lists",
        sample="Qwen/Qwen2.5-1.5B-Instruct",
        path=("models", "dialogue", "remote-model"),
    ),
    _flag(
        "--dialogue-api-key-env",
        "dialogue_api_key_env",
        "VARIABLE",
        "environment variable that holds the key for the endpoint",
        TEXT,
        unset="no key",
        sample="DIALOGUE_API_KEY",
        path=("models", "dialogue", "api-key-env"),
    ),
    _flag(
        "--dialogue-api-key-file",
        "dialogue_api_key_file",
        "FILE",
        "file that holds the key for the endpoint, and nothing else",
        FILE,
        unset="no key",
        sample=Path("dialogue.key"),
        path=("models", "dialogue", "api-key-file"),
    ),
    _flag(
        "--dialogue-requests",
        "dialogue_requests",
        "N",
        "replies that the endpoint may be asked for at once",
        WHOLE,
        path=("models", "dialogue", "requests"),
    ),
    _flag(
        "--dialogue-timeout",
        "dialogue_timeout",
        "SECONDS",
        "how long the endpoint may send nothing before a reply is given up",
        NUMBER,
        path=("models", "dialogue", "timeout"),
    ),
    _flag(
        "--dialogue-slots",
        "dialogue_slots",
        "N",
        "full-length conversations that fit the KV cache",
        WHOLE,
        path=("models", "dialogue", "slots"),
    ),
    _flag(
        "--dialogue-context",
        "dialogue_context",
        "TOKENS",
        "context length of a conversation",
        WHOLE,
        path=("models", "dialogue", "context"),
    ),
    *NPCS,
    _flag(
        "--session-grace", "session_grace_seconds", "SECONDS", "how long the session of a lost client is kept", NUMBER
    ),
    _flag("--drain", "drain_seconds", "SECONDS", "time to finish requests in flight when stopping", NUMBER),
    _flag(
        "--warm-up-pace-ms",
        "warm_up_pace",
        "MS",
        "pace of a model's warm-up beside other work; lower is more urgent",
        MILLIS,
    ),
    _flag("--token-pace-ms", "token_pace", "MS", "longest gap between the tokens of a reply", MILLIS),
    _flag(
        "--trace",
        "trace",
        "FILE",
        "record arrivals, budgets and costs (never payloads) for the simulator",
        FILE,
        unset="none",
        sample=Path("trace.jsonl"),
    ),
    _flag(
        "--metrics-port",
        "metrics_port",
        "PORT",
        "port of GET /metrics for Prometheus, at the same address; 0 takes any free one and prints it",
        WHOLE,
        unset="off",
        sample=9464,
    ),
    *MODERATION,
)

BUDGETS = tuple(
    Flag(f"--{work.flag}-ms", f"budgets.{work.name}", "MS", work.help, MILLIS, work.budget)
    for capability in CAPABILITIES
    for work in capability.work
)

INSECURE = _flag("--insecure", "insecure", "", "allow an address that other machines can reach, without TLS", SWITCH)

_LIMIT_KINDS: Mapping[object, ValueKind] = {int: WHOLE, float: NUMBER}

LIMITS = tuple(
    Flag(
        "--limit", f"limits.{limit.name}", "", "", _LIMIT_KINDS[limit.type], limit.default, path=("limits", limit.name)
    )
    for limit in fields(Limits)
)

ALL_FLAGS = (*FLAGS, *BUDGETS, INSECURE, *LIMITS)  # one for each value of a configuration

_OPTION = "--model-option"


def option_flag(model: str, option: Option, declared: Any = None) -> Flag:
    """An option of one model of the operator's own; `declared` is what its code says."""
    known = declared not in (None, "")
    return Flag(
        _OPTION,
        f"model_options.{model}.{option.field}",
        "",
        option.help,
        option.kind,
        None,
        unset=option.kind.dumped(declared) if known else "as declared",
        sample=declared if known else option.sample,
        path=("models", model, option.key),
    )


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Add a flag for each field of Config to a parser, and one for a file with all of them."""
    parser.add_argument(
        "--config",
        metavar="FILE",
        type=Path,
        help="read the configuration from a TOML file; flags win over it (`framebridge config` prints one)",
    )
    for flag in (*FLAGS, *BUDGETS):
        default = f" (default: {flag.shown_default})" if flag.shown_default else ""
        parser.add_argument(
            flag.name,
            dest=flag.field,
            action="extend" if flag.repeats else "store",
            metavar=flag.metavar,
            type=_reader(flag),
            help=flag.help + default,
            default=argparse.SUPPRESS,
        )
    parser.add_argument(
        _OPTION,
        action="append",
        default=[],
        metavar="NAME.KEY=VALUE",
        help="change what a model of your own declares; may be repeated. Keys: "
        + ", ".join(option.key for option in OPTIONS),
    )
    parser.add_argument(
        INSECURE.name, dest=INSECURE.field, action="store_true", help=INSECURE.help, default=argparse.SUPPRESS
    )
    parser.add_argument(
        "--limit",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="change a limit sent to clients; may be repeated. Names: " + ", ".join(limit.key[-1] for limit in LIMITS),
    )


def config_of(arguments: argparse.Namespace, file: Mapping[str, Any] | None = None) -> Config:
    """The configuration from parsed flags, and the values by field of a file. ConfigError names the wrong flag."""
    given = {**(file or {}), **given_by(arguments)}
    own = {flag.field: given[flag.field] for flag in (*FLAGS, INSECURE) if flag.field in given}
    budgets = {
        flag.field.removeprefix("budgets."): given[flag.field]
        for flag in BUDGETS
        if given.get(flag.field, flag.default) != flag.default
    }
    limits = {limit.key[-1]: given[limit.field] for limit in LIMITS if limit.field in given}
    options: dict[str, dict[str, Any]] = {}
    for field, value in given.items():
        outer, _, inner = field.partition(".")
        if outer == "model_options":
            model, _, name = inner.partition(".")
            options.setdefault(model, {})[name] = value
    return Config(**own, budgets=budgets, limits=Limits(**limits), model_options=options)


def given_by(arguments: argparse.Namespace) -> dict[str, Any]:
    """The values by field that the command line gives."""
    repeats = {flag.field: flag.repeats for flag in ALL_FLAGS}
    given = {
        field: tuple(value) if repeats[field] else value for field, value in vars(arguments).items() if field in repeats
    }
    return given | _limits(arguments.limit) | _options(arguments.model_option)


def value_of(config: Config, flag: Flag) -> Any:
    """The value that a configuration has for a flag."""
    outer, _, name = flag.field.rpartition(".")
    if outer == "budgets":
        return config.budgets.get(name, flag.default)
    if outer.startswith("model_options."):
        return config.model_options.get(outer.partition(".")[2], {}).get(name)
    return getattr(config.limits if outer == "limits" else config, name)


def arguments_of(config: Config) -> list[str]:
    """The command line for a configuration, to start a server as a child process."""
    words = [
        word
        for flag in (*FLAGS, *BUDGETS)
        if (value := value_of(config, flag)) != flag.default
        for one in (value if flag.repeats else (value,))
        for word in (flag.name, one if flag.repeats else flag.kind.show(one))
    ]
    for model, options in config.model_options.items():
        for option in OPTIONS:
            if option.field in options:
                words += [_OPTION, f"{model}.{option.key}={option.kind.show(options[option.field])}"]
    return [*words, INSECURE.name] if config.insecure else words


def located(kind: ValueKind, value: Any, folder: Path) -> Any:
    """A value as its kind reads it, with paths of models that are relative to `folder` made absolute."""
    if kind is SOURCES:
        return tuple(absolute(source, folder) for source in value)
    if kind is ADAPTERS:
        pairs = (text.partition("=") for text in value)
        return tuple(f"{name}={language.absolute_path(path, folder)}" for name, _, path in pairs)
    if kind is FOLDER:
        return language.absolute_path(value, folder)
    return language.absolute(value, folder) if kind is MODEL else value


def _reader(flag: Flag) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        try:
            return located(flag.kind, flag.kind.read(text), Path.cwd())
        except (ValueError, OverflowError):
            raise argparse.ArgumentTypeError(f"{text!r} is not {flag.metavar}") from None

    return read


def _limits(words: Sequence[str]) -> dict[str, Any]:
    by_name = {limit.key[-1]: limit for limit in LIMITS}
    given = {}
    for word in words:
        name, _, value = word.partition("=")
        if name not in by_name:
            raise ConfigError(f"--limit {word}: no such limit; `framebridge serve --help` lists them")
        try:
            number = by_name[name].kind.read(value)
        except ValueError:
            raise ConfigError(f"--limit {word}: {value!r} is not a number") from None
        if not number > 0:
            raise ConfigError(f"--limit {word}: must be above 0")
        given[by_name[name].field] = number
    return given


def _options(words: Sequence[str]) -> dict[str, Any]:
    given = {}
    for word in words:
        path, _, value = word.partition("=")
        model, _, key = path.partition(".")
        option = option_of(key)
        if option is None:
            raise ConfigError(
                f"{_OPTION} {word}: no such option; use NAME.KEY=VALUE with a key of "
                f"{', '.join(option.key for option in OPTIONS)}"
            )
        try:
            found = option.kind.read(value)
        except (ValueError, OverflowError):
            raise ConfigError(f"{_OPTION} {word}: {value!r} is not {option.kind.name}") from None
        if mend := option.mend(found):
            raise ConfigError(f"{_OPTION} {word}: {mend}")
        given[option_flag(model, option).field] = found
    return given
