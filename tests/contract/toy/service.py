"""The toy's stream: words go up, the same words come down backwards."""

from dataclasses import dataclass

from bridge.errors import BridgeError
from bridge.policy.work import Outcome, Rung
from bridge.streams.answering import Answering
from bridge.streams.servicer import Servicer
from bridge.streams.stream import Stream, misplaced, serve_stream
from bridge.v1 import error_pb2, toy_pb2
from bridge.wire.bounds import check_rising, terms_of
from bridge.wire.handlers import Context
from bridge.wire.request import Request
from bridge.wire.status import rejection


@dataclass(slots=True, eq=False, kw_only=True)
class Word(Request):
    """One answer that is owed."""

    index: int
    text: str

    @property
    def id(self) -> str:
        return f"toy/{self.index}"

    def status(self, outcome: error_pb2.Outcome) -> toy_pb2.TurnResponse:
        return _status(self.index, outcome)


class ToyService(Servicer):
    """Words, backwards."""

    async def Turn(self, context: Context) -> None:
        await serve_stream(context, self._backend, "toy", ToyExchange)


class ToyExchange(Answering[Word]):
    """What a stream's messages mean."""

    def __init__(self, stream: Stream) -> None:
        super().__init__(stream)
        self._last = 0
        self._delivery.send(toy_pb2.TurnResponse(opened=toy_pb2.TurnOpened()))

    def hear(self, message: toy_pb2.TurnRequest, arrival: float) -> None:
        word = message.word
        if message.WhichOneof("message") != "word":
            raise misplaced(message.WhichOneof("message"), "word")
        try:
            check_rising("index", word.index, self._last)
            terms = terms_of(word.budget, self._backend.budgets["toy"], self._backend.limits)
        except BridgeError as error:
            self._delivery.send(_status(word.index, rejection(error)))
            return
        self._last = word.index
        request = Word(
            work="toy",
            arrival=arrival,
            terms=terms,
            index=word.index,
            text=word.text,
        )
        self._delivery.owe(request)
        self.submit(request)

    def refuse(self, error: BridgeError) -> None:
        """It has no bundles."""
        raise error

    def rungs(self, request: Word) -> tuple[Rung, ...]:
        request.version = self._backend.roster.program("toy").version
        return tuple(Rung(spec.name, spec.lane, request.text) for spec in self._backend.roster.ladder("toy"))

    def take(self, request: Word, outcome: Outcome) -> None:
        answer = toy_pb2.TurnAnswer(index=request.index, text=outcome.value)

        def pack(now: float) -> list[toy_pb2.TurnResponse]:
            request.tell_timing(answer.timing, now)
            return [toy_pb2.TurnResponse(answer=answer)]

        self._delivery.answer(request, outcome.at, pack)

    def finish(self) -> None:
        """What was asked is still answered."""


def _status(index: int, outcome: error_pb2.Outcome) -> toy_pb2.TurnResponse:
    return toy_pb2.TurnResponse(status=toy_pb2.TurnStatus(index=index, outcome=outcome))
