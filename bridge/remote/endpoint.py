"""An OpenAI-compatible server: what it serves, and the connections to it.

No proxy, certificate or key comes from the environment but what the configuration names, and no redirect is followed.
"""

import logging
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

from bridge.errors import EndpointFailed
from bridge.remote import failures
from bridge.remote.address import Address
from bridge.remote.key import Key

CONNECT_SECONDS = 5.0
_SEND_SECONDS = 10.0
_LIST_SECONDS = 10.0  # for the whole list of models
_MOST_LIST_BYTES = 1 << 20
_MOST_LISTED = 1000
_SHOWN = 8  # names of models in a sentence
_LONGEST_NAME = 200
_IDLE_SECONDS = 4.0  # uvicorn, under vLLM, closes what is idle for 5
_PLAIN: Mapping[str, str] = {"Accept-Encoding": "identity", "User-Agent": "framebridge"}


@dataclass(frozen=True, slots=True)
class Served:
    """A model of an endpoint, and whose it says that is: "vllm", "llamacpp", ..."""

    name: str
    owner: str = ""


class Endpoint:
    """One endpoint. `find` belongs to any thread; the client and its connections to the event loop."""

    def __init__(self, address: Address, key: Key | None, most_requests: int, silence: float) -> None:
        self.key = key
        self.silence = silence  # seconds that it may send nothing
        self.open_count = 0  # requests in progress
        self.completions = f"{address.url}/chat/completions"
        self._models = f"{address.url}/models"
        self._url = address.url
        nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusted; plain HTTP needs no certificates read
        self._context = httpx2.create_ssl_context(trust_env=False) if address.encrypted else nobody
        self._most = most_requests
        self.client = self._client()
        logging.getLogger("httpx2").setLevel(logging.WARNING)  # else a line for every reply

    @property
    def headers(self) -> Mapping[str, str]:
        """What every request carries, its key included."""
        return _PLAIN if self.key is None else {**_PLAIN, **self.key.header}

    def _client(self) -> httpx2.AsyncClient:
        most = 2 * self._most  # some are read to their end yet when the next one begins
        return httpx2.AsyncClient(
            verify=self._context,
            trust_env=False,
            follow_redirects=False,
            timeout=httpx2.Timeout(None, connect=CONNECT_SECONDS, write=_SEND_SECONDS, pool=CONNECT_SECONDS),
            limits=httpx2.Limits(
                max_connections=most, max_keepalive_connections=self._most, keepalive_expiry=_IDLE_SECONDS
            ),
        )

    def find(self, name: str | None) -> Served:
        """The model of this name, or the only one. BridgeError if the endpoint does not answer, or does not have it."""
        status, retry_after, data = self._list()
        found = failures.parsed(data)
        if status == 404 and name:
            return Served(name)  # it has no list
        if status != 200:
            error = failures.status_error(status, retry_after, found, self.key)
            raise EndpointFailed(f"{self._models}: {error}")
        return self._chosen(_served(found), name)

    def _chosen(self, served: list[Served], name: str | None) -> Served:
        names = ", ".join(one.name for one in served[:_SHOWN]) + (", ..." if len(served) > _SHOWN else "")
        if not served:
            raise EndpointFailed(f"{self._models} lists no model; is this the address before /chat/completions?")
        if name is None and len(served) > 1:
            raise EndpointFailed(f"{self._url} serves {names}; say which one with remote-model")
        for one in served:
            if name in (None, one.name):
                return one
        raise EndpointFailed(f"{self._url} does not serve {name!r}; it has {names}")

    def _list(self) -> tuple[int, str | None, bytes]:
        """The response to a request for the list of models: status, Retry-After and body."""
        give_up = time.monotonic() + _LIST_SECONDS
        data = bytearray()
        try:
            with (
                httpx2.Client(verify=self._context, trust_env=False, timeout=CONNECT_SECONDS) as client,
                client.stream("GET", self._models, headers=self.headers) as response,
            ):
                for part in response.iter_raw():
                    data += part
                    if len(data) > _MOST_LIST_BYTES or time.monotonic() > give_up:
                        raise EndpointFailed(f"the list of models at {self._models} is too long, or comes too slowly")
                return response.status_code, response.headers.get("retry-after"), bytes(data)
        except httpx2.HTTPError as error:
            raise EndpointFailed(f"{self._models}: {failures.unreachable(error)}") from None


def _served(found: Any) -> list[Served]:
    """The models that a list holds; entries that are none are left out."""
    entries = found.get("data") if isinstance(found, dict) else None
    served = []
    for entry in entries[:_MOST_LISTED] if isinstance(entries, list) else ():
        name = entry.get("id") if isinstance(entry, dict) else None
        if isinstance(name, str) and 0 < len(name) <= _LONGEST_NAME and name.isprintable():
            owner = entry.get("owned_by")
            served.append(Served(name, owner if isinstance(owner, str) else ""))
    return served
