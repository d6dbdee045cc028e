"""A request for a model's outputs, and its messages."""

from collections.abc import Iterator
from dataclasses import dataclass

from bridge.client.answers import MICROS
from bridge.client.inference.signature import Signature
from bridge.client.inference.slots import Slot
from bridge.client.inference.tensors import Arrays, declared, size_of
from bridge.client.link.pending import Key
from bridge.v1 import inference_pb2, timing_pb2
from bridge.wire.bulk import Bulk


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One request, checked. `number` is its slot's on the stream; `budget` is 0 for the server's default."""

    signature: Signature
    slot: Slot
    number: int
    index: int
    arrays: Arrays
    budget: float
    latest_only: bool
    best_only: bool

    @property
    def key(self) -> Key:
        """Its key among the requests in flight."""
        return Key(self.slot.number, self.index, self.slot.model)

    @property
    def allowed(self) -> float:
        """Its budget in seconds, the server's default included; 0 if unknown."""
        return self.budget or self.signature.budget

    def head(self, link: timing_pb2.Budget, late_count: int) -> inference_pb2.InferenceRequest:
        """The request without its bytes. `link` is a Budget with what is measured of the link."""
        link.budget_micros = round(self.budget * MICROS)
        if self.best_only:
            link.ladder = timing_pb2.LADDER_POLICY_BEST_ONLY
        return inference_pb2.InferenceRequest(
            slot=self.number,
            request_index=self.index,
            model=self.slot.model,
            budget=link,
            latest_only=self.latest_only,
            inputs=declared(self.arrays),
            total_bytes=size_of(self.arrays),
            late_result_count=late_count,
        )

    def parts(self, data: memoryview, most: int) -> Iterator[Bulk]:
        """The messages of the bytes that the first one, of `most` bytes, does not hold."""
        for offset in range(most, len(data), most):
            part = inference_pb2.InferencePart(slot=self.number, request_index=self.index, part_offset=offset)
            yield Bulk(inference_pb2.InferRequest(part=part), data[offset : offset + most])
