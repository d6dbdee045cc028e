"""The client of the peers that speak HTTP: one kept-alive HTTP/1.1 connection for each request that is under way."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial

import aiohttp
from play import Ask, Connect, Refused, Request
from workload import flight_of

# Whoever has this many under way is late with all of them; what comes on top waits here, and its time counts.
CONNECTIONS = 256


def posting(body: bytes, content_type: str) -> Connect:
    """A way to connect that posts `body` to the path named like the model."""
    return partial(_connect, body, {"Content-Type": content_type})


@asynccontextmanager
async def _connect(body: bytes, headers: dict[str, str], address: str, models: Sequence[str]) -> AsyncIterator[Ask]:
    connector = aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=60)
    timeout = aiohttp.ClientTimeout(total=None)  # giving up closes the connection and saves the server nothing
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
