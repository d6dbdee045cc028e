"""One request for a reply, and its answer: pieces of text as they come from the network.

All text of one read is one piece: an endpoint, or a proxy in front of it, may send a whole reply at once. What the
endpoint sends is bounded in size and time, and however it fails, the reply ends with one sentence.
"""

import asyncio
from collections.abc import Callable
from typing import Any, NamedTuple

import httpx2

from bridge.errors import EndpointFailed
from bridge.remote import failures
from bridge.remote.chunk import DONE, Usage, read
from bridge.remote.endpoint import Endpoint
from bridge.remote.events import Events

LONGEST_SECONDS = 600.0  # a whole reply
_TAIL_SECONDS = 1.0  # for what may follow a reply: the usage, and the end of the response
_MOST_ERROR_BYTES = 64 * 1024
_CHARACTERS = 64  # that a token may have
_HEADERS = {"Content-Type": "application/json", "Accept": "text/event-stream"}
_FAILURES = {  # reasons to finish that are none
    "content_filter": "the content filter of the model's endpoint ended the reply; say it differently",
    "abort": "the model's endpoint gave up this reply; ask again",
    "error": "the model's endpoint failed on this reply; ask again, and see its log",
}


class Piece(NamedTuple):
    """What a read adds to a reply: `text` is new, the counts are of the whole reply so far.

    Tokens are as the endpoint counts them once it has said so; until then, the pieces of text that it has sent.
    """

    text: str
    tokens: int
    finish: str | None = None  # "end", "stop" or "length"
    prompt_tokens: int = 0
    cached_tokens: int = 0


class Exchange:
    """One request and its answer; `say` is called with each piece but the last."""

    def __init__(self, endpoint: Endpoint, most_tokens: int, say: Callable[[Piece], None]) -> None:
        self._endpoint, self._most, self._say = endpoint, most_tokens, say
        self._events = Events()
        self._pieces = self._characters = 0
        self._usage: Usage | None = None
        self._finish = ""
        self._give_up = 0.0  # on the event loop's clock
        self._runs_on = False  # the endpoint does not keep to the length that it was asked for

    async def run(self, body: bytes) -> Piece:
        """Send the request, and read the reply; returns its last piece. Cancelling it closes the connection, so that
        the endpoint stops. Raises ContextExceeded, or a BridgeError for every other failure.
        """
        self._endpoint.open_count += 1
        try:
            async with asyncio.timeout(None) as limit:
                await self._read(body, limit)
        except TimeoutError:
            if not self._finish:  # else only the usage is missing
                raise self._too_slow() from None
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
            raise EndpointFailed(f"the model's endpoint does not answer: {failures.unreachable(error)}") from None
        except httpx2.HTTPError as error:
            if not self._finish:
                why = f"the connection to the model's endpoint broke ({type(error).__name__})"
                raise EndpointFailed(f"{why}; ask again, and see its log") from None
        finally:
            self._endpoint.open_count -= 1
            self._endpoint.client.cookies.clear()
        if not self._finish:
            raise EndpointFailed(
                "the model's endpoint broke off in the middle of the reply; ask again, and see its log"
            )
        return self._piece("", self._finish)

    async def _read(self, body: bytes, limit: asyncio.Timeout) -> None:
        endpoint, now = self._endpoint, asyncio.get_running_loop().time
        give_up = self._give_up = now() + LONGEST_SECONDS
        limit.reschedule(now() + endpoint.silence)
        headers = {**endpoint.headers, **_HEADERS}
        async with endpoint.client.stream("POST", endpoint.completions, content=body, headers=headers) as response:
            await self._check(response)
            async for data in response.aiter_raw():
                ended = bool(self._finish)
                heard = self._take(data)
                if self._runs_on:
                    return
                if heard and not ended:
                    limit.reschedule(min(give_up, now() + (_TAIL_SECONDS if self._finish else endpoint.silence)))

    async def _check(self, response: httpx2.Response) -> None:
        """Raise what a response says that is no stream of events."""
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if response.status_code == 200 and kind == "text/event-stream":
            return
        found, key = await _json(response), self._endpoint.key
        if response.status_code != 200:
            raise failures.status_error(response.status_code, response.headers.get("retry-after"), found, key)
        if isinstance(found, dict) and (found.get("error") or found.get("object") == "error"):
            raise failures.event_error(found, key, begun=False)
        raise EndpointFailed(
            "the model's endpoint answers with something other than a stream of events; is its address the one before "
            "/chat/completions?"
        )

    def _take(self, data: bytes) -> bool:
        """Say the text of one read. Returns whether there was an event in it."""
        text, heard = "", False
        try:
            for event in self._events.push(data):
                heard = True
                text += self._text(event)
        except ValueError as error:
            raise EndpointFailed(
                f"the model's endpoint sends what is no chat completion: {error}; see its log"
            ) from None
        finally:
            if text:
                self._say(self._piece(text))
        return heard

    def _text(self, event: str) -> str:
        """What an event adds to the reply."""
        if event.strip() == DONE:
            self._finish = self._finish or "end"
            return ""
        chunk = read(event)
        if chunk.error is not None:
            raise failures.event_error(chunk.error, self._endpoint.key, begun=bool(self._pieces))
        self._usage = chunk.usage or self._usage
        if self._finish:
            return ""
        if chunk.finish in _FAILURES:
            raise EndpointFailed(_FAILURES[chunk.finish])
        if chunk.finish:
            self._finish = "length" if chunk.finish == "length" else "stop" if chunk.stopped else "end"
        self._pieces += bool(chunk.text)
        self._characters += len(chunk.text)
        if self._pieces > self._most or self._characters > self._most * _CHARACTERS:
            self._finish, self._runs_on = "length", True
            return ""
        return chunk.text

    def _piece(self, text: str, finish: str | None = None) -> Piece:
        usage = self._usage or Usage(0, 0)
        return Piece(text, usage.reply or self._pieces, finish, usage.prompt, usage.cached)

    def _too_slow(self) -> EndpointFailed:
        if asyncio.get_running_loop().time() >= self._give_up:
            return EndpointFailed(
                f"the model's endpoint has not finished the reply in {LONGEST_SECONDS:g} s; ask for less"
            )
        return EndpointFailed(
            f"the model's endpoint has sent nothing for {self._endpoint.silence:g} s; ask again, and see "
            "whether it has too much to do"
        )


async def _json(response: httpx2.Response) -> Any:
    """The body as JSON; None if it is none, or long."""
    data = bytearray()
    async for part in response.aiter_raw():
        data += part
        if len(data) > _MOST_ERROR_BYTES:
            return None
    return failures.parsed(bytes(data))
