"""The `framebridge` command. Subcommands import what they need when they run, so that --help is instant."""

import argparse
import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from bridge import __version__, extras
from bridge.errors import BridgeError, ConfigError
from bridge.flags import add_flags
from bridge.sources.own_package import import_own_models
from bridge.tools.npc import command as npc

if TYPE_CHECKING:
    from bridge.config import Config
    from bridge.device.own_models import OwnModel

_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
_STAGES = ("preprocess", "train", "distil", "evaluate", "apply")
_SWITCH_SECONDS = 0.0005  # drawing the demo's view must not delay its game by a whole switch interval of Python
_DESCRIPTION = "Large models in game worlds: avatar textures, NPC dialogue and recognition inside the frame budget."


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code: 0 for success, 1 for a failure, 2 for an invalid command line."""
    _write_utf8()
    import_own_models()
    arguments = _parser().parse_args(argv)
    run: Callable[[argparse.Namespace], int] = arguments.run
    try:
        extras.check(arguments.command)
        return run(arguments)
    except ConfigError as error:
        print(f"framebridge: {error}", file=sys.stderr)
        return 2
    except BridgeError as error:
        print(f"framebridge: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="framebridge", description=_DESCRIPTION)
    parser.add_argument("--version", action="version", version=f"framebridge {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command", required=True)
    _add_serve(commands)
    _add_config(commands)
    _add_demo(commands)
    _add_top(commands)
    _add_doctor(commands)
    _add_models(commands)
    _add_moderation(commands)
    npc.add(commands)
    _add_train(commands)
    return parser


def _add_serve(commands: _Commands) -> None:
    parser = commands.add_parser(
        "serve",
        help="run a server until it is stopped",
        description="Run a server until it is stopped. Prints `serving at ADDRESS` once its models are ready.",
    )
    add_flags(parser)
    parser.set_defaults(run=_serve)


def _add_config(commands: _Commands) -> None:
    parser = commands.add_parser(
        "config",
        help="print the configuration of a server as a file",
        description="Print, as TOML that --config reads, the configuration of `framebridge serve` with the same flags.",
    )
    add_flags(parser)
    parser.set_defaults(run=_config)


def _add_demo(commands: _Commands) -> None:
    parser = commands.add_parser(
        "demo",
        help="start a server and play a short game against it",
        description="Start a server and play a simulated 60 fps game against it: a morphing avatar, two conversations "
        "and two cameras at once. First tries how much of it this machine carries, and plays that. Writes pictures, a "
        "transcript and summary.json.",
    )
    number = parser.add_argument
    number("--seconds", type=float, default=30.0, help="how long to play (default: %(default)g)")
    number("--out", type=Path, default=Path("demo_out"), help="output folder (default: %(default)s)")
    number("--port", type=int, default=0, help="port of the server (default: any free one)")
    number("--device", default="auto", help="device of the server: auto, cpu, cuda or cuda:N (default: auto)")
    number("--avatar-fps", type=float, default=30.0, help="texture frames per second (default: %(default)g)")
    number("--classify-fps", type=float, default=3.0, help="pictures to classify per second (default: %(default)g)")
    number(
        "--detect-fps", type=float, default=2.0, help="pictures to detect objects in per second (default: %(default)g)"
    )
    number("--avatar-budget-ms", type=float, default=50.0, help="budget of a texture frame (default: %(default)g)")
    number("--classify-budget-ms", type=float, default=66.0, help="budget of a classification (default: %(default)g)")
    number("--detect-budget-ms", type=float, default=150.0, help="budget of a detection (default: %(default)g)")
    number("--first-token-budget-ms", type=float, default=3000.0, help="budget of first words (default: %(default)g)")
    number("--characters", type=int, default=2, help="characters that talk: 1 or 2 (default: %(default)d)")
    number("--full-size", action="store_true", help="play all of this even if the machine does not carry it")
    number("--trace", type=Path, default=None, help="have the server record a trace for the simulator")
    number("--no-view", action="store_true", help="print plain lines instead of the live view")
    parser.set_defaults(run=_demo)


def _add_top(commands: _Commands) -> None:
    parser = commands.add_parser(
        "top",
        help="show what a running server does, and what makes its answers late",
        description="Show what a running server does, by kind of work and by client: rates, shares in budget, times, "
        "and the stage that late answers are attributed to. Without a terminal: once, as a plain table.",
    )
    parser.add_argument(
        "--server", metavar="ADDRESS", default="127.0.0.1:50051", help="the running server (default: %(default)s)"
    )
    parser.add_argument(
        "--interval", metavar="SECONDS", type=float, default=1.0, help="refresh interval (default: %(default)g)"
    )
    parser.add_argument(
        "--once", action="store_true", help="print one table of everything since the server's start, and exit"
    )
    parser.add_argument("--json", action="store_true", help="print the raw numbers once, as JSON")
    parser.set_defaults(run=_top)


def _add_doctor(commands: _Commands) -> None:
    parser = commands.add_parser(
        "doctor",
        help="check this machine and say how to fix each problem",
        description="Check Python, torch, device, port, weights and versions; says how to fix each problem. "
        "Exits with 1 if there is a problem.",
    )
    parser.add_argument("--port", type=int, default=50051, help="port to be used by a server (default: %(default)d)")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    parser.add_argument(
        "--config", metavar="FILE", type=Path, help="also check the remote model's endpoint that this file names"
    )
    parser.set_defaults(run=_doctor)


def _add_models(commands: _Commands) -> None:
    parser = commands.add_parser(
        "models",
        help="list, fetch, load and unload models",
        description="Without --server: list the models, whether their weights are installed and what other packages "
        "offer, or fetch missing weights. With --server: list, load and unload the models of a running server.",
    )
    parser.add_argument("action", nargs="?", default="list", choices=("list", "fetch", "load", "unload"))
    parser.add_argument("name", nargs="?", help="the model to load or unload")
    parser.add_argument("--server", metavar="ADDRESS", help="a running server, such as 127.0.0.1:50051")
    parser.add_argument(
        "--model",
        metavar="SOURCE",
        action="append",
        default=[],
        help="list what a source of models of your own declares, as for `framebridge serve --model`; runs its code",
    )
    parser.set_defaults(run=_models)


def _add_moderation(commands: _Commands) -> None:
    parser = commands.add_parser(
        "moderation",
        help="try the rules by which talk is moderated, or print them",
        description="Print the verdict on a text or each line of a file, or the list of rules that ships.",
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", dest="action", required=True)
    check = actions.add_parser("check", help="print the verdict on a text, or on each line of a file")
    check.add_argument("text", metavar="TEXT|FILE", help="what to check")
    check.add_argument("--config", metavar="FILE", type=Path, help="configuration of a server, with its [moderation]")
    check.add_argument("--list", metavar="FILE", type=Path, help="list of rules in place of the configuration's")
    actions.add_parser("list", help="print the list of rules that ships")
    parser.set_defaults(run=_moderation)


def _add_train(commands: _Commands) -> None:
    parser = commands.add_parser(
        "train",
        help="train a model of this repository",
        description=f"Train a model: {', '.join(_STAGES)}. Needs the extra framebridge[train].",
    )
    parser.add_argument("model", choices=("avatar", "dialogue"), help="what to train")
    number = parser.add_argument
    number("--out", type=Path, help="output folder (default: train_out, of the adapter train_dialogue_out)")
    number("--pictures", type=int, default=80_000, help="pictures to render for training (default: %(default)d)")
    number("--steps", type=int, help="steps of the generator (default: 5000) or of the adapter (default: 600)")
    number("--judge-steps", type=int, default=2_500, help="steps of the judge network (default: %(default)d)")
    number("--exit-steps", type=int, default=6_000, help="steps of the early exit for 32x32 (default: %(default)d)")
    number("--cases", type=int, help="held-out looks (default: 1000) or NPCs (default: 40) to evaluate on")
    number("--processes", type=int, default=1, help="rendering processes (default: %(default)d)")
    number("--threads", type=int, default=1, help="threads of the adapter's process (default: %(default)d)")
    number("--stages", nargs="+", choices=_STAGES, help="stages to run (default: all that the model has)")
    number("--shipped", action="store_true", help="use the weights in this repository, not those in OUT")
    number("--resume", action="store_true", help="resume the run in OUT")
    parser.set_defaults(run=_train)


def _serve(arguments: argparse.Namespace) -> int:
    config, own = _configured(arguments, _say)
    from bridge.capabilities import MODELS, helpers
    from bridge.sources.loading import with_options, with_own
    from bridge.tools.wheels import fetch

    config = with_own(config, own)
    names = (*(MODELS if config.models is None else config.models), *helpers(config))
    fetch([name for name in names if name != "dialogue" or config.dialogue_model is None], _say)
    _say("loading torch")
    from bridge.device.loop import run
    from bridge.server import serve

    _log_to_stderr()
    _treat_break_as_interrupt()
    run(
        serve(
            config,
            on_ready=lambda port: _say(f"serving at {_at(config.host, port)}"),
            progress=lambda model, state: _say(f"{model}: {state}"),
            models=with_options(config, own),
        )
    )
    return 0


def _config(arguments: argparse.Namespace) -> int:
    from bridge.config_text import text_of

    with contextlib.redirect_stdout(sys.stderr):  # what the operator's code prints is not part of the file
        config, own = _configured(arguments, lambda text: None)

    print(text_of(config, own), end="")
    return 0


def _configured(arguments: argparse.Namespace, say: Callable[[str], None]) -> "tuple[Config, Sequence[OwnModel]]":
    """The configuration in force, and the models of the operator's own as their code declares them."""
    from bridge.config_file import check_dialogue_model, check_models, effective

    config = effective(arguments)
    own: Sequence[OwnModel] = ()
    if config.sources:
        from bridge.sources.loading import own_models, with_options

        own = own_models(config, say)
        with_options(config, own)  # so that what is wrong with one is reported in either command
    check_models(arguments, config, [model.name for model in own])
    check_dialogue_model(arguments, config)
    return config, own


def _demo(arguments: argparse.Namespace) -> int:
    from bridge.tools.wheels import EVERYONE, fetch

    fetch(EVERYONE, _say)
    sys.setswitchinterval(_SWITCH_SECONDS)
    from bridge.tools.demo.options import Options
    from bridge.tools.demo.play import play

    return play(Options.of(arguments))


def _top(arguments: argparse.Namespace) -> int:
    if not 0.1 <= arguments.interval <= 60:
        raise ConfigError(f"--interval {arguments.interval:g} is out of range; use 0.1 to 60 seconds")
    from bridge.tools.top.watch import run

    return run(arguments.server, interval=arguments.interval, once=arguments.once, json=arguments.json)


def _doctor(arguments: argparse.Namespace) -> int:
    from bridge.config_file import config_in
    from bridge.tools.doctor import examine, report

    return report(examine(port=arguments.port, config=config_in(arguments.config)), as_json=arguments.json)


def _models(arguments: argparse.Namespace) -> int:
    from bridge.tools import inventory

    if arguments.action in ("load", "unload") and not (arguments.server and arguments.name):
        raise ConfigError(f"`framebridge models {arguments.action}` needs a model's name and --server ADDRESS")
    if arguments.action == "fetch":
        return inventory.fetch(_say)
    if arguments.server:
        return asyncio.run(inventory.remote(arguments.server, arguments.action, arguments.name))
    return inventory.show_sources(arguments.model) if arguments.model else inventory.show()


def _moderation(arguments: argparse.Namespace) -> int:
    from bridge.tools import moderation

    if arguments.action == "list":
        return moderation.print_list()
    from bridge.config import Config
    from bridge.config_file import config_in

    return moderation.check(arguments.text, config_in(arguments.config) or Config(), arguments.list)


def _train(arguments: argparse.Namespace) -> int:
    try:
        (_train_dialogue if arguments.model == "dialogue" else _train_avatar)(arguments)
    except ValueError as error:
        raise ConfigError(str(error)) from None
    return 0


def _train_avatar(arguments: argparse.Namespace) -> None:
    from models.training.avatar.recipe import Recipe, run

    for name, value in (("out", Path("train_out")), ("steps", 5_000), ("cases", 1_000)):
        setattr(arguments, name, value if getattr(arguments, name) is None else getattr(arguments, name))
    names = ("out", "pictures", "steps", "judge_steps", "exit_steps", "cases", "processes", "shipped")
    recipe = Recipe(**{name: getattr(arguments, name) for name in names})
    run(recipe, stages=arguments.stages or _STAGES, resume=arguments.resume)


def _train_dialogue(arguments: argparse.Namespace) -> None:
    from models.training.dialogue.recipe import STAGES, Recipe, run

    names = ("out", "steps", "cases", "threads", "shipped")
    recipe = Recipe(**{name: value for name in names if (value := getattr(arguments, name)) is not None})
    run(recipe, stages=arguments.stages or list(STAGES), resume=arguments.resume)


def _say(text: str) -> None:
    print(text, flush=True)


def _at(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _log_to_stderr() -> None:
    from bridge.logs import JsonLines

    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler])


def _treat_break_as_interrupt() -> None:
    """On Windows a parent stops its child with Ctrl+Break; treat it like Ctrl+C for a clean exit."""
    number = getattr(signal, "SIGBREAK", None)
    if number is not None:
        signal.signal(number, lambda *_: signal.raise_signal(signal.SIGINT))


def _write_utf8() -> None:
    """Print a question mark instead of failing on characters that the terminal cannot show."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


if __name__ == "__main__":
    sys.exit(main())
