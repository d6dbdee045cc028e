"""What a game does with the Python client, of whichever version is on the path: `python game.py ADDRESS`.

Prints what it saw as one JSON object; what it saw wrong ends it with an exception.
"""

import asyncio
import json
import sys
from contextlib import suppress
from typing import Any

import numpy as np

from bridge.client import BridgeClient, Frame, Task
from bridge.errors import CallFailed

GENEROUS = 10.0
PICTURE = np.zeros((48, 64, 3), np.uint8)


class Relay:
    """A way to the server that can be cut."""

    def __init__(self, address: str) -> None:
        self._host, _, port = address.rpartition(":")
        self._port = int(port)
        self._writers: list[asyncio.StreamWriter] = []

    async def start(self) -> str:
        self._server = await asyncio.start_server(self._join, "127.0.0.1", 0)
        return f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def cut(self) -> None:
        """Hang up on both sides."""
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(self._host, self._port)
        self._writers += [writer, back]
        with suppress(asyncio.CancelledError):  # the game is over
            await asyncio.gather(self._pass(reader, back), self._pass(there, writer))

    async def _pass(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await source.read(1 << 16):
                target.write(data)
                await target.drain()
        target.close()


async def avatars(bridge: BridgeClient, relay: Relay, saw: dict[str, Any]) -> None:
    """Frames one by one, refused, wrong, subscribed to, and after the connection was lost."""
    async with bridge.avatars() as avatars:
        avatars.set_look(0, seed=3)
        frame = await avatars.frame(0, budget=GENEROUS)
        assert isinstance(frame, Frame), frame
        assert frame.pixels.shape == (64, 64, 4)
        assert (frame.pixels[0] == 255).all(), "the top row is white"
        tight = await avatars.frame(0, budget=1e-6)
        assert not tight
        saw["refused"] = {"disposition": tight.disposition.value, "reason": tight.reason, "message": tight.message}
        avatars.set_look(1, attributes={"hat": "top"})
        try:
            await avatars.frame(1, budget=GENEROUS)
        except CallFailed as error:
            saw["wrong look"] = str(error)
        session, frames = bridge.session_id, 0
        async for _ in avatars.subscribe(0, fps=60.0, budget=GENEROUS):
            frames += 1
            if frames == 10:
                relay.cut()
            if frames == 30:
                break
        assert bridge.session_id == session, "the session is resumed"
        saw["frames"] = frames
    saw["shares memory"] = bridge.shares_memory


async def words(bridge: BridgeClient, saw: dict[str, Any]) -> None:
    """A turn, one that is cut short, and one that cannot be."""
    async with bridge.dialogue() as dialogue:
        saw["reply"] = (await dialogue.say("smith", "hello there", budget=GENEROUS).reply()).text
        turn = dialogue.say("smith", "count 5 and wait", budget=GENEROUS)
        async for event in turn:
            if type(event).__name__ == "Token":
                turn.interrupt()
                break
        saw["interrupted"] = (await turn.reply()).finish
        try:
            await dialogue.say("smith", "word " * 300, budget=GENEROUS).reply()
        except CallFailed as error:
            saw["long prompt"] = error.reason


async def pictures(bridge: BridgeClient, saw: dict[str, Any]) -> None:
    """What can be seen, what cannot be in time, and what is no picture."""
    async with bridge.camera() as camera:
        labels, boxes = await camera.recognize(PICTURE, Task("classify", GENEROUS), Task("detect", GENEROUS))
        saw["seen"] = [labels.labels[0].class_id, [box.name for box in boxes.boxes]]
        tight = await camera.detect(PICTURE, budget=1e-6, slot=1)
        assert not tight
        saw["late picture"] = tight.disposition.value
        try:
            await camera.detect(b"\xff\xd8\xff" + bytes(60), budget=GENEROUS)
        except CallFailed as error:
            saw["no picture"] = error.reason


async def main(address: str) -> None:
    saw: dict[str, Any] = {}
    relay = Relay(address)
    async with BridgeClient(await relay.start(), timeout=20.0, name="compat") as bridge:
        assert await bridge.ping() >= 0
        saw["models"] = [
            model.name for model in await (bridge.list_models() if hasattr(bridge, "list_models") else bridge.models())
        ]
        await avatars(bridge, relay, saw)
        await words(bridge, saw)
        await pictures(bridge, saw)
        async with bridge.probe() as probe:
            await probe(b"x" * 10_000)
        saw["clients"] = [client.client_name for client in (await bridge.stats()).clients]
    print(json.dumps(saw))


if __name__ == "__main__":
    asyncio.run(asyncio.wait_for(main(sys.argv[1]), 60.0))
