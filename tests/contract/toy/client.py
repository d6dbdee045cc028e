"""The toy's client."""

from types import TracebackType
from typing import Any, Self

from bridge.client.link.connection import Connection
from bridge.v1 import toy_pb2, toy_pb2_grpc


class Toy:
    """A stream of words, one at a time. Made by `BridgeClient.toy`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._index = 0
        self._call: Any = None

    async def __aenter__(self) -> Self:
        self._call = toy_pb2_grpc.ToyServiceStub(self._connection.channel).Turn()
        session = self._connection.handshake.session_id
        await self._call.write(toy_pb2.TurnRequest(open=toy_pb2.TurnOpen(session_id=session)))
        assert (await self._call.read()).WhichOneof("message") == "opened"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._call.done_writing()

    async def turn(self, text: str) -> str:
        """The word, backwards."""
        self._index += 1
        await self._call.write(toy_pb2.TurnRequest(word=toy_pb2.TurnWord(index=self._index, text=text)))
        answer: str = (await self._call.read()).answer.text
        return answer
