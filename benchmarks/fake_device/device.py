"""A fake device that several processes share: it runs one flight after the other, each for a given time.

The device keeps its own clock: a flight starts when the device is free and takes exactly as long as requested, so a
caller that oversleeps does not delay the next flight. The state is a small memory-mapped file, guarded by a lock. Times
are seconds of `time.perf_counter`, which all processes of a machine share on Linux.
"""

import fcntl
import json
import mmap
import os
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

_AWAKE = 0.0002  # seconds before the end of a flight
_STATE = struct.Struct("<dq")  # when the device is free, number of flights so far


class Flight(NamedTuple):
    """The device ran `rows` rows of `model` from `start` to `end`."""

    flight: int
    model: str
    start: float
    end: float
    rows: int


class FakeDevice:
    """The device in the file `path`, which is created if missing. Each flight is logged as a line of `<path>.log`."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._log = os.open(f"{os.fspath(path)}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._threads = threading.Lock()  # the file lock does not exclude threads of one process
        with self._locked():
            if os.fstat(self._file).st_size < _STATE.size:
                os.ftruncate(self._file, _STATE.size)
        self._state = mmap.mmap(self._file, _STATE.size)

    def run(self, seconds: float, rows: int, model: str) -> int:
        """Hold the device for `seconds` once it is free, sleep until the flight ends, and return its number."""
        flight = self.book(seconds, rows, model)
        sleep_until(flight.end)
        return flight.flight

    def close(self) -> None:
        """Close the files; the device remains for other processes."""
        self._state.close()
        os.close(self._file)
        os.close(self._log)

    def book(self, seconds: float, rows: int, model: str) -> Flight:
        """Enqueue a flight without waiting for it; it starts when the device is free."""
        with self._locked():
            free, number = _STATE.unpack_from(self._state)
            start = max(time.perf_counter(), free)
            flight = Flight(number, model, start, start + seconds, rows)
            _STATE.pack_into(self._state, 0, flight.end, number + 1)
            os.write(self._log, (json.dumps(flight._asdict()) + "\n").encode())
        return flight

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._threads:
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)


def sleep_until(instant: float) -> None:
    """Sleep, then yield for the last 0.2 ms: a plain sleep ends about 0.17 ms late."""
    while (left := instant - time.perf_counter()) > 0:
        time.sleep(left - _AWAKE if left > _AWAKE else 0)


def read_flights(path: str | os.PathLike[str]) -> list[Flight]:
    """All flights of the device in the file `path`, in order; empty if there are none yet."""
    with suppress(FileNotFoundError):
        return [Flight(**json.loads(line)) for line in Path(f"{os.fspath(path)}.log").read_text().splitlines()]
    return []
