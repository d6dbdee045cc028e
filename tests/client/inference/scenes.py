"""A client with a server of small models, and what of the client's messages reaches the server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bridge.capabilities.inference.service import InferenceExchange
from bridge.client import BridgeClient
from bridge.client.inference import Answer, Inferred
from bridge.client.inference.upload import UploadMemory
from bridge.device.own_models import OwnModel
from tests.serving.own import OwnServer, serving


class Heard:
    """The messages that servers in this process hear on inference streams."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._messages: list[Any] = []
        hear = InferenceExchange.hear

        def noting(exchange: InferenceExchange, message: Any, arrival: float) -> None:
            self._messages.append(message)
            hear(exchange, message, arrival)

        monkeypatch.setattr(InferenceExchange, "hear", noting)

    def of_kind(self, kind: str) -> list[Any]:
        """The messages of one kind, without their payloads."""
        found = [message.message for message in self._messages]
        return [getattr(message, kind) for message in found if message.WhichOneof("message") == kind]

    @property
    def payloads(self) -> list[int]:
        """Bytes of tensors in each message that has some."""
        return [len(message.payload) for message in self._messages if len(message.payload)]


@asynccontextmanager
async def playing(
    *models: OwnModel, client: Any = None, **config: Any
) -> AsyncIterator[tuple[BridgeClient, OwnServer]]:
    """A client and its server, which serves these models. Options of the server follow `client`'s."""
    async with serving(*models, **config) as server, BridgeClient(server.address, **(client or {})) as bridge:
        yield bridge, server


def inferred(answer: Answer) -> Inferred:
    """The answer, which has outputs."""
    assert answer, answer
    return answer


def upload_memory(bridge: BridgeClient) -> UploadMemory:
    """The upload memory of a client's inference stream."""
    assert bridge._inferences is not None
    assert bridge._inferences._upload is not None
    return bridge._inferences._upload
