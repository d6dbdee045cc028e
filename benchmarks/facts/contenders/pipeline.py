"""The whole of it: a server of this checkout, to which a client sends the NPC as its file says it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from harness.process import server

from bridge.capabilities import CAPABILITIES
from bridge.client import BridgeClient, Sampling
from bridge.client.dialogue import Dialogue
from bridge.client.npc import Handler, Npc, Player
from facts.contenders.adapter import NAME
from facts.contenders.contender import Call, Said
from facts.contenders.hearing import heard
from facts.questions import npc_file

_GREEDY = Sampling(temperature=0.0, max_tokens=80)
_BUDGET = 60.0  # seconds; a late reply counts like any other here
_KNOWN = {model.name for capability in CAPABILITIES for model in capability.models}
_NEEDED = [name for name in ("dialogue", "embedding") if name in _KNOWN]
_SERVE = ("-m", "bridge.cli", "serve", "--port", "0", "--models", ",".join(_NEEDED))


class Pipeline:
    """Conversations with a server of this checkout. What an NPC does in the game is noted, and is always done."""

    def __init__(self, dialogue: Dialogue, *, authored: bool = True) -> None:
        self._dialogue, self._authored = dialogue, authored
        self._npcs: dict[str, Npc] = {}

    async def reply(self, conversation: str, npc: str, line: str, roles: Sequence[str] = ()) -> Said:
        character, calls = self._npc(npc), list[Call]()
        turn = self._dialogue.say(
            conversation,
            line,
            npc=character,
            player=Player(roles=roles),
            actions=_noting(character, calls),
            sampling=_GREEDY,
            budget=_BUDGET,
            trace=True,
        )
        said = await heard(turn, conversation)
        return replace(said, calls=tuple(calls))

    def forget(self, conversation: str) -> None:
        self._dialogue.forget(conversation)

    def _npc(self, name: str) -> Npc:
        if name not in self._npcs:
            self._npcs[name] = Npc.read(npc_file(name))
            if not self._authored:
                self._npcs[name].message.ClearField("lines")
        return self._npcs[name]


def _noting(npc: Npc, calls: list[Call]) -> Mapping[str, Handler]:
    """A handler for each action, which notes the call."""

    async def done(name: str, **arguments: Any) -> None:
        calls.append(Call(name, arguments))

    return {action.name: partial(done, action.name) for action in npc.message.actions}


def _spoken_by(adapter: Path | None) -> Sequence[str]:
    """The flags of an adapter."""
    if adapter is None:
        return ()
    return ("--dialogue-adapter", f"{NAME}={adapter.resolve()}", "--dialogue-npc-adapter", NAME)


@asynccontextmanager
async def _served(adapter: Path | None, *, authored: bool) -> AsyncIterator[Pipeline]:
    with server(*_SERVE, *_spoken_by(adapter)) as (address, _):
        async with BridgeClient(address) as bridge, bridge.dialogue() as dialogue:
            for model in _NEEDED:
                await bridge.until_ready(model)
            yield Pipeline(dialogue, authored=authored)


@asynccontextmanager
async def pipeline(adapter: Path | None = None) -> AsyncIterator[Pipeline]:
    """With everything on."""
    async with _served(adapter, authored=True) as contender:
        yield contender


@asynccontextmanager
async def no_authored(adapter: Path | None = None) -> AsyncIterator[Pipeline]:
    """Without the lines that authors have written: the server is sent NPCs that have none. Refusals stay."""
    async with _served(adapter, authored=False) as contender:
        yield contender
