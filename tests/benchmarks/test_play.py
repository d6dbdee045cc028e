"""The trace player: open loop, every request recorded."""

import asyncio
import gc
import json
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from fake_device import play
from fake_device.play import Answer, Ask, Refused, Request, read_answers, write_trace


def request(at: float, model: str = "texture", budget: float = 0.0) -> Request:
    return Request(at, model, "client", budget)


class Server:
    """Answers each request with the number of earlier ones; refuses the models in `refuses`."""

    def __init__(self, refuses: Sequence[str] = ()) -> None:
        self.asked: list[Request] = []
        self.refuses = refuses

    async def ask(self, request: Request) -> tuple[int, int]:
        self.asked.append(request)
        await asyncio.sleep(0)
        if request.model in self.refuses:
            raise Refused("no")
        return self.asked.index(request), 0


def test_requests_are_sent_in_order_of_time_and_answers_returned_in_order_of_the_trace() -> None:
    server = Server()
    requests = [request(0.004), request(0.0, "tracker"), request(0.002), request(0.002, "tracker")]
    answers = asyncio.run(play.play(requests, server.ask))
    assert [each.at for each in server.asked] == [0.0, 0.002, 0.002, 0.004]
    assert [server.asked[answer.flight] for answer in answers] == requests
    assert all(answer.received >= answer.sent for answer in answers)
    assert answers[1].sent <= min(answers[2].sent, answers[3].sent)
    assert max(answers[2].sent, answers[3].sent) <= answers[0].sent


def test_no_request_waits_for_the_answer_to_another() -> None:
    async def main() -> list[Answer]:
        all_asked = asyncio.Event()
        asked = []

        async def ask(request: Request) -> tuple[int, int]:
            asked.append(request)
            if len(asked) == 3:
                all_asked.set()
            await all_asked.wait()
            return 0, 0

        return await play.play([request(at / 1000, budget=10.0) for at in range(3)], ask)

    assert all(answer.received > 0 for answer in asyncio.run(main()))


def test_refusals_are_recorded() -> None:
    server = Server(refuses=["tracker"])
    answers = asyncio.run(play.play([request(0.0), request(0.0, "tracker")], server.ask))
    assert answers[0].received >= answers[0].sent
    assert answers[1].received < 0
    assert answers[1].flight == -1
    assert answers[1].sent > 0


def test_a_request_without_an_answer_within_the_grace_counts_as_unanswered() -> None:
    async def ask(request: Request) -> tuple[int, int]:
        if request.model == "tracker":
            await asyncio.Event().wait()
        return 7, 1

    answers = asyncio.run(play.play([request(0.0, "tracker"), request(0.0)], ask, grace=0.0))
    assert answers[0].received < 0
    assert (answers[1].flight, answers[1].rung) == (7, 1)


def test_other_errors_than_refusals_are_raised() -> None:
    async def ask(request: Request) -> tuple[int, int]:
        raise KeyError("a bug in the client")

    with pytest.raises(KeyError):
        asyncio.run(play.play([request(0.0)], ask))


def test_the_garbage_collector_is_off_during_a_trace() -> None:
    async def ask(request: Request) -> tuple[int, int]:
        return int(gc.isenabled()), 0

    (answer,) = asyncio.run(play.play([request(0.0)], ask))
    assert answer.flight == 0
    assert gc.isenabled()


def test_an_empty_trace() -> None:
    assert asyncio.run(play.play([], Server().ask)) == []


def test_each_model_is_warmed_up_with_concurrent_requests_even_if_it_refuses() -> None:
    server = Server(refuses=["tracker"])
    under_way: list[int] = []
    asking = 0

    async def ask(request: Request) -> tuple[int, int]:
        nonlocal asking
        asking += 1
        under_way.append(asking)
        try:
            return await server.ask(request)
        finally:
            asking -= 1

    asyncio.run(play.warm_up(["texture", "tracker"], ask, count=25))
    models = [each.model for each in server.asked]
    assert models == ["texture"] * 25 + ["tracker"] * 25
    assert max(under_way) == 10


def test_ready_retries_until_each_model_has_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(play, "_SETTLE", 0.0)
    server = Server(refuses=["tracker"])

    async def ask(request: Request) -> tuple[int, int]:
        if len(server.asked) == 5:
            server.refuses = ()
        return await server.ask(request)

    asyncio.run(play.ready(["texture", "tracker"], ask))
    assert [each.model for each in server.asked] == ["texture"] + ["tracker"] * 5


def test_ready_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(play, "_SETTLE", 0.0)
    with pytest.raises(TimeoutError):
        asyncio.run(play.ready(["tracker"], Server(refuses=["tracker"]).ask, seconds=0.0))


def test_a_client_script_plays_its_trace_into_its_result_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server()
    requests = [request(0.0), request(0.001, "tracker", 0.5)]
    trace, result = tmp_path / "trace", tmp_path / "result"
    write_trace(trace, requests)
    monkeypatch.setattr(sys, "argv", ["ask.py", "an address", str(trace), str(result)])

    @asynccontextmanager
    async def connect(address: str, models: Sequence[str]) -> AsyncIterator[Ask]:
        assert (address, models) == ("an address", ["texture", "tracker"])
        yield server.ask

    play.main(connect)
    assert server.asked[-2:] == requests
    answers = read_answers(result)
    assert [server.asked[answer.flight] for answer in answers] == requests
    assert len(json.loads(result.read_text())) == 2
