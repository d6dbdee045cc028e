"""Which of gRPC's threads read a server's sockets, in processes of their own: gRPC reads its settings once."""

import os
import subprocess
import sys

import pytest

from bridge.polling import CHOICE, VARIABLE

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems keep gRPC's default")

_SERVE = """
import bridge.polling
import asyncio, grpc

async def main():
    server = grpc.aio.server()
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        await channel.channel_ready()
    await server.stop(None)

asyncio.run(main())
"""
_START = f"""
import os, sys
import bridge.server
loaded = list(sys.modules)
assert loaded.index("bridge.polling") < loaded.index("grpc")
print(os.environ[{VARIABLE!r}])
"""
_CHOOSE = f"import os, bridge.polling; print(os.environ[{VARIABLE!r}])"


def _run(code: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    inherited = {name: value for name, value in os.environ.items() if name != VARIABLE}
    return subprocess.run(
        [sys.executable, "-c", code], env={**inherited, **environment}, capture_output=True, text=True, check=True
    )


def test_a_server_chooses_before_it_imports_grpc() -> None:
    assert _run(_START).stdout.strip() == CHOICE


def test_what_the_user_chose_stays() -> None:
    assert _run(_CHOOSE, **{VARIABLE: "tcp_rcv_lowat"}).stdout.strip() == "tcp_rcv_lowat"


def test_the_installed_grpc_knows_the_choice() -> None:
    assert "Unknown experiment" not in _run(_SERVE).stderr
    assert "Unknown experiment" in _run(_SERVE, **{VARIABLE: f"{CHOICE}_of_another_name"}).stderr
