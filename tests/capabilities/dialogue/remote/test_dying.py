"""Endpoints that fail, each in its own way: the turn ends with one sentence, and the next one is answered."""

import asyncio
import contextlib
import json
import logging
from pathlib import Path
from typing import Any

import pytest

from bridge.config import Config
from bridge.config_text import text_of
from bridge.control.metrics import read as read_metrics
from bridge.device.roster import ModelState
from bridge.errors import EndpointFailed, ModelFailed
from bridge.logs import JsonLines
from bridge.observe.attribution import attribute_now
from bridge.policy.work import Account, Stage
from bridge.remote import exchange
from bridge.remote.opening import open_endpoint
from bridge.tools.doctor import check_endpoint
from bridge.v1 import error_pb2
from tests.capabilities.dialogue.remote.endpoint import (
    DONE,
    KEY,
    MODEL,
    ROLE,
    Answer,
    Talk,
    data,
    echo,
    endpoint,
    event,
    remote,
    serving,
)
from tests.conftest import Run
from tests.serving.client import D, connected, say, until_done

QUOTED = json.dumps({"error": {"message": f"Incorrect API key provided: {KEY}"}})


def sends(*parts: str) -> Answer:
    """Send this as a stream of events, which then ends."""

    async def answer(talk: Talk) -> None:
        await talk.head()
        for part in parts:
            await talk.send(part)
        await talk.finish()

    return answer


def answers(status: int, body: str = QUOTED, kind: str = "application/json", **headers: str) -> Answer:
    async def answer(talk: Talk) -> None:
        await talk.answer(status, body, kind, **headers)

    return answer


async def cut(talk: Talk) -> None:
    await talk.head()
    await talk.send(event("Once upon"))
    talk.cut()


async def cut_at_once(talk: Talk) -> None:
    talk.cut()


async def half_a_chunk(talk: Talk) -> None:
    await talk.head()
    await talk.send(event("Once upon"))
    await talk.raw(b"fff\r\ndata: ")
    talk.over = True


async def no_http(talk: Talk) -> None:
    await talk.raw(b"220 mail.example.org ESMTP\r\n")
    talk.over = True


async def endless(talk: Talk) -> None:
    talk.over = True
    await talk.head()
    with contextlib.suppress(OSError):
        await talk.send("data: ")
        while True:
            await talk.send("x" * 65536)


async def endless_headers(talk: Talk) -> None:
    talk.over = True
    await talk.raw(b"HTTP/1.1 200 OK\r\n")
    with contextlib.suppress(OSError):
        while True:
            await talk.raw(b"X-More: " + b"x" * 60_000 + b"\r\n")


async def endless_error(talk: Talk) -> None:
    talk.over = True
    await talk.head(500, "application/json")
    with contextlib.suppress(OSError):
        while True:
            await talk.send("x" * 65536)


FAILURES: dict[str, tuple[Answer, str, str]] = {
    "a wrong key": (answers(401), "", 'refuses the key (HTTP 401: "Incorrect API key provided: (key)")'),
    "an unknown model": (answers(404), "", "finds no such model or address (HTTP 404"),
    "a bad request": (answers(400), "", "refuses the request (HTTP 400"),
    "a fault": (answers(500), "", "failed (HTTP 500"),
    "a fault without words": (answers(500, "<html>"), "", "failed (HTTP 500)"),
    "a fault without end": (endless_error, "", "failed (HTTP 500)"),
    "a redirect": (answers(307, "", Location="/v2/chat/completions"), "", "redirects (HTTP 307)"),
    "a web page": (answers(200, "<html>", "text/html"), "", "something other than a stream of events"),
    "no stream": (answers(200, '{"choices": []}'), "", "something other than a stream of events"),
    "an error as JSON": (answers(200), "", 'failed on this reply: "Incorrect API key provided: (key)"'),
    "an error in place of events": (sends(f"data: {QUOTED}\n\n"), "", "failed on this reply"),
    "an error after some": (sends(event("Once"), f"data: {QUOTED}\n\n"), "Once", "failed on this reply"),
    "an error in the same read": (sends(event("Once") + data({"error": "no"})), "Once", 'on this reply: "no"'),
    "no events": (sends(": ping\n\n"), "", "broke off in the middle"),
    "no end": (sends(ROLE, event("Once")), "Once", "broke off in the middle"),
    "a cut connection": (cut, "Once upon", "the connection to the model's endpoint broke"),
    "a cut one at once": (cut_at_once, "", "the connection to the model's endpoint broke"),
    "half a chunk": (half_a_chunk, "Once upon", "the connection to the model's endpoint broke"),
    "no HTTP": (no_http, "", "the connection to the model's endpoint broke"),
    "headers without end": (endless_headers, "", "the connection to the model's endpoint broke"),
    "an event without end": (endless, "", "sends what is no chat completion: an event has more than"),
    "no JSON": (sends(event("Once"), "data: hello\n\n"), "Once", "no chat completion: an event is not JSON"),
    "a list": (sends("data: []\n\n"), "", "no chat completion: an event is not a JSON object"),
    "a filter": (sends(event("Once"), event(finish="content_filter"), DONE), "Once", "the content filter of"),
    "an abort": (sends(event("Once"), event(finish="abort"), DONE), "Once", "gave up this reply"),
}


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    file = tmp_path / "dialogue.key"
    file.write_text(f"{KEY}\n")
    return file


@pytest.mark.parametrize("name", FAILURES)
def test_a_failing_endpoint_ends_the_turn_with_one_sentence(
    run: Run, name: str, key_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    answer, text, says = FAILURES[name]
    caplog.set_level(logging.DEBUG)

    async def scenario() -> None:
        async with remote(answer, dialogue_api_key_file=key_file) as (fake, server), connected(server.port) as client:
            call = await client.open_dialogue()
            await call.write(say("hello"))
            events = await until_done(call)
            done = events[-1].done
            assert says in done.outcome.error.message
            assert "; " in done.outcome.error.message, "it says what to do"
            assert done.outcome.error.message.isprintable()
            assert done.outcome.error.reason == error_pb2.ERROR_REASON_MODEL_FAULT
            assert done.outcome.disposition == error_pb2.DISPOSITION_FAILED
            assert (done.finish, done.text) == (D.TURN_FINISH_FAILED, text)
            assert not [event for event in events if KEY in str(event)]
            assert [headers["authorization"] for headers in fake.headers] == [f"Bearer {KEY}"] * len(fake.headers)
            assert len(fake.asked) == 1
            fake.answer = echo
            await call.write(say("again", turn=2))
            assert (await until_done(call, 2))[-1].done.finish == D.TURN_FINISH_END
            assert KEY not in repr(list(read_metrics(server.backend, server.servicers.values()).collect()))
            assert KEY not in text_of(server.backend.config)

    run(scenario())
    assert caplog.records
    assert not [record for record in caplog.records if KEY in JsonLines().format(record) + repr(vars(record))]


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_endpoint_is_an_early_refusal_with_the_time_to_wait(run: Run, status: int) -> None:
    async def scenario() -> None:
        answer = answers(status, "", Retry_After="7")
        async with remote(answer) as (_, server), connected(server.port) as client:
            call = await client.open_dialogue()
            await call.write(say("hello"))
            done = (await until_done(call))[-1].done
            assert done.finish == D.TURN_FINISH_FAILED
            assert done.outcome.disposition == error_pb2.DISPOSITION_REFUSED
            assert done.outcome.error.reason == error_pb2.ERROR_REASON_OVERLOADED
            assert done.outcome.error.retry_after_micros == 7_000_000
            (work,) = [work for work in (await client.stats()).work if work.name == "dialogue"]
            assert (work.refused_count, work.failed_count) == (1, 0)
            assert sum(one.count for one in work.late_stages) == 1

    run(scenario())


async def silent(talk: Talk) -> None:
    await talk.head()
    await talk.send(event("Once"))
    await talk.until_left()


async def deaf(talk: Talk) -> None:
    await talk.until_left()


async def pinging(talk: Talk) -> None:
    talk.over = True
    await talk.head()
    with contextlib.suppress(OSError):
        while True:
            await talk.send(": ping\n\n")
            await asyncio.sleep(0)


@pytest.mark.parametrize(("answer", "text"), [(silent, "Once"), (deaf, ""), (pinging, "")])
def test_an_endpoint_that_says_nothing_is_given_up(run: Run, answer: Answer, text: str) -> None:
    async def scenario() -> None:
        async with remote(answer, dialogue_timeout=0.1) as (_, server), connected(server.port) as client:
            call = await client.open_dialogue()
            await call.write(say("hello"))
            done = (await until_done(call))[-1].done
            assert "has sent nothing for 0.1 s" in done.outcome.error.message
            assert (done.finish, done.text) == (D.TURN_FINISH_FAILED, text)

    run(scenario())


def test_an_endpoint_that_has_gone_is_told_apart(run: Run) -> None:
    async def scenario() -> None:
        async with contextlib.AsyncExitStack() as stack:
            fake = await stack.enter_async_context(endpoint())
            async with serving(fake.name) as server, connected(server.port) as client:
                await stack.aclose()
                call = await client.open_dialogue()
                await call.write(say("hello"))
                done = (await until_done(call))[-1].done
                assert "the model's endpoint does not answer: it cannot be reached (Conn" in done.outcome.error.message
                assert done.outcome.disposition == error_pb2.DISPOSITION_FAILED

    run(scenario())


def test_an_endpoint_that_never_comes_to_an_end_is_given_up(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "LONGEST_SECONDS", 0.1)

    async def busy(talk: Talk) -> None:
        talk.over = True
        await talk.head()
        with contextlib.suppress(OSError):
            while True:
                await talk.send(ROLE)
                await asyncio.sleep(0)

    async def scenario() -> None:
        async with remote(busy) as (_, server), connected(server.port) as client:
            call = await client.open_dialogue()
            await call.write(say("hello"))
            done = (await until_done(call))[-1].done
            assert "has not finished the reply in 0.1 s" in done.outcome.error.message

    run(scenario())


def test_a_reply_that_is_complete_does_not_wait_for_its_count(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "_TAIL_SECONDS", 0.05)

    async def uncounted(talk: Talk) -> None:
        await talk.head()
        await talk.send(event("Hi"), event(finish="stop"))
        await talk.until_left()

    async def scenario() -> None:
        async with remote(uncounted) as (_, server), connected(server.port) as client:
            call = await client.open_dialogue()
            await call.write(say("hello"))
            done = (await until_done(call))[-1].done
            assert (done.finish, done.text) == (D.TURN_FINISH_END, "Hi")

    run(scenario())


# -- loading -----------------------------------------------------------------------------------------------------------


def test_a_server_starts_without_its_endpoint_and_loads_it_later(run: Run) -> None:
    async def scenario() -> None:
        async with endpoint(models_status=500) as fake, serving(fake.name) as server, connected(server.port) as client:
            standing = server.roster.standing("dialogue")
            assert standing.state is ModelState.FAILED
            assert "/v1/models: the model's endpoint failed (HTTP 500)" in standing.detail
            call = await client.open_dialogue()
            await call.write(say("hello"))
            done = (await until_done(call))[-1].done
            assert done.outcome.disposition == error_pb2.DISPOSITION_REFUSED
            assert "could not be loaded" in done.outcome.error.message
            fake.models_status = 200
            await server.roster.load("dialogue")
            await call.write(say("hello", turn=2))
            assert (await until_done(call, 2))[-1].done.text == "You said: hello"

    run(scenario())


LISTS: dict[str, tuple[Any, str | None, str]] = {
    "no models": ({"data": []}, None, "lists no model"),
    "another list": ({"models": ["a"]}, None, "lists no model"),
    "no list": ([], None, "lists no model"),
    "names that are none": ({"data": [{"id": 7}, {"id": "a\nb"}, "c", {}]}, None, "lists no model"),
    "several": ({"data": [{"id": "a"}, {"id": "b"}]}, None, "serves a, b; say which one with remote-model"),
    "others": ({"data": [{"id": str(number)} for number in range(50)]}, "a", "does not serve 'a'; it has 0, 1, 2"),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_model_that_is_not_there_is_not_loaded(run: Run, name: str) -> None:
    models, wanted, says = LISTS[name]

    async def scenario() -> None:
        async with endpoint(models=models) as fake:
            config = Config(dialogue_model=fake.name, dialogue_remote_model=wanted)
            with pytest.raises(EndpointFailed, match=says):
                await asyncio.to_thread(open_endpoint, config)

    run(scenario())


def test_one_of_several_models_is_named(run: Run) -> None:
    async def scenario() -> None:
        models = {"data": [{"id": "a"}, {"id": "b", "owned_by": "llamacpp"}]}
        async with endpoint(models=models) as fake:
            config = Config(dialogue_model=fake.name, dialogue_remote_model="b")
            _, served = await asyncio.to_thread(open_endpoint, config)
            assert (served.name, served.owner) == ("b", "llamacpp")

    run(scenario())


def test_an_endpoint_without_a_list_serves_what_is_named(run: Run) -> None:
    async def scenario() -> None:
        async with endpoint(models_status=404) as fake:
            config = Config(dialogue_model=fake.name, dialogue_remote_model="b")
            _, served = await asyncio.to_thread(open_endpoint, config)
            assert (served.name, served.owner) == ("b", "")
            with pytest.raises(EndpointFailed, match="finds no such model or address"):
                await asyncio.to_thread(open_endpoint, Config(dialogue_model=fake.name))

    run(scenario())


def test_the_doctor_reports_the_endpoint(run: Run) -> None:
    async def scenario() -> None:
        async with endpoint() as fake:
            config = Config(dialogue_model=fake.name)
            (found,) = await asyncio.to_thread(lambda: list(check_endpoint(config)))
            assert (found.found, found.fault) == (f"serves {MODEL}", False)
        (found,) = await asyncio.to_thread(lambda: list(check_endpoint(config)))
        assert "cannot be reached" in found.found
        assert found.fault
        assert found.mend == "start it, or mend its address"
        assert not list(check_endpoint(Config()))
        assert not list(check_endpoint(None))

    run(scenario())


def test_without_its_extra_a_remote_model_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "httpx2", None)
    monkeypatch.delitem(sys.modules, "bridge.remote.endpoint", raising=False)
    with pytest.raises(ModelFailed, match=r"no httpx2.*framebridge\[remote\]"):
        open_endpoint(Config(dialogue_model="openai:http://127.0.0.1:1/v1"))


def test_a_late_token_is_attributed_to_the_endpoint() -> None:
    attribution = attribute_now(Account(endpoint=0.5, queue=0.1), 0.6)
    assert attribution.stage is Stage.ENDPOINT
    assert str(attribution) == "600.0 ms, 500.0 ms of it at the model's endpoint"
