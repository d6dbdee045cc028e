"""Our client and Triton's in one process, which has protobuf 6."""

from pathlib import Path

from tests.interop.conftest import by_triton
from tests.interop.server import OwnServer


def test_both_clients_work_in_one_process(own: OwnServer) -> None:
    done = by_triton(Path(__file__).with_name("both.py"), f"127.0.0.1:{own.port}")
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    protobuf, asked, apart = done.stdout.splitlines()
    assert protobuf == "protobuf 6"
    assert asked.startswith("[1] ")
    assert asked.endswith(" [1]")
    assert "mood" in asked
    assert apart == "True"
