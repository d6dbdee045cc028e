"""Asks models of one's own over the wire. With the generated stub only, as `peers/ours/ask.py` asks ours.

`python asking.py ADDRESS TRACE RESULT` plays a trace; `python asking.py ADDRESS MODEL` asks a model for all that it can
do until its input is closed, and prints how many answers came in how many seconds.
"""

import asyncio
import itertools
import json
import sys
import time
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import grpc
import numpy as np
from fake_device.play import Ask, Refused, Request, main
from numpy.typing import NDArray

from bridge.v1 import bridge_pb2, bridge_pb2_grpc, inference_pb2, inference_pb2_grpc, tensor_pb2, timing_pb2

_STREAMS = 4  # a stream writes one message at a time
_AT_ONCE = 2  # requests of one who wants all there is: the next waits while one runs
_LINK_WINDOW = 32  # answers
_PATIENT = 5.0  # seconds that a heavy request may take
_TRACKED = {"x": np.zeros(16, np.float32)}  # 64 bytes, as in `two_models.py`

Arrays = Mapping[str, NDArray[np.float32]]


def pixels(seed: int) -> dict[str, NDArray[np.float32]]:
    """A picture for the heavy models."""
    return {"pixel_values": np.random.default_rng(seed).standard_normal((3, 224, 224), np.float32)}


class Exchange:
    """One stream: sends requests and resolves them with the answers.

    `link` holds the recent transport times of all streams, in seconds.
    """

    def __init__(self, call: Any, link: deque[float]) -> None:
        self._call = call
        self._link = link
        self._indices = itertools.count(1)
        self._asked: dict[int, tuple[float, asyncio.Future[Any]]] = {}
        self._writing = asyncio.Lock()  # grpc.aio allows one write at a time
        self._clock = asyncio.get_running_loop().time

    async def ask(self, model: str, budget: float, arrays: Arrays) -> Any:
        """The result, all its chunks in `payload`. Refused if there is none."""
        index = next(self._indices)
        heard: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._asked[index] = (self._clock(), heard)
        link = int(sorted(self._link)[int(0.7 * len(self._link))] * 1e6) if self._link else 0
        data = b"".join(array.tobytes() for array in arrays.values())
        message = inference_pb2.InferenceRequest(
            request_index=index,
            model=model,
            budget=timing_pb2.Budget(budget_micros=round(budget * 1e6), link_micros=link),
            inputs=[_declared(name, array) for name, array in arrays.items()],
            total_bytes=len(data),
        )
        try:
            async with self._writing:
                await self._call.write(inference_pb2.InferRequest(request=message, payload=data))
            return await heard
        finally:
            self._asked.pop(index, None)

    async def read(self) -> None:
        """Resolve requests until cancelled."""
        while (message := await self._call.read()) is not grpc.aio.EOF:
            kind = message.WhichOneof("message")
            if kind == "opened":
                continue
            body = getattr(message, kind)
            sent, heard = self._asked.get(body.request_index, (0.0, None))
            if heard is None or heard.done():
                continue
            timing = body.outcome.timing if kind == "status" else body.timing
            self._link.append(max(0.0, self._clock() - sent - timing.server_micros / 1e6))
            if kind == "status":
                heard.set_exception(Refused(body.outcome.error.message))
            else:
                assert len(body.payload) == body.total_bytes, "these outputs are small"
                heard.set_result(body)


def _declared(name: str, array: NDArray[np.float32]) -> tensor_pb2.Tensor:
    return tensor_pb2.Tensor(name=name, data_type=tensor_pb2.DATA_TYPE_FLOAT32, shape=array.shape)


@asynccontextmanager
async def exchanges(address: str, count: int) -> AsyncIterator[list[Exchange]]:
    """Streams of one session."""
    async with grpc.aio.insecure_channel(address) as channel:
        await asyncio.wait_for(channel.channel_ready(), 30)
        hello = bridge_pb2.HandshakeRequest(protocol=bridge_pb2.ProtocolVersion(major=1, minor=3), client_name="own")
        session = (await bridge_pb2_grpc.BridgeServiceStub(channel).Handshake(hello)).session_id
        link: deque[float] = deque(maxlen=_LINK_WINDOW)
        opened = []
        for _ in range(count):
            call: Any = inference_pb2_grpc.InferenceServiceStub(channel).Infer()
            await call.write(inference_pb2.InferRequest(open=inference_pb2.InferOpen(session_id=session)))
            opened.append(Exchange(call, link))
        work = [asyncio.create_task(exchange.read()) for exchange in opened]
        try:
            yield opened
        finally:
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)


@asynccontextmanager
async def connect(address: str, models: Sequence[str]) -> AsyncIterator[Ask]:
    """Asks for a trace's requests."""
    async with exchanges(address, _STREAMS) as streams:
        turn = itertools.cycle(streams)

        async def ask(request: Request) -> tuple[int, int]:
            result = await next(turn).ask(request.model, request.budget, _TRACKED)
            return -1, result.timing.rung_index

        yield ask


async def one(address: str, model: str, arrays: Arrays) -> NDArray[np.float32]:
    """The single output of one request."""
    async with exchanges(address, 1) as (exchange,):
        result = await exchange.ask(model, _PATIENT, arrays)
        return np.frombuffer(result.payload, np.float32)


async def _all_there_is(address: str, model: str) -> None:
    answers = 0

    async def again(exchange: Exchange) -> None:
        nonlocal answers
        arrays = pixels(3)
        while True:
            try:
                await exchange.ask(model, _PATIENT, arrays)
                answers += 1
            except Refused:
                await asyncio.sleep(0.01)

    async with exchanges(address, _AT_ONCE) as streams:
        began = time.perf_counter()
        work = [asyncio.create_task(again(exchange)) for exchange in streams]
        await asyncio.to_thread(sys.stdin.read)
        print(json.dumps([answers, time.perf_counter() - began]), flush=True)
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)


if __name__ == "__main__":
    if len(sys.argv) > 3:
        main(connect)
    else:
        asyncio.run(_all_there_is(*sys.argv[1:]))
