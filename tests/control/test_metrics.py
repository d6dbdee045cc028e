"""What Prometheus scrapes: parsed as Prometheus parses it, bounded, on its own port, and nothing but that."""

import asyncio
import socket
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bridge.config import Config
from bridge.control.metrics import read as read_metrics
from bridge.control.metrics import text
from bridge.errors import ConfigError
from bridge.observe.attribution import Attribution
from bridge.observe.counters import BUCKETS
from bridge.observe.stats import MOST_NAMES, Stats
from bridge.policy.work import Ending, Stage
from bridge.server import Server
from bridge.v1 import timing_pb2
from tests.capabilities.avatar.test_avatar import settled
from tests.conftest import Run
from tests.observe.test_stats import dialogue_in_the_way, passed
from tests.serving.client import ask, connected, look, read
from tests.serving.server import FakeServer, serving

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


async def fetch(port: int, head: str = "GET /metrics HTTP/1.1\r\nHost: here\r\n\r\n") -> tuple[str, str]:
    """Status line and body of one answer; both empty where the server hung up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head.encode())
    try:
        async with asyncio.timeout(10):
            answer = (await reader.read()).decode()
    except ConnectionError:
        answer = ""
    writer.close()
    headers, _, body = answer.partition("\r\n\r\n")
    if headers:
        length = next(line for line in headers.splitlines() if line.lower().startswith("content-length:"))
        assert int(length.split(":")[1]) == len(body.encode())
    return headers.partition("\r\n")[0], body


def samples(body: str) -> Samples:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(body)
        for sample in family.samples
    }


def value(found: Samples, name: str, **labels: str) -> float | None:
    return found.get((f"framebridge_{name}", frozenset(labels.items())))


def test_the_counts_are_there_for_prometheus(run: Run) -> None:
    async def scenario() -> None:
        async with (
            serving(metrics_port=0) as server,
            connected(server.port, client_name="talker") as talker,
            connected(server.port, client_name='pain"ter\n') as painter,
        ):
            call = await painter.open_avatars()
            async with dialogue_in_the_way(server, talker):
                await settled(call, look(), ask(1, budget=timing_pb2.Budget(budget_micros=20_000)))
                await passed(painter, 40_000)
            await read(call)
            await call.write(ask(2))
            await read(call)
            status, body = await fetch(server.server.metrics_port)
            assert status == "HTTP/1.1 200 OK"
            found = samples(body)
            mine = {"work": "avatar", "client": 'pain"ter?'}
            assert value(found, "requests_total", **mine, ending="answered") == 1
            assert value(found, "requests_total", **mine, ending="refused") == 1
            assert value(found, "requests_total", **mine, ending="missed") == 0
            assert value(found, "answers_in_budget_total", **mine) == 1
            assert value(found, "answers_repeated_total", **mine) == 0
            assert value(found, "answers_late_at_client_total", **mine) == 0
            assert value(found, "answers_total", **mine, rung="avatar.64") == 1
            assert value(found, "late_total", **mine, stage="blocked", blocked_by="dialogue") == 1
            assert value(found, "sessions") == value(found, "streams") == 2
            assert value(found, "open_jobs") is not None
            assert value(found, "model_state", model="avatar", state="ready") == 1
            assert (value(found, "resident_bytes") or 0) > 1 << 20
            assert (value(found, "device_busy_seconds_total") or 0) > 0
            assert (value(found, "work_device_seconds_total", work="avatar") or 0) > 0
            assert (value(found, "mean_batch", work="avatar") or 0) >= 1
            assert value(found, "answer_seconds_bucket", work="avatar", le="+Inf") == 1
            assert value(found, "answer_seconds_count", work="avatar") == 1
            rising = [value(found, "answer_seconds_bucket", work="avatar", le=f"{edge:g}") or 0 for edge in BUCKETS]
            assert rising == sorted(rising)
            assert (value(found, "answer_seconds_sum", work="avatar") or 0) > 0

    run(scenario())


def test_what_is_counted_by_name_outlives_the_session_and_is_bounded(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as server:
            for number in range(MOST_NAMES + 2):
                async with connected(server.port, client_name=f"visitor {number}") as client:
                    call = await client.open_avatars()
                    await settled(call, look(), ask(1))
                    await client.stats_until(lambda stats: stats.job_count == 0)
            found = samples(text(read_metrics(server.backend, server.server.servicers.values())).decode())
            clients = {dict(labels).get("client") for _, labels in found} - {None}
            assert len(clients) == MOST_NAMES + 1
            asked = [count for (name, labels), count in found.items() if name == "framebridge_requests_total" and count]
            assert sum(asked) == MOST_NAMES + 2

    run(scenario())


@pytest.mark.parametrize(
    "head",
    [
        "GET / HTTP/1.1\r\n\r\n",
        "GET /metrics/more HTTP/1.1\r\n\r\n",
        "POST /metrics HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
        "\r\n\r\n",
        "GET\r\n\r\n",
    ],
)
def test_there_is_nothing_else_on_the_port(run: Run, head: str) -> None:
    async def scenario() -> None:
        async with serving(metrics_port=0) as server:
            assert await fetch(server.server.metrics_port, head) == (
                "HTTP/1.1 404 Not Found",
                "there is only GET /metrics here\n",
            )
            assert (await fetch(server.server.metrics_port, "GET /metrics?x=y HTTP/1.0\r\n\r\n"))[0].endswith("200 OK")

    run(scenario())


def test_a_head_without_end_is_hung_up_on(run: Run) -> None:
    async def scenario() -> None:
        async with serving(metrics_port=0) as server:
            assert await fetch(server.server.metrics_port, "GET /metrics HTTP/1.1\r\n" + "x" * 20_000) == ("", "")
            assert (await fetch(server.server.metrics_port))[0].endswith("200 OK")

    run(scenario())


def test_many_scrapers_at_once_are_few(run: Run) -> None:
    async def scenario() -> None:
        async with serving(metrics_port=0) as server:
            silent = [await asyncio.open_connection("127.0.0.1", server.server.metrics_port) for _ in range(16)]
            assert await fetch(server.server.metrics_port) == ("", "")
            for _, writer in silent:
                writer.close()

    run(scenario())


def test_without_the_flag_there_is_no_port(run: Run, fake: FakeServer) -> None:
    assert fake.server.metrics_port == 0


def test_a_port_in_use_says_the_mend(run: Run) -> None:
    async def scenario(port: int) -> Any:
        async with serving(metrics_port=port):
            pass

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ConfigError, match=f"127.0.0.1:{port} cannot be used for metrics.*another --metrics-port"):
            run(scenario(port))


@pytest.mark.parametrize(("port", "metrics_port"), [(50051, 50051), (0, 70_000), (0, -1)])
def test_a_port_that_cannot_be_says_the_mend(port: int, metrics_port: int) -> None:
    with pytest.raises(ConfigError, match=r"--metrics-port .* 0"):
        Server(Config(port=port, metrics_port=metrics_port))


def test_a_copy_of_counts_stands_still() -> None:
    counts = Stats(("avatar",)).client("village")
    counts.answered("avatar", "avatar.64", 0.02, in_budget=True, cheaper=False)
    copied = counts.own("avatar").copy()
    counts.answered("avatar", "repeat", 0.02, in_budget=True, cheaper=True)
    counts.attributed("avatar", Attribution(Stage.QUEUE))
    counts.ended("avatar", Ending.REFUSED)
    assert (copied.answers, counts.own("avatar").answers) == (1, 2)
    assert (copied.rungs, sum(copied.buckets), copied.late_stages) == ({"avatar.64": 1}, 1, {})
    assert copied.endings[Ending.REFUSED] == 0
