"""`framebridge npc talk FILE`: a conversation with an NPC in the terminal, which shows what each sentence rests on."""

import asyncio
import contextlib
import functools
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bridge.client import BridgeClient, Dialogue, Npc, Player, Sentence
from bridge.client.npc import Handler
from bridge.config import Config
from bridge.errors import CallFailed, ConfigError
from bridge.tools.demo.child import Child
from bridge.tools.npc import shown
from models.npc.character import Npc as Character
from models.npc.reading import NpcError, read

Say = Callable[[str], None]
Ask = Callable[[str], Awaitable[str | None]]  # a line of the player, with a prompt; None at the end

_CONFIG = Config(port=0, models=("dialogue", "embedding"))
_CONVERSATION = "terminal"
_BUDGET = 30.0  # seconds: who tries out a file would rather wait than be refused


@dataclass(frozen=True, slots=True)
class Options:
    """What to talk with, where, and as whom."""

    file: Path
    server: str | None = None  # None: one that is started for it
    config: Config | None = None  # of the server that is started; None: the models that NPCs need and nothing else
    player: str = ""
    roles: Sequence[str] = ()


def talk(options: Options, say: Say, ask: Ask) -> int:
    """Talk until there are no more lines. ConfigError for a file that is no NPC's."""
    try:
        character = read(options.file)
    except NpcError as error:
        raise ConfigError(str(error)) from None
    npc = Npc.read(options.file)
    if options.server is not None:
        asyncio.run(converse(options.server, character, npc, options, say, ask))
        return 0
    with tempfile.TemporaryDirectory(prefix="framebridge-npc-") as folder:
        log = Path(folder) / "server.log"
        say("starting a server")
        config = replace(options.config, port=0) if options.config is not None else _CONFIG
        with Child(config, log, lambda line: say(f"  {line}")) as child:
            child.wait_ready()
            asyncio.run(converse(child.address, character, npc, options, say, ask))
    return 0


async def converse(address: str, character: Character, npc: Npc, options: Options, say: Say, ask: Ask) -> None:
    """Talk on a server that runs."""
    facts, player = shown.facts_of(character), Player(options.player, options.roles)
    async with _dialogue(address) as dialogue:
        say(f"{character.name}, {character.trade}. An empty line or Ctrl+D ends the talk.")
        while line := await ask("> "):
            with contextlib.suppress(_Refused):
                await _turn(dialogue, line, npc, character, player, facts, say, ask)


class _Refused(Exception):
    """The server did not take a line; why has been said."""


async def _turn(
    dialogue: Dialogue,
    line: str,
    npc: Npc,
    character: Character,
    player: Player,
    facts: Mapping[str, str],
    say: Say,
    ask: Ask,
) -> None:
    actions: dict[str, Handler] = {
        action.name: functools.partial(_act, action.name, say, ask) for action in character.actions
    }
    turn = dialogue.say(_CONVERSATION, line, npc=npc, player=player, actions=actions, budget=_BUDGET, trace=True)
    try:
        async for event in turn:
            if isinstance(event, Sentence):
                for text in shown.sentence(character.name.split(" ")[0], event, facts):
                    say(text)
    except CallFailed as error:
        say(f"    {error}")
        raise _Refused from error
    if turn.done is not None:
        for text in shown.end(turn.done, turn.trace, facts):
            say(text)


async def _act(name: str, say: Say, ask: Ask, **arguments: Any) -> str | None:
    """An action: whoever talks says what the game answers."""
    listed = ", ".join(f"{key} = {value!r}" for key, value in arguments.items())
    say(f"    it does {name}({listed})")
    return await ask("    what does the game answer? (nothing: it is done) ") or None


@contextlib.asynccontextmanager
async def _dialogue(address: str) -> AsyncIterator[Dialogue]:
    async with BridgeClient(address) as bridge, bridge.dialogue() as dialogue:
        yield dialogue


async def from_terminal(prompt: str) -> str | None:
    """A line that is typed; None at the end of the input."""
    try:
        return (await asyncio.to_thread(input, prompt)).strip()
    except EOFError:
        return None
