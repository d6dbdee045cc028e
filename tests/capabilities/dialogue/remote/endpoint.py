"""A real HTTP server that speaks OpenAI's chat completions as a test wants it to, and servers that ask it."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from bridge.config import Config
from bridge.server import Server
from tests.serving.client import WAIT_SECONDS

KEY = "sk-7hF2zQ9vT4wX8mB1"
MODEL = "tiny/Tiny-1B-Instruct"
USAGE = {"prompt_tokens": 41, "completion_tokens": 7, "prompt_tokens_details": {"cached_tokens": 30}}


@dataclass(eq=False)
class Talk:
    """One request, and the way to answer it."""

    asked: dict[str, Any]
    headers: dict[str, str]
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    over: bool = False  # the connection is not to be used again

    async def head(self, status: int = 200, kind: str = "text/event-stream", **headers: str) -> None:
        """Begin a response in chunks."""
        lines = [f"HTTP/1.1 {status} Status", f"Content-Type: {kind}", "Transfer-Encoding: chunked"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        await self.raw(("\r\n".join(lines) + "\r\n\r\n").encode())

    async def raw(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def send(self, *texts: str) -> None:
        """These texts as one chunk of the response."""
        data = "".join(texts).encode()
        await self.raw(b"%x\r\n%s\r\n" % (len(data), data))

    async def finish(self, *texts: str) -> None:
        """The last of the response."""
        if any(texts):
            await self.send(*texts)
        await self.raw(b"0\r\n\r\n")

    async def answer(self, status: int, body: str, kind: str = "application/json", **headers: str) -> None:
        """A whole response."""
        await self.head(status, kind, **headers)
        await self.finish(body)

    def cut(self) -> None:
        """Break the connection."""
        self.over = True
        self.writer.transport.abort()

    async def until_left(self) -> None:
        """Wait until the other side has closed the connection."""
        self.over = True
        async with asyncio.timeout(WAIT_SECONDS):
            with contextlib.suppress(OSError):
                while await self.reader.read(1024):
                    pass


Answer = Callable[[Talk], Awaitable[None]]


def event(content: Any = None, finish: str | None = None, **more: Any) -> str:
    """An event with a piece of the reply."""
    delta = {} if content is None else {"content": content}
    return data({"choices": [{"index": 0, "delta": delta, "finish_reason": finish, **more}]})


def data(found: Any) -> str:
    return f"data: {json.dumps(found)}\n\n"


DONE = "data: [DONE]\n\n"
ROLE = data({"choices": [{"index": 0, "delta": {"role": "assistant", "content": None}, "finish_reason": None}]})
COUNTED = data({"choices": [], "usage": USAGE})


async def echo(talk: Talk) -> None:
    """Say what the player said, a word in each event."""
    await talk.head()
    await talk.send(ROLE)
    for place, word in enumerate(f"You said: {talk.asked['messages'][-1]['content']}".split(" ")):
        await talk.send(event(f" {word}" if place else word))
    await talk.finish(event(finish="stop"), COUNTED, DONE)


async def hold(talk: Talk) -> None:
    """Begin a reply that only the other side ends."""
    await talk.head()
    await talk.send(ROLE, event("Once upon"), event(" a time"))
    await talk.until_left()


@dataclass(eq=False)
class FakeEndpoint:
    """A server of one model. `answer` is what it does with a request for a reply; a test may change it."""

    answer: Answer = echo
    models: Any = field(default_factory=lambda: {"data": [{"id": MODEL, "owned_by": "vllm"}]})
    models_status: int = 200
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    open: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def name(self) -> str:
        return f"openai:http://127.0.0.1:{self.port}/v1"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open.add(writer)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                while await self._answer_one(reader, writer):
                    pass
        finally:
            self.open.discard(writer)
            writer.close()

    async def _answer_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        talk = Talk(json.loads(body) if body else {}, headers, reader, writer)
        self.headers.append(headers)
        if first.startswith("GET /v1/models "):
            await talk.answer(self.models_status, json.dumps(self.models))
        elif first.startswith("POST /v1/chat/completions "):
            self.asked.append(talk.asked)
            await self.answer(talk)
        else:
            await talk.answer(404, "")
        return not talk.over


@asynccontextmanager
async def endpoint(answer: Answer = echo, **fields: Any) -> AsyncIterator[FakeEndpoint]:
    """An endpoint on a free port."""
    fake = FakeEndpoint(answer, **fields)
    listener = await asyncio.start_server(fake.serve, "127.0.0.1", 0)
    fake.port = listener.sockets[0].getsockname()[1]
    try:
        yield fake
    finally:
        listener.close()
        for writer in list(fake.open):
            writer.transport.abort()


@asynccontextmanager
async def serving(model: str, **config: Any) -> AsyncIterator[Server]:
    """A server whose dialogue model is at an endpoint, and that has no other; `server.port` tells where."""
    server = Server(Config(port=0, models=("dialogue",), dialogue_model=model, **config))
    server.port = await server.start()  # type: ignore[attr-defined]
    try:
        await server.ready
        yield server
    finally:
        await server.stop(0.0)


@asynccontextmanager
async def remote(answer: Answer = echo, **config: Any) -> AsyncIterator[tuple[FakeEndpoint, Any]]:
    """An endpoint, and a server that asks it."""
    async with endpoint(answer) as fake, serving(fake.name, **config) as server:
        yield fake, server
