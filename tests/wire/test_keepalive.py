"""Keepalive: what clients are told to do is within what the server allows, and it says so to one that does more."""

import asyncio
import re
import struct
from pathlib import Path

from bridge.client.link.connection import _OPTIONS
from bridge.server import LEAST_PING_SECONDS
from tests.conftest import Run
from tests.serving.client import WAIT_SECONDS, assert_serves
from tests.serving.server import FakeServer

ROOT = Path(__file__).parents[2]
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SETTINGS, PING, GOAWAY = 4, 6, 7


def frame(kind: int, payload: bytes = b"") -> bytes:
    """An HTTP/2 frame of the connection itself."""
    return struct.pack(">I", len(payload))[1:] + bytes((kind, 0)) + bytes(4) + payload


def test_the_clients_own_pings_are_allowed() -> None:
    options = dict(_OPTIONS)
    assert options["grpc.keepalive_time_ms"] / 1e3 >= LEAST_PING_SECONDS
    handlers = (ROOT / "unity_plugin/Runtime/Handlers/HttpHandlers.cs").read_text()
    (interval,) = re.findall(r"KeepAlive = TimeSpan.FromSeconds\((\d+)\)", handlers)
    assert float(interval) >= LEAST_PING_SECONDS


def test_what_is_documented_is_what_the_server_does() -> None:
    least = f"at most one every {LEAST_PING_SECONDS:g} seconds"
    for name in ("README.md", "protos/bridge/v1/bridge.proto"):
        text = re.sub(r"\s+(// )?", " ", (ROOT / name).read_text())
        assert least in text, name


def test_a_client_that_pings_too_often_is_told_so_and_may_come_again(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", fake.port)
        writer.write(PREFACE + frame(SETTINGS) + frame(PING, bytes(8)) * 8)
        async with asyncio.timeout(WAIT_SECONDS):
            kind, payload = -1, b""
            while kind != GOAWAY:
                head = await reader.readexactly(9)
                kind = head[3]
                payload = await reader.readexactly(int.from_bytes(head[:3], "big"))
        assert payload[4:8] == (11).to_bytes(4, "big")  # ENHANCE_YOUR_CALM
        assert payload[8:] == b"too_many_pings"
        writer.close()
        await assert_serves(fake.port)

    run(scenario())
