"""One request for a model's outputs, and the state of a slot."""

import asyncio
from dataclasses import dataclass, field

from bridge.capabilities.inference.tensors import Layout, Row
from bridge.v1 import error_pb2, inference_pb2
from bridge.wire.request import Request


@dataclass(slots=True, eq=False)
class LastResult:
    """A slot's last outputs, which may be sent again for a while."""

    index: int
    model: str
    version: str
    arrival: float  # of the request that they are from
    outputs: Row
    size: int


@dataclass(slots=True, eq=False)
class Slot:
    """What a client calls a slot. Its newest request is `last_index`."""

    last_index: int = 0
    newest_sent: int = 0  # of those with `latest_only`
    last: LastResult | None = None
    works: set[str] = field(default_factory=set)  # models asked for


@dataclass(slots=True, eq=False, kw_only=True)
class Inference(Request):
    """One request, which gets one answer. `row` is None until all its bytes are here, and once the device has it."""

    of: Slot
    stream_id: str
    slot: int
    index: int
    latest_only: bool
    layouts: list[Layout]
    size: int  # bytes of its tensors, counted while it may hold them
    row: Row | None = None
    upload: bytearray | None = None  # bytes that have come so far, of a request in parts
    filled: int = 0
    timer: asyncio.TimerHandle | None = None  # ends it if its bytes do not come in time
    repeated_from: int = 0

    @property
    def id(self) -> str:
        return f"{self.stream_id}/{self.slot}.{self.index}.{self.work}"

    def status(self, outcome: error_pb2.Outcome) -> inference_pb2.InferResponse:
        return status_of(self.slot, self.index, outcome)

    @property
    def repeats(self) -> bool:
        return self.repeated_from > 0


def status_of(slot: int, index: int, outcome: error_pb2.Outcome) -> inference_pb2.InferResponse:
    """The message for a request that gets no result, or for one that is invalid."""
    status = inference_pb2.InferenceStatus(slot=slot, request_index=index)
    status.outcome.CopyFrom(outcome)
    return inference_pb2.InferResponse(status=status)
