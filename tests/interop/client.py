"""A client of the KServe protocol as plain as can be: our own copy of its messages, and any bytes."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import grpc
import numpy as np
from google.protobuf.message_factory import GetMessageClass

from bridge.kserve.datatypes import NAMES
from bridge.kserve.messages import SERVICE, message
from bridge.v1 import error_pb2
from tests.serving.client import EOF, WAIT_SECONDS

REQUEST: Any = message("ModelInferRequest")
STREAMED: Any = message("ModelStreamInferResponse")
Ended = tuple[grpc.StatusCode, str, error_pb2.ErrorDetail]


class KServeClient:
    """One channel."""

    def __init__(self, port: int) -> None:
        options = (("grpc.use_local_subchannel_pool", 1), ("grpc.max_receive_message_length", 1 << 26))
        self.channel: Any = grpc.aio.insecure_channel(f"127.0.0.1:{port}", options=options)

    def start(self, method: str, data: bytes, timeout: float | None = None) -> Any:
        """A unary call with any bytes."""
        path = f"/{SERVICE.full_name}/{method}"
        return self.channel.unary_unary(path, lambda sent: sent, lambda got: got)(data, timeout=timeout)

    async def call(self, method: str, timeout: float | None = None, **fields: Any) -> Any:
        """A unary call, and its answer."""
        described = SERVICE.methods_by_name[method]
        request = GetMessageClass(described.input_type)(**fields)
        data = await self.start(method, request.SerializeToString(), timeout)
        return GetMessageClass(described.output_type).FromString(data)

    async def infer(self, request: Any, timeout: float | None = None) -> Any:
        """The answer to a ModelInferRequest."""
        data = await self.start("ModelInfer", request.SerializeToString(), timeout)
        return message("ModelInferResponse").FromString(data)

    async def refused(self, request: Any) -> Ended:
        """How a ModelInferRequest ends that gets no answer; `request` may be bytes."""
        data = request if isinstance(request, bytes) else request.SerializeToString()
        return await ended(self.start("ModelInfer", data))

    def stream(self) -> Any:
        """A ModelStreamInfer that takes bytes."""
        path = f"/{SERVICE.full_name}/ModelStreamInfer"
        return self.channel.stream_stream(path, lambda sent: sent, STREAMED.FromString)()


@asynccontextmanager
async def kserve(port: int) -> AsyncIterator[KServeClient]:
    client = KServeClient(port)
    try:
        yield client
    finally:
        await client.channel.close()


async def ended(call: Any) -> Ended:
    """How a unary call or a stream ends: code, message and our detail."""
    async with asyncio.timeout(WAIT_SECONDS):
        with contextlib.suppress(grpc.aio.AioRpcError, AttributeError):  # a unary call has nothing to read
            while await call.read() is not EOF:
                pass
        code = await call.code()
        trailing = dict(await call.trailing_metadata() or ())
    detail = error_pb2.ErrorDetail.FromString(trailing.get("framebridge-error-bin", b""))
    return code, await call.details(), detail


def assert_refused(how: Ended, code: str, *words: str) -> None:
    assert how[0].name == code, how
    assert how[2].message == how[1]
    for piece in words:
        assert piece in how[1], how


def asks(model: str, arrays: dict[str, Any], id: str = "", timeout: int = 0, **fields: Any) -> Any:  # noqa: A002
    """A request with raw contents. `timeout` is in microseconds; 0 sends none."""
    request = REQUEST(model_name=model, id=id, **fields)
    for name, array in arrays.items():
        request.inputs.add(name=name, datatype=NAMES[array.dtype.name], shape=array.shape)
        request.raw_input_contents.append(array.tobytes())
    if timeout:
        request.parameters["timeout"].int64_param = timeout
    return request


def asks_typed(model: str, datatype: str, name: str, shape: Sequence[int], **contents: Any) -> Any:
    """A request with one input in `contents`."""
    request = REQUEST(model_name=model)
    request.inputs.add(name=name, datatype=datatype, shape=shape, contents=contents)
    return request


def mood(rows: int = 1) -> dict[str, Any]:
    return {"position": np.ones((rows, 3), np.float32), "traits": np.ones((rows, 2), np.float32)}


def number(value: float = 1.0) -> dict[str, Any]:
    """The input of the model that waits."""
    return {"number": np.full((1, 1), value, np.float32)}


def values(response: Any, place: int = 0) -> Any:
    """One of an answer's outputs, which is FP32."""
    output = response.outputs[place]
    return np.frombuffer(response.raw_output_contents[place], np.float32).reshape(tuple(output.shape))
