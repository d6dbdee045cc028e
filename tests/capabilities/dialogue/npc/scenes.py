"""An NPC as clients send it, what is said to it, and what is heard."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bridge.v1 import bridge_pb2, npc_pb2
from tests.serving.client import D, connected, read
from tests.serving.server import FakeServer, serving

P = npc_pb2
LATEST = bridge_pb2.ProtocolVersion(major=1, minor=6)
GREETING = "Come in, come in. Mind the step."


def mara(**fields: Any) -> npc_pb2.Npc:
    """An innkeeper."""
    made: dict[str, Any] = {
        "id": "mara",
        "name": "Mara Quill",
        "trade": "innkeeper",
        "persona": "Mara ran away from a fishing family. She is brisk and kind.",
        "currency": "silver",
        "wares": [
            P.NpcWare(item="room", unit="a night", price_hundredths=700, stock=3),
            P.NpcWare(item="ale", price_hundredths=200),
            P.NpcWare(item="eel pie", price_hundredths=450, stock=0),
        ],
        "lines": [P.NpcLine(intent="greeting", examples=["hello", "good evening to you"], say=[GREETING])],
        "refusals": [
            P.NpcRefusal(topic="the smugglers", examples=["who brings the brandy in"], say=["I talk about fish."])
        ],
        "lore": [P.NpcLore(title="The flood", text="Forty years ago the sea came over the wall. The inn stood.")],
    }
    return P.Npc(**{**made, **fields})


def action(name: str = "hand_over_key", **fields: Any) -> npc_pb2.NpcAction:
    """Something that Mara does."""
    made: dict[str, Any] = {
        "description": "Gives the player the key to a room.",
        "examples": ["give me the key to a room", "I want the key"],
    }
    return P.NpcAction(name=name, **{**made, **fields})


def tell(text: str, turn: int = 1, conversation: str = "inn", **fields: Any) -> Any:
    """A line for an NPC, with a trace."""
    say = D.ConverseSay(conversation_id=conversation, turn_id=turn, text=text, wants_trace=True, **fields)
    return D.ConverseRequest(say=say)


def result(call_id: str, conversation: str = "inn", **fields: Any) -> Any:
    answer = P.ActionResult(conversation_id=conversation, call_id=call_id, **fields)
    return D.ConverseRequest(action_result=answer)


@asynccontextmanager
async def talking(**config: Any) -> AsyncIterator[tuple[FakeServer, Any, Any]]:
    """A server of a test's own, a client of the newest contract, and its dialogue stream."""
    async with serving(**config) as server, connected(server.port, protocol=LATEST) as client:
        yield server, client, await client.open_dialogue()


async def until(call: Any, kind: str) -> Any:
    """The next event of a kind."""
    while True:
        event = await read(call)
        assert event.WhichOneof("event") != "done" or kind == "done", event
        if event.WhichOneof("event") == kind:
            return getattr(event, kind)


def of(events: list[Any], kind: str) -> list[Any]:
    return [getattr(event, kind) for event in events if event.WhichOneof("event") == kind]


def work_of(stats: Any, name: str = "dialogue") -> Any:
    """The counts of a kind of work."""
    return next(work for work in stats.work if work.name == name)


def said(events: list[Any]) -> list[tuple[str, str]]:
    """The stage and the text of each sentence."""
    return [
        (P.SentenceStage.Name(one.trace.stage).removeprefix("SENTENCE_STAGE_"), one.text)
        for one in of(events, "sentence")
    ]
