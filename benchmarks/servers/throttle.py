"""A slow link: a TCP proxy that limits the rate from server to client: `python throttle.py PORT BYTES_PER_SECOND`.

It buffers a few tens of KiB, like the queue of a modem.
"""

import asyncio
import socket
import sys
import time

_PIECE = 4096
_BUFFER = 32 * 1024
_CATCH_UP_SECONDS = 0.005  # at most this much oversleeping is made up for


class Throttle:
    """All connections share one link."""

    def __init__(self, port: int, rate: float) -> None:
        self._port = port
        self._rate = rate
        self._free_at = 0.0

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Relay one connection until it closes."""
        far = socket.socket()
        far.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        far.setblocking(False)
        await asyncio.get_running_loop().sock_connect(far, ("127.0.0.1", self._port))
        far_reader, far_writer = await asyncio.open_connection(sock=far, limit=_PIECE)
        try:
            await asyncio.gather(self._up(reader, far_writer), self._down(far_reader, writer))
        except ConnectionError:
            pass
        finally:
            writer.close()
            far_writer.close()

    async def _up(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
        writer.close()

    async def _down(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(_PIECE):
            now = time.perf_counter()
            self._free_at = max(now - _CATCH_UP_SECONDS, self._free_at) + len(data) / self._rate
            if self._free_at > now:
                await asyncio.sleep(self._free_at - now)
            writer.write(data)
            await writer.drain()
        writer.close()


async def main(port: int, rate: float) -> None:
    """Serve on a free port, and print it."""
    server = await asyncio.start_server(Throttle(port, rate).carry, "127.0.0.1", 0)
    print(f"serving at 127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2])))
