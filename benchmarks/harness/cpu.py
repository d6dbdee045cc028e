"""CPU time of process trees, on Linux.

Of each process the kernel keeps a clock of nanoseconds over all its threads, ended ones included, that other processes
may read (`clock_getcpuclockid`). A child that ended counts in its parent once that has waited for it, to a hundredth of
a second. Reading a tree costs the reader a few milliseconds and the tree nothing.
"""

import ctypes
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_LIBC = ctypes.CDLL(None, use_errno=True)
_TICK = 1 / os.sysconf("SC_CLK_TCK")


class ProcessEnded(ProcessLookupError):
    """The process whose time was asked for does not exist any more."""


class _Process(NamedTuple):
    pid: int
    parent: int
    session: int
    of_children: float  # seconds, of the children that ended


def tree_seconds(root: int) -> float:
    """User and system time of a process, its descendants and, if it leads a session, all processes of that.

    ProcessEnded if the process has ended.
    """
    everything = list(_processes())
    members = {process.pid for process in everything if root in (process.pid, process.session)}
    if root not in members:
        raise ProcessEnded(f"process {root} has ended")
    grown = True
    while grown:
        children = {process.pid for process in everything if process.parent in members}
        grown = not children <= members
        members |= children
    return sum(_seconds(process.pid) + process.of_children for process in everything if process.pid in members)


def _processes() -> Iterator[_Process]:
    for folder in Path("/proc").iterdir():
        if not folder.name.isdecimal():
            continue
        try:
            fields = (folder / "stat").read_bytes().rpartition(b")")[2].split()  # a name may contain blanks
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has just ended
        yield _Process(int(folder.name), int(fields[1]), int(fields[3]), (int(fields[13]) + int(fields[14])) * _TICK)


def _seconds(pid: int) -> float:
    """A process's own time; 0 for one that has just ended."""
    clock = ctypes.c_int()
    if _LIBC.clock_getcpuclockid(pid, ctypes.byref(clock)):
        return 0.0
    try:
        return time.clock_gettime(clock.value)
    except OSError:
        return 0.0
