"""Running a peer, with a small one that needs only the standard library."""

import os
from pathlib import Path

import pytest
from fake_device import runner
from fake_device.play import Answer, Request, write_trace
from fake_device.runner import PeerUnavailable, run_peer, settings
from fake_device.workload import Model, Setup, Workload
from peers.run import share_within

WORKLOAD = Workload("two", (Model("tracker", 0.0005, 8, urgent=True), Model("texture", 0.001, 1)))
SERVER = """
import asyncio, os, time
from pathlib import Path
from fake_device.workload import Setup

def burn(milliseconds):
    until = time.process_time() + milliseconds / 1e3
    while time.process_time() < until:
        pass

async def main():
    setup = Setup.of_environment()
    setup.only("delay", "burn")
    models = {model.name: setup.load(model.name) for model in setup.models}

    async def answer(reader, writer):
        while line := await reader.readline():
            name = line.decode().strip()
            if name != "texture" or not setup.settings:
                writer.write(await asyncio.to_thread(models[name].forward, 1))
            else:
                burn(setup.settings.get("burn", 0))
                writer.write(bytes(64))
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", setup.port) as server:
        Path(PID_FILE).write_text(str(os.getpid()))
        await server.serve_forever()

asyncio.run(main())
"""
CLIENT = """
import asyncio
from contextlib import asynccontextmanager
from fake_device.play import Refused, main
from fake_device.workload import flight_of

@asynccontextmanager
async def connect(address, models):
    host, _, port = address.partition(":")

    async def ask(request):
        try:
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(request.model.encode() + b"\\n")
            answer = await reader.readexactly(64)
        except (OSError, asyncio.IncompleteReadError) as error:
            raise Refused(str(error)) from error
        writer.close()
        if not any(answer[8:]) and request.client == "refuse me":
            raise Refused("for the test")
        return flight_of(answer), 0

    yield ask

main(connect)
"""


@pytest.fixture
def pid_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Adds a peer named `small`; the file has the process id of its server."""
    folder = tmp_path / "peers" / "small"
    folder.mkdir(parents=True)
    path = tmp_path / "pid"
    (folder / "serve.py").write_text(SERVER.replace("PID_FILE", repr(str(path))))
    (folder / "ask.py").write_text(CLIENT)
    monkeypatch.setattr(runner, "_PEERS", tmp_path / "peers")
    return path


def trace_of(tmp_path: Path, *requests: Request) -> Path:
    path = tmp_path / "trace"
    write_trace(path, requests)
    return path


def test_a_trace_is_played_and_the_server_is_gone_afterwards(tmp_path: Path, pid_file: Path) -> None:
    requests = [
        Request(0.0, "tracker", "one", 1.0),
        Request(0.001, "texture", "two", 1.0),
        Request(0.002, "tracker", "refuse me", 1.0),
    ]
    answers, flights, _ = run_peer("small", "default", WORKLOAD, trace_of(tmp_path, *requests))
    by_number = {flight.flight: flight for flight in flights}
    assert [by_number[answer.flight].model for answer in answers[:2]] == ["tracker", "texture"]
    assert all(by_number[answer.flight].end <= answer.received for answer in answers[:2])
    assert answers[2].received < 0
    assert len(flights) == 3, "without the flights of the warm-up"
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid_file.read_text()), 0)


def test_settings_reach_the_server(tmp_path: Path, pid_file: Path) -> None:
    trace = trace_of(tmp_path, Request(0.0, "texture", "one", 1.0))
    answers, flights, _ = run_peer("small", "delay=2", WORKLOAD, trace)
    assert answers[0].received > 0
    assert flights == [], "with a setting, this server answers textures without the device"


def test_cpu_time_is_read_at_the_moments_asked_for(tmp_path: Path, pid_file: Path) -> None:
    trace = trace_of(tmp_path, *(Request(at, "texture", "one", 1.0) for at in (0.5, 0.6, 2.5)))
    answers, _, cpu = run_peer("small", "burn=50", WORKLOAD, trace, samples=(0.1, 0.4, 2.2))
    first, second, third = cpu
    began = answers[0].sent - 0.5
    assert began + 0.1 <= first.at < second.at < third.at < answers[2].sent
    assert second.server - first.server < 0.01 < first.server, "it waits"
    assert 0.1 <= third.server - second.server < 0.13, "it burned twice 0.05 s"
    assert 0 < second.client <= third.client


def test_a_trace_that_ends_before_the_last_sample_is_reported(tmp_path: Path, pid_file: Path) -> None:
    trace = trace_of(tmp_path, Request(0.0, "texture", "one", 1.0))
    with pytest.raises(ValueError, match="ended before CPU time was read at"):
        run_peer("small", "delay=2", WORKLOAD, trace, samples=(0.0, 60.0))


def test_a_server_that_exits_is_reported_with_its_last_lines(tmp_path: Path, pid_file: Path) -> None:
    trace = trace_of(tmp_path, Request(0.0, "texture", "one", 1.0))
    with pytest.raises(PeerUnavailable, match="no such setting: nonsense; this peer knows delay, burn"):
        run_peer("small", "nonsense=1", WORKLOAD, trace)


def test_an_unknown_peer(tmp_path: Path, pid_file: Path) -> None:
    with pytest.raises(PeerUnavailable, match="there is no peer large; there are small"):
        run_peer("large", "default", WORKLOAD, tmp_path / "trace")


def test_packages_that_cannot_be_installed_make_a_peer_unavailable(tmp_path: Path, pid_file: Path) -> None:
    requirements = tmp_path / "peers" / "small" / "requirements.txt"
    requirements.write_text(f"no-such-package @ file://{tmp_path}/nowhere\n")
    with pytest.raises(PeerUnavailable, match="small could not be installed: "):
        run_peer("small", "default", WORKLOAD, tmp_path / "trace")


def test_configurations_are_parsed_into_settings() -> None:
    assert settings("default") == {}
    assert settings("delay=2") == {"delay": 2.0}
    assert settings("priorities+timeout=17.5") == {"priorities": 1.0, "timeout": 17.5}


def test_a_setup_is_passed_through_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    setup = Setup(1234, "/a/device", WORKLOAD.models, {"delay": 2.0})
    for name, value in setup.environment().items():
        monkeypatch.setenv(name, value)
    assert Setup.of_environment() == setup


def test_an_unanswered_request_is_not_in_time() -> None:
    answers = [
        Answer(10.0, 10.01, 0, 0),
        Answer(10.0, 10.03, 1, 0),
        Answer(10.0, -1.0, -1, -1),
        Answer(10.0, 10.02, 2, 0),
    ]
    assert share_within(answers, 0.0205) == 0.5
