"""CPU time of process trees: as much as the processes themselves say that they used."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from harness.cpu import ProcessEnded, tree_seconds

# A living child burns 0.1 s; then the process itself 0.2 s, a thread that ends 0.15 s, and a child that ends 0.1 s.
PROGRAM = """
import os, sys, threading, time

def burn(seconds, clock):
    until = clock() + seconds
    while clock() < until:
        pass

to_child, from_child = os.pipe(), os.pipe()
if not os.fork():
    os.read(to_child[0], 1)
    burn(0.1, time.process_time)
    os.write(from_child[1], b"x")
    os.read(to_child[0], 1)
    os._exit(0)

print("ready", flush=True)
sys.stdin.readline()
os.write(to_child[1], b"x")
os.read(from_child[0], 1)
burn(0.2, time.thread_time)
thread = threading.Thread(target=burn, args=(0.15, time.thread_time))
thread.start()
thread.join()
child = os.fork()
if not child:
    burn(0.1, time.process_time)
    os._exit(0)
os.waitpid(child, 0)
print("done", flush=True)
sys.stdin.readline()
os.write(to_child[1], b"x")
"""


@pytest.fixture
def burner() -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    with process:
        yield process
        process.stdin.close()


def test_threads_and_children_count_living_and_ended(burner: "subprocess.Popen[str]") -> None:
    assert burner.stdin is not None
    assert burner.stdout is not None
    before = tree_seconds(burner.pid)
    burner.stdin.write("go\n")
    assert burner.stdout.readline() == "done\n"
    used = tree_seconds(burner.pid) - before
    assert 0.53 < used < 0.60, "0.55 s, in ticks of 0.01 s for the child that ended"


def test_one_that_waits_uses_nothing(burner: "subprocess.Popen[str]") -> None:
    assert tree_seconds(burner.pid) == pytest.approx(tree_seconds(burner.pid), abs=1e-4)


def test_a_process_that_has_ended() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pass
    with pytest.raises(ProcessEnded, match=str(process.pid)):
        tree_seconds(process.pid)
