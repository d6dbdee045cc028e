"""A real server with quick models, and two of one's own, for the .NET suites: `python -m tests.unity.server`.

It ends when its input does, so it never outlives who started it. With `--commands` it does what its input says, line by
line, and answers each with `done`:

    load MODEL, unload MODEL    by now, or so soon as it can be
    hold MODEL                  unload it, and begin to load it: it stays loading until `load`
    fail MODEL SENTENCE         unload it, and fail to load it
    slow SECONDS                each avatar takes that long on the device
    link SECONDS                what `linked at` serves comes that much later, each way

`linked at ADDRESS` is the same server behind a slow link.
"""

import argparse
import asyncio
import sys
import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from bridge.device.catalog import ModelSpec
from bridge.device.loop import run
from bridge.errors import ModelFailed
from models.program import Program
from tests.serving.fakes import FakeAvatar, Fakes
from tests.serving.server import MODELS, FakeServer, serving
from tests.unity.own_models import OWN_MODELS

_SLOTS = 8  # conversations at once: a suite's next test does not wait for the last one's farewell
_GRACE_SECONDS = 20.0  # that a session waits for its client, on a slow machine too
_CHUNK = 1 << 16


class Painter(FakeAvatar):
    """Every look has a picture of its own, of many colours: a preview that changes is seen to change."""

    seconds = 0.0

    def start(self, lane: str, inputs: Sequence[Any]) -> Generator[None, None, Sequence[Any]]:
        time.sleep(self.seconds)  # on the device thread, as a model that takes its time
        return (yield from super().start(lane, inputs))

    def paint(self, conditions: Any) -> Any:
        seed = np.frombuffer(np.asarray(conditions, np.float32).tobytes(), np.uint8)
        return np.random.default_rng(seed).integers(0, 256, (self.side, self.side, 4), np.uint8)


class Stubborn(Fakes):
    """Models that can be made to load for ever, or to fail."""

    def __init__(self) -> None:
        super().__init__(avatar=Painter())
        self.held: dict[str, threading.Event] = {}
        self.failing: dict[str, str] = {}

    @property
    def models(self) -> tuple[ModelSpec, ...]:
        return (*super().models, *(model.spec() for model in OWN_MODELS))

    def _loads(self, name: str) -> Callable[..., Program]:
        def load(device: Any, **options: Any) -> Program:
            if name in self.held:
                self.held[name].wait()
            if name in self.failing:
                raise ModelFailed(self.failing[name])
            return getattr(self, name)  # type: ignore[no-any-return]

        return load


class Link:
    """The server behind a slow link: what comes is passed on so much later."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.seconds = 0.0

    async def start(self) -> int:
        server = await asyncio.start_server(self._join, "127.0.0.1", 0)
        port: int = server.sockets[0].getsockname()[1]
        return port

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._port)
        await asyncio.gather(self._pass(reader, back), self._pass(there, writer))

    async def _pass(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        with suppress(ConnectionError):
            while data := await source.read(_CHUNK):
                loop.call_later(self.seconds, target.write, data)
        loop.call_later(self.seconds, target.close)


class Commands:
    """Does what a line of input says."""

    def __init__(self, server: FakeServer, models: Stubborn, link: Link) -> None:
        self._roster = server.backend.roster
        self._models = models
        self._way = link
        self._loading: set[asyncio.Task[Any]] = set()

    async def do(self, line: str) -> None:
        verb, _, rest = line.strip().partition(" ")
        await getattr(self, f"_{verb}")(*rest.split(" ", 1))

    async def _load(self, model: str) -> None:
        self._models.failing.pop(model, None)
        if model in self._models.held:
            self._models.held.pop(model).set()
        await self._roster.load(model)

    async def _unload(self, model: str) -> None:
        await self._roster.unload(model)

    async def _hold(self, model: str) -> None:
        await self._unload(model)
        self._models.held[model] = threading.Event()
        task = asyncio.create_task(self._roster.load(model))
        self._loading.add(task)
        await asyncio.sleep(0)  # so that it has begun

    async def _fail(self, model: str, sentence: str) -> None:
        await self._unload(model)
        self._models.failing[model] = sentence
        with suppress(ModelFailed):
            await self._roster.load(model)

    async def _slow(self, seconds: str) -> None:
        assert isinstance(self._models.avatar, Painter)
        self._models.avatar.seconds = float(seconds)

    async def _link(self, seconds: str) -> None:
        self._way.seconds = float(seconds)


async def main(commanded: bool) -> None:
    models = Stubborn()
    names = (*MODELS, *(model.name for model in OWN_MODELS))
    async with serving(models, models=names, dialogue_slots=_SLOTS, session_grace_seconds=_GRACE_SECONDS) as fake:
        link = Link(fake.port)
        print(f"linked at 127.0.0.1:{await link.start()}", flush=True)
        print(f"serving at 127.0.0.1:{fake.port}", flush=True)
        commands = Commands(fake, models, link)
        while line := await asyncio.to_thread(sys.stdin.readline):
            if commanded:
                await commands.do(line)
                print("done", flush=True)
        for event in models.held.values():
            event.set()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commands", action="store_true")
    run(main(parser.parse_args().commands))
