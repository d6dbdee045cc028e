"""A model of the operator's own, by name: arrays in, arrays out."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Mapping
from types import TracebackType
from typing import Any, Self

from bridge.client.inference.inferences import AnswerFuture, Inferences
from bridge.client.inference.inferred import Answer
from bridge.client.inference.signature import TensorSpec
from bridge.client.inference.slots import Slot
from bridge.errors import BridgeError

MAX_RESULTS_WAITING = 256


class Model:
    """One model. Created by `BridgeClient.model`.

    All models of a client share one stream, which the first `infer` opens and the client closes. So a Model costs
    nothing, and `await bridge.model("style").infer(image=array)` is all that is needed. `async with` opens the stream
    before the first request, as `send` and `request` need, checks that there is such a model, and at its end withdraws
    what was sent and is not answered.

    Inputs are given by name, as arrays of one row (without the batch) in the model's number format and shape, see
    `inputs`; numbers and lists are converted. They are copied before a call returns. Those whose names are also a
    parameter's go into a mapping: `infer({"budget": array})`.

    `slot` is what asks: a camera, a character; slots of different models are different. With `latest_only` only the
    newest answer of a slot matters: a request replaces an older one of the slot that has not started, and if no answer
    can be on time, the last outputs may come again, marked as `repeated`, unless `best_only`. `budget` 0 is the
    server's default for the model.

    Requests raise ValueError for inputs that do not fit, UnknownModel, TooLarge or Overloaded, and VersionMismatch if
    the server is older than version 1.3 of the contract. What the server finds invalid, or the model fails on, raises
    CallFailed; everything else without outputs is an Unanswered.
    """

    def __init__(self, name: str, inferences: Inferences) -> None:
        self.name = name
        self._inferences = inferences
        self._sent: set[AnswerFuture] = set()
        self._results: deque[Answer | BridgeError] = deque(maxlen=MAX_RESULTS_WAITING)
        self._arrived = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._inferences.signature(self.name)
        await self._inferences.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for future in list(self._sent):
            future.cancel()

    @property
    def inputs(self) -> Mapping[str, TensorSpec]:
        """The tensors that the model takes."""
        return self._inferences.signature(self.name).inputs

    @property
    def outputs(self) -> Mapping[str, TensorSpec]:
        """The tensors that the model gives; none before it is loaded, if the operator has not declared them."""
        return self._inferences.signature(self.name).outputs

    @property
    def ready(self) -> bool:
        """Whether the model is loaded; `BridgeClient.until_ready` waits for that."""
        return self._inferences.signature(self.name).ready

    async def infer(
        self,
        given: Mapping[str, Any] | None = None,
        /,
        *,
        slot: int = 0,
        budget: float = 0.0,
        latest_only: bool = False,
        best_only: bool = False,
        **inputs: Any,
    ) -> Answer:
        """Ask the model and wait for the outcome. Cancelling this withdraws the request."""
        await self._inferences.open()
        return await self.request(
            given, slot=slot, budget=budget, latest_only=latest_only, best_only=best_only, **inputs
        )

    def request(
        self,
        given: Mapping[str, Any] | None = None,
        /,
        *,
        slot: int = 0,
        budget: float = 0.0,
        latest_only: bool = False,
        best_only: bool = False,
        **inputs: Any,
    ) -> AnswerFuture:
        """Ask the model without waiting: the future gets an Inferred or an Unanswered; cancelling it withdraws the
        request. The stream must be open.
        """
        return self._inferences.ask(
            Slot(self.name, slot),
            {**(given or {}), **inputs},
            budget=budget,
            latest_only=latest_only,
            best_only=best_only,
        )

    def send(
        self,
        given: Mapping[str, Any] | None = None,
        /,
        *,
        slot: int = 0,
        budget: float = 0.0,
        latest_only: bool = False,
        best_only: bool = False,
        **inputs: Any,
    ) -> int:
        """Ask the model without waiting; returns the request's index. The answer comes from `results`."""
        future = self.request(given, slot=slot, budget=budget, latest_only=latest_only, best_only=best_only, **inputs)
        self._sent.add(future)
        future.add_done_callback(self._collect)
        return self._inferences.last_index

    async def results(self) -> AsyncGenerator[Answer, None]:
        """The answers to what this object has sent with `send`, as they arrive. If not read in time, the oldest are
        dropped.
        """
        while True:
            while not self._results:
                self._arrived.clear()
                await self._arrived.wait()
            item = self._results.popleft()
            if isinstance(item, BridgeError):
                raise item
            yield item

    def close_slot(self, slot: int = 0) -> None:
        """Free the server's state of a slot; its open requests are cancelled."""
        self._inferences.close_slot(Slot(self.name, slot))

    def _collect(self, future: AnswerFuture) -> None:
        self._sent.discard(future)
        if not future.cancelled():
            error = future.exception()
            self._results.append(error if isinstance(error, BridgeError) else future.result())
            self._arrived.set()
