"""One fake device that several processes share: it takes the time it is told, and does one flight after the other.

Its clock is its own: a flight starts when the device is free and lasts exactly as long as asked, so a sleep that
oversleeps costs the caller and never the device's next flight. Processes meet in a small mapped file, guarded by a
lock. Times are seconds on `time.perf_counter`, which on Linux all processes of a machine share.
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
_STATE = struct.Struct("<dq")  # when the device is free, and how many flights there were


class Flight(NamedTuple):
    """What the device did: `rows` rows of `model` from `start` to `end`."""

    flight: int
    model: str
    start: float
    end: float
    rows: int


class FakeDevice:
    """The device behind `path`, made if it is not there yet. Beside it, `<path>.log` gets a line of each flight."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._log = os.open(f"{os.fspath(path)}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._threads = threading.Lock()  # the file's lock is one for all threads of a process
        with self._locked():
            if os.fstat(self._file).st_size < _STATE.size:
                os.ftruncate(self._file, _STATE.size)
        self._state = mmap.mmap(self._file, _STATE.size)

    def run(self, seconds: float, rows: int, model: str) -> int:
        """Hold the device for `seconds` as soon as it is free, sleep until then, and return the flight's number."""
        flight = self.book(seconds, rows, model)
        sleep_until(flight.end)
        return flight.flight

    def close(self) -> None:
        """Let go of the files; the device stays for the others."""
        self._state.close()
        os.close(self._file)
        os.close(self._log)

    def book(self, seconds: float, rows: int, model: str) -> Flight:
        """Give the device a flight, without waiting for it: it begins when the device is free."""
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
    """Sleep, and yield for the last moments: a sleep alone ends a sixth of a millisecond late, which no device does."""
    while (left := instant - time.perf_counter()) > 0:
        time.sleep(left - _AWAKE if left > _AWAKE else 0)


def read_flights(path: str | os.PathLike[str]) -> list[Flight]:
    """All flights of the device behind `path`, in the order they ran. None yet: an empty list."""
    with suppress(FileNotFoundError):
        return [Flight(**json.loads(line)) for line in Path(f"{os.fspath(path)}.log").read_text().splitlines()]
    return []
