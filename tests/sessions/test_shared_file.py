"""Files that server and client share: their names, who may read them, and what is left of the dead."""

import mmap
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from bridge.sessions import shared_file
from bridge.sessions.shared_file import KEY_BYTES, SharedFile, sweep
from bridge.wire.peer import is_local
from tests.waiting import held

SIZE = 1 << 16
HOLDER = """
import sys
from pathlib import Path
from bridge.sessions import shared_file
shared_file.shared_directory = lambda: Path(sys.argv[1])
held = shared_file.SharedFile(1 << 16)
print(held.path, flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(shared_file, "shared_directory", lambda: tmp_path)
    yield tmp_path
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_its_owners_alone_and_begins_with_its_key(directory: Path) -> None:
    file = SharedFile(SIZE)
    assert file.path.parent == directory
    assert file.path.stat().st_mode & 0o777 == 0o600
    content = file.path.read_bytes()
    assert len(content) == SIZE
    assert content[:KEY_BYTES] == file.key
    assert held(file.path)
    file.close()
    assert not held(file.path)
    file.close()


def test_a_file_without_a_name_is_memory_all_the_same(directory: Path) -> None:
    file = SharedFile(SIZE)
    client = mmap.mmap(os.open(file.path, os.O_RDWR), SIZE)
    file.unlink()
    assert list(directory.iterdir()) == []
    file.write(b"here", 100)
    assert client[100:104] == b"here"
    file.close()


def test_a_file_that_a_client_cuts_short_is_written_all_the_same(directory: Path) -> None:
    """To a mapping that would be the end of the process."""
    file = SharedFile(SIZE)
    os.truncate(file.path, 0)
    file.write(b"here", SIZE - 4)
    assert file.path.read_bytes()[-4:] == b"here"
    file.close()


def test_where_there_is_no_room_nothing_is_left(directory: Path) -> None:
    with pytest.raises(OSError, match=r"."):
        SharedFile(1 << 60)


def test_the_files_of_the_dead_are_swept_and_those_of_the_living_stay(directory: Path) -> None:
    mine = SharedFile(SIZE)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(directory)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    theirs = Path(holder.stdout.readline().strip())
    assert sweep() == 0
    assert theirs.exists()
    holder.send_signal(signal.SIGKILL)
    os.waitid(os.P_PID, holder.pid, os.WEXITED | os.WNOWAIT)  # dead, and still in the table of processes
    assert sweep() == 1
    assert not theirs.exists()
    assert mine.path.exists()
    holder.wait()
    holder.stdin.close()
    holder.stdout.close()
    mine.close()


def test_a_file_of_an_earlier_process_of_our_number_is_swept(directory: Path) -> None:
    start = round(psutil.Process().create_time() * 1000)
    name = f"framebridge-{os.getpid()}-{{}}-{'0' * 32}"
    earlier, ours = directory / name.format(start - 60_000), directory / name.format(start + 1)
    nobody = directory / f"framebridge-999999999-{start}-{'0' * 32}"
    strange = [directory / "framebridge-notes.txt", directory / f"framebridge-{os.getpid()}-x-{'0' * 32}"]
    for path in (earlier, ours, nobody, *strange):
        path.touch()
    assert sweep() == 2
    assert sorted(directory.iterdir()) == sorted([ours, *strange])
    for path in (ours, *strange):
        path.unlink()


@pytest.mark.parametrize(
    ("address", "local"),
    [
        ("ipv4:127.0.0.1:40312", True),
        ("ipv4:127.8.9.1:1", True),
        ("ipv6:[::1]:40312", True),
        ("ipv6:%5B::1%5D:40312", True),
        ("unix:/run/bridge.sock", True),
        ("unix:", True),
        ("ipv4:192.0.2.7:40312", False),
        ("ipv6:%5Bfe80::1%25eth0%5D:40312", False),
        ("ipv4:10.0.0.1:1", False),
        ("", False),
        ("vsock:3:1", False),
    ],
)
def test_who_is_on_this_host(address: str, local: bool) -> None:
    assert is_local(address) is local
