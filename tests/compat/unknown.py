"""What a client of the version on the path cannot know: `python unknown.py ADDRESS` plays a scripted game with its
generated code and prints each enum value and field that its contract does not have.

The game has frames, words and pictures that are answered, refused, late, superseded, cancelled and wrong.
"""

import asyncio
import json
import sys
from collections.abc import Iterator
from typing import Any

from google.protobuf.unknown_fields import UnknownFieldSet

from bridge.v1 import media_pb2, timing_pb2

try:
    from tests.serving.client import A, Client, D, R, acknowledge, ask, look, read, say
except ModuleNotFoundError:  # in e71d024 they lay elsewhere
    from tests.services.client import (  # type: ignore[import-not-found, no-redef]
        A,
        Client,
        D,
        R,
        acknowledge,
        ask,
        look,
        read,
        say,
    )

GENEROUS = timing_pb2.Budget(budget_micros=10_000_000)
BUDGETS = (1, 300, 1_000, 3_000, 10_000, 50_000)  # microseconds: from hopeless to generous


def unknown(message: Any, path: str = "") -> Iterator[str]:
    """Enum values and fields of a message that its descriptor does not have, however deep."""
    path = path or message.DESCRIPTOR.name
    yield from (f"{path} field {field.field_number}" for field in UnknownFieldSet(message))
    for field, value in message.ListFields():
        here = f"{path}.{field.name}"
        for one in value if field.is_repeated else [value]:
            if field.enum_type is not None and one not in field.enum_type.values_by_number:
                yield f"{here} = {one}"
            elif field.message_type is not None:
                yield from unknown(one, here)


def picture(index: int, budget: int, data: bytes, slot: int = 0) -> Any:
    """Raw pixels where there are as many as its size wants."""
    image = media_pb2.Image(format=media_pb2.IMAGE_FORMAT_RGB24, data=data, width=64, height=48)
    tasks = [
        R.RecognitionTask(kind=kind, budget=timing_pb2.Budget(budget_micros=budget))
        for kind in (R.RECOGNITION_KIND_CLASSIFY, R.RECOGNITION_KIND_DETECT)
    ]
    return R.RecognizeRequest(frame=R.CameraFrame(slot=slot, frame_index=index, tasks=tasks, image=image))


class Game:
    """Every message is looked through."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.found: set[str] = set()
        self.dispositions: set[int] = set()
        self.messages = 0

    async def read(self, call: Any) -> Any:
        message = await read(call)
        self.messages += 1
        self.found.update(unknown(message))
        kind = message.WhichOneof(message.DESCRIPTOR.oneofs[0].name)
        body = getattr(message, kind)
        if "outcome" in body.DESCRIPTOR.fields_by_name:
            self.dispositions.add(body.outcome.disposition)
        return message

    async def avatars(self) -> None:
        call = await self._client.open_avatars()
        for slot, micros in enumerate(BUDGETS):
            await call.write(look(slot, seed=slot))
            for index in range(1, 6):  # the newer ones replace the older
                await call.write(ask(index, slot, budget=timing_pb2.Budget(budget_micros=micros)))
                if index % 2:
                    await call.write(acknowledge(index - 1, slot))
        answers: set[tuple[int, int]] = set()
        while len(answers) < 5 * len(BUDGETS):
            message = await self.read(call)
            body = getattr(message, message.WhichOneof("message"))
            answers.add((body.slot, body.frame_index))
            if message.WhichOneof("message") == "frame":
                await call.write(acknowledge(body.frame_index, body.slot))
        await call.write(ask(1, 9))  # a slot without a look
        await self.read(call)
        await call.write(
            A.StreamAvatarRequest(subscribe=A.AvatarSubscribe(slot=5, frames_per_second=120, budget=GENEROUS))
        )
        for _ in range(20):  # nothing changes, and nothing is acknowledged for a while
            await self.read(call)
        call.cancel()

    async def dialogue(self) -> None:
        call = await self._client.open_dialogue()
        for turn, (text, micros) in enumerate(
            (("hello", 10_000_000), ("count 20", 1), ("count 50 and wait", 1_000)), 1
        ):
            await call.write(say(text, turn, budget=timing_pb2.Budget(budget_micros=micros)))
        await call.write(say("and now", 9, budget=GENEROUS))
        await call.write(say("", 1, "other"))
        done = set()
        while len(done) < 5:
            message = await self.read(call)
            if message.WhichOneof("event") == "done":
                done.add((message.conversation_id, message.turn_id))
        call.cancel()

    async def pictures(self) -> None:
        call = await self._client.open_recognition()
        good, index, wanted = bytes(64 * 48 * 3), 0, set()
        for micros in BUDGETS:
            for data in (good, good, b"too few"):
                index += 1
                await call.write(picture(index, micros, data))
                wanted |= {(index, kind) for kind in (R.RECOGNITION_KIND_CLASSIFY, R.RECOGNITION_KIND_DETECT)}
        await call.write(picture(1, 1, good))  # an index that was used
        wanted.add((1, R.RECOGNITION_KIND_UNSPECIFIED))
        while wanted:
            message = await self.read(call)
            body = getattr(message, message.WhichOneof("message"))
            of_all = body.kind == R.RECOGNITION_KIND_UNSPECIFIED and (body.frame_index, body.kind) not in wanted
            wanted -= {pair for pair in wanted if pair[0] == body.frame_index and (of_all or pair[1] == body.kind)}
        call.cancel()


async def main(address: str) -> None:
    client = Client(int(address.rpartition(":")[2]))
    game = Game(client)
    shaken = await client.handshake()
    game.found.update(unknown(shaken))
    for play in (game.avatars, game.dialogue, game.pictures):
        await play()
    names = sorted(D.DESCRIPTOR.pool.FindEnumTypeByName("bridge.v1.Disposition").values_by_number)
    print(
        json.dumps(
            {
                "unknown": sorted(game.found),
                "messages": game.messages,
                "dispositions": sorted(game.dispositions),
                "known dispositions": names,
            }
        )
    )
    await client.channel.close()


if __name__ == "__main__":
    asyncio.run(asyncio.wait_for(main(sys.argv[1]), 60.0))
