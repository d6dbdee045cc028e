"""The client of the HTTP peers: one keep-alive HTTP/1.1 connection per request in flight."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial

import aiohttp
from fake_device.play import Ask, Connect, Refused, Request
from fake_device.workload import flight_of

# A server with this many requests in flight is late with all of them; further ones wait here, and their wait counts.
CONNECTIONS = 256


def posting(body: bytes, content_type: str) -> Connect:
    """A connect function whose requests post `body` to /MODEL."""
    return partial(_connect, body, {"Content-Type": content_type})


@asynccontextmanager
async def _connect(body: bytes, headers: dict[str, str], address: str, models: Sequence[str]) -> AsyncIterator[Ask]:
    connector = aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=60)
    timeout = aiohttp.ClientTimeout(
        total=None
    )  # a timeout would close the connection without saving the server any work
    async with aiohttp.ClientSession(f"http://{address}", connector=connector, timeout=timeout) as session:

        async def ask(request: Request) -> tuple[int, int]:
            try:
                async with session.post(f"/{request.model}", data=body, headers=headers) as response:
                    answer = await response.read()
            except aiohttp.ClientError as error:
                raise Refused(str(error)) from error
            if response.status != 200:
                raise Refused(f"{response.status}: {answer[:80]!r}")
            return flight_of(answer), 0

        yield ask
