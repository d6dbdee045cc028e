"""`framebridge npc`: its arguments, and what they start. Imports what it needs when it runs: --help is instant."""

import argparse
from pathlib import Path

from bridge.errors import ConfigError


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to a parser."""
    parser = commands.add_parser(
        "npc",
        help="check the files of NPCs, and talk with one in the terminal",
        description="check: print what is wrong with files of NPCs. talk: a conversation that shows under each "
        "sentence what it rests on, with a server that runs (--server), or one that is started for it.",
    )
    parser.add_argument("action", choices=("check", "talk"))
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path, help="file of an NPC; check takes folders too")
    parser.add_argument("--server", metavar="ADDRESS", help="talk: a running server, such as 127.0.0.1:50051")
    parser.add_argument("--config", metavar="FILE", type=Path, help="talk: configuration of the server that is started")
    parser.add_argument("--player", metavar="NAME", default="", help="talk: who speaks")
    parser.add_argument("--role", metavar="ROLE", action="append", default=[], help="talk: a role of who speaks")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from bridge.tools.npc.check import check

    if arguments.action == "check":
        return check(arguments.files, _say)
    if len(arguments.files) != 1:
        raise ConfigError("`framebridge npc talk` takes one file")
    from bridge.config_file import config_in
    from bridge.tools.npc.talk import Options, from_terminal, talk

    options = Options(
        arguments.files[0], arguments.server, config_in(arguments.config), arguments.player, arguments.role
    )
    return talk(options, _say, from_terminal)


def _say(text: str) -> None:
    print(text, flush=True)
