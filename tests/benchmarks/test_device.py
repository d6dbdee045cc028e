"""The fake device runs one flight at a time, for all processes and threads."""

import subprocess
import sys
import threading
import time
from itertools import pairwise
from pathlib import Path

import pytest
from fake_device.device import FakeDevice, read_flights

from .conftest import BENCHMARKS

SECONDS = 0.0002
PROGRAM = """
import sys
from fake_device.device import FakeDevice

device = FakeDevice(sys.argv[1])
for row in range(int(sys.argv[3])):
    print(device.run(float(sys.argv[4]), row, sys.argv[2]))
"""


def test_flights_of_several_processes_follow_each_other(tmp_path: Path) -> None:
    path = tmp_path / "device"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(path), model, "20", str(SECONDS)],
            stdout=subprocess.PIPE,
            text=True,
            env={"PYTHONPATH": str(BENCHMARKS)},
        )
        for model in ("one", "two", "three")
    ]
    numbers = [int(line) for process in processes for line in process.communicate()[0].split()]
    flights = read_flights(path)
    assert sorted(numbers) == list(range(60))
    assert [flight.flight for flight in flights] == list(range(60))
    assert all(later.start >= earlier.end for earlier, later in pairwise(flights))
    assert all(
        [flight.rows for flight in flights if flight.model == model] == list(range(20)) for model in ("one", "two")
    )


def test_flights_of_several_threads_follow_each_other(tmp_path: Path) -> None:
    device = FakeDevice(tmp_path / "device")
    threads = [threading.Thread(target=lambda: [device.run(SECONDS, 1, "model") for _ in range(20)]) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    device.close()
    flights = read_flights(tmp_path / "device")
    assert [flight.flight for flight in flights] == list(range(60))
    assert all(later.start >= earlier.end for earlier, later in pairwise(flights))


def test_a_flight_takes_the_time_requested_and_ends_before_run_returns(tmp_path: Path) -> None:
    device = FakeDevice(tmp_path / "device")
    began = time.perf_counter()
    number = device.run(0.002, 5, "model")
    ended = time.perf_counter()
    device.close()
    (flight,) = read_flights(tmp_path / "device")
    assert (flight.flight, flight.model, flight.rows) == (number, "model", 5)
    assert flight.end - flight.start == pytest.approx(0.002)
    assert began <= flight.start
    assert flight.end <= ended


def test_a_reopened_device_continues_its_numbers(tmp_path: Path) -> None:
    for expected in range(3):
        device = FakeDevice(tmp_path / "device")
        assert device.run(0.0, 1, "model") == expected
        device.close()


def test_a_device_without_flights(tmp_path: Path) -> None:
    assert read_flights(tmp_path / "device") == []
