"""The embedded model as it is, told of the NPC in prose: what a game gets by writing a persona and nothing else."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from harness.process import server

from bridge.client import BridgeClient, Sampling
from bridge.client.dialogue import Dialogue
from facts.contenders.contender import Said
from facts.contenders.hearing import heard
from facts.questions import npc_file
from models.npc.character import Npc
from models.npc.facts import sentences
from models.npc.reading import read

_SERVE = ("-m", "bridge.cli", "serve", "--port", "0", "--models", "dialogue")
_GREEDY = Sampling(temperature=0.0, max_tokens=80)
_BUDGET = 60.0  # seconds; a late reply counts like any other here


class Bare:
    """Conversations with a server of this checkout."""

    def __init__(self, dialogue: Dialogue) -> None:
        self._dialogue = dialogue

    async def reply(self, conversation: str, npc: str, line: str, roles: Sequence[str] = ()) -> Said:
        persona = prose(read(npc_file(npc)))
        turn = self._dialogue.say(conversation, line, persona=persona, sampling=_GREEDY, budget=_BUDGET)
        return await heard(turn, conversation)

    def forget(self, conversation: str) -> None:
        self._dialogue.forget(conversation)


@asynccontextmanager
async def bare(_: Path | None = None) -> AsyncIterator[Bare]:
    """The contender, with a server of its own. It has no adapter."""
    with server(*_SERVE) as (address, _):
        async with BridgeClient(address) as bridge, bridge.dialogue() as dialogue:
            await bridge.until_ready("dialogue")
            yield Bare(dialogue)


def prose(npc: Npc) -> str:
    """Everything of the file that the NPC may say, as one text."""
    about = f"You are {npc.name}, {npc.trade} at {npc.place}. {npc.persona} You speak like this: {npc.style}."
    known = " ".join(fact.text for fact in sentences(npc))
    lore = " ".join(passage.text for passage in npc.lore)
    topics = " or ".join(refusal.topic for refusal in npc.refusals)
    return (
        f"{about} You know the following. {known} {lore} You do not talk about {topics}. Stay in character, answer the "
        "player briefly and say only what you know; if you do not know something, say so."
    )
