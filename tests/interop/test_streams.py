"""ModelStreamInfer: answers as they are done, errors in place of answers, and its limits."""

import asyncio
from typing import Any

from bridge.config import Limits
from tests.conftest import Run
from tests.interop.client import asks, ended, kserve, mood, number, values
from tests.interop.server import OwnServer
from tests.interop.test_requests import closed, entered, idle, opened
from tests.serving.client import EOF, Client, read


async def send(call: Any, *requests: Any) -> None:
    for request in requests:
        await call.write(request.SerializeToString())


def test_answers_come_as_they_are_done_and_name_their_requests(run: Run, own: OwnServer) -> None:
    async def scenario() -> None:
        async with kserve(own.port) as client:
            call = client.stream()
            closed(own)
            try:
                await send(call, asks("gate", number(1.0), "first"))
                await entered(own)
                await send(
                    call,
                    asks("mood", mood(), "patient", timeout=30_000_000),
                    asks("gate", number(2.0), "urgent", timeout=20_000_000),
                    asks("oracle", mood(), "unknown"),
                )
                refused = await read(call)
                assert (refused.infer_response.id, refused.infer_response.outputs) == ("unknown", [])
                assert "no model 'oracle'" in refused.error_message
                plain = Client(own.port)
                await plain.stats_until(lambda stats: stats.job_count == 3)
                await plain.channel.close()
                own.gate.closed = False
            finally:
                opened(own)
            answers = [await read(call) for _ in range(3)]
            assert [answer.infer_response.id for answer in answers] == ["first", "urgent", "patient"]
            assert [answer.error_message for answer in answers] == [""] * 3
            assert values(answers[1].infer_response).item() == 2.0
            assert all(answer.infer_response.parameters["triton_final_response"].bool_param for answer in answers)
            call.cancel()

    run(scenario())


def test_a_client_that_has_said_all_gets_what_it_is_owed(run: Run, own: OwnServer) -> None:
    async def scenario() -> None:
        async with kserve(own.port) as client:
            call = client.stream()
            await send(call, *(asks("mood", mood(2), str(place)) for place in range(20)))
            await call.done_writing()
            async with asyncio.timeout(20):
                ids = set()
                while (answer := await call.read()) is not EOF:
                    ids.add(answer.infer_response.id)
            assert ids == {str(place) for place in range(20)}
            assert (await ended(call))[0].name == "OK"
            await idle(own)

    run(scenario())


def test_a_client_that_leaves_takes_its_requests_with_it(run: Run, own: OwnServer) -> None:
    async def scenario() -> None:
        async with kserve(own.port) as client:
            call = client.stream()
            closed(own)
            try:
                await send(call, asks("gate", number()))
                await entered(own)
                await send(call, *(asks("mood", mood(4)) for _ in range(5)))
                plain = Client(own.port)
                await plain.stats_until(lambda stats: stats.job_count == 21)
                call.cancel()
                await plain.stats_until(lambda stats: stats.stream_count == 0)
            finally:
                opened(own)
            await plain.channel.close()
            await idle(own)

    run(scenario())


def test_unanswered_requests_have_a_limit(run: Run) -> None:
    async def scenario() -> None:
        own = OwnServer(Limits(open_inferences=2))
        await own.start()
        async with kserve(own.port) as client:
            call = client.stream()
            closed(own)
            try:
                await send(call, asks("gate", number(), "first"))
                await entered(own)
                await send(call, *(asks("mood", mood(), name) for name in ("second", "third")), asks("oracle", {}, "x"))
                refused = await read(call)
                assert refused.infer_response.id == "third"
                assert "2 requests of this stream are unanswered; wait for some" in refused.error_message
                assert (await read(call)).infer_response.id == "x"
            finally:
                opened(own)
            assert {(await read(call)).infer_response.id for _ in range(2)} == {"first", "second"}
            await send(call, asks("mood", mood(), "fourth"))
            assert not (await read(call)).error_message
        await own.server.stop(0.0)

    run(scenario())


def test_more_rows_than_one_client_may_have_open_are_refused_whole(run: Run, own: OwnServer) -> None:
    """The scheduler's table refuses some rows; their batches get no answer, and the others all do."""

    async def scenario() -> None:
        async with kserve(own.port) as client:
            call = client.stream()
            closed(own)
            try:
                await send(call, asks("gate", number(), "gate"))
                await entered(own)
                await send(call, *(asks("mood", mood(4), str(place)) for place in range(40)))
                plain = Client(own.port)
                await plain.stats_until(lambda stats: stats.job_count > 128)
            finally:
                opened(own)
            answers = [await read(call) for _ in range(41)]
            await plain.channel.close()
            refused = [answer for answer in answers if answer.error_message]
            assert {answer.infer_response.id for answer in answers} == {"gate", *map(str, range(40))}
            assert 0 < len(refused) < 12
            assert all("too many requests are waiting already" in answer.error_message for answer in refused)
            call.cancel()
            await idle(own)

    run(scenario())
