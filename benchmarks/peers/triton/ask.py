"""Triton's client: the generated KServe stubs of tritonclient on grpc.aio, one open stream per model.

Settings: `unary`, a call per request instead; `deadline` (with `unary`), to send the budget as the call's gRPC
deadline; `slack`, to send a queue timeout with each request. tritonclient's wrapper is not used: it builds every
request from numpy arrays, which costs the client more than everything else.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Self

import grpc.aio
from fake_device.play import Ask, Refused, Request, main
from fake_device.workload import REQUEST, Setup, flight_of
from tritonclient.grpc import service_pb2, service_pb2_grpc


def inference(model: str) -> service_pb2.ModelInferRequest:
    """A request of one row."""
    row = service_pb2.ModelInferRequest.InferInputTensor(name="request", datatype="UINT8", shape=[1, len(REQUEST)])
    return service_pb2.ModelInferRequest(model_name=model, inputs=[row], raw_input_contents=[REQUEST])


def answer_of(response: service_pb2.ModelInferResponse) -> tuple[int, int]:
    """The flight, and the only rung."""
    return flight_of(response.raw_output_contents[0]), 0


class Stream:
    """One open stream of requests to one model; answers are matched by id."""

    def __init__(self, stub: service_pb2_grpc.GRPCInferenceServiceStub, model: str, slack: float | None) -> None:
        self._call = stub.ModelStreamInfer()
        self._request, self._slack = inference(model), slack
        self._waiting: dict[str, asyncio.Future[tuple[int, int]]] = {}
        self._asked = 0
        self._writing = asyncio.Lock()

    async def ask(self, request: Request) -> tuple[int, int]:
        """Send a request. Refused if it timed out in Triton's queue, or the stream broke."""
        self._asked += 1
        name = str(self._asked)
        answer = self._waiting[name] = asyncio.get_running_loop().create_future()
        try:
            async with self._writing:  # grpc.aio takes one write at a time
                self._request.id = name
                set_timeout(self._request, request, self._slack)
                await self._call.write(self._request)
            return await answer
        except (grpc.aio.AioRpcError, asyncio.InvalidStateError) as error:
            raise Refused(str(error)) from error
        finally:
            del self._waiting[name]

    async def read(self) -> None:
        """Resolve requests until the stream ends."""
        try:
            async for message in self._call:
                answer = self._waiting.get(message.infer_response.id)
                if answer is None or answer.done():
                    continue
                if message.error_message:
                    answer.set_exception(Refused(message.error_message))
                else:
                    answer.set_result(answer_of(message.infer_response))
        except grpc.aio.AioRpcError as error:
            for answer in self._waiting.values():
                answer.set_exception(Refused(str(error)))

    async def __aenter__(self) -> Self:
        self._reader = asyncio.create_task(self.read())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._call.cancel()
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)


def set_timeout(message: service_pb2.ModelInferRequest, request: Request, slack: float | None) -> None:
    """Set the request's queue timeout: its budget minus `slack` seconds."""
    if slack is not None:
        message.parameters["timeout"].int64_param = max(1, round((request.budget - slack) * 1e6))


@asynccontextmanager
async def streams(
    stub: service_pb2_grpc.GRPCInferenceServiceStub, models: Sequence[str], slack: float | None
) -> AsyncIterator[Ask]:
    """One stream per model, because Triton answers the requests of a stream in order."""
    async with AsyncExitStack() as stack:
        open_streams = {model: await stack.enter_async_context(Stream(stub, model, slack)) for model in models}

        async def ask(request: Request) -> tuple[int, int]:
            return await open_streams[request.model].ask(request)

        yield ask


def caller(
    stub: service_pb2_grpc.GRPCInferenceServiceStub, models: Sequence[str], slack: float | None, deadline: bool
) -> Ask:
    """A unary call per request."""
    messages = {model: inference(model) for model in models}

    async def ask(request: Request) -> tuple[int, int]:
        message = messages[request.model]
        set_timeout(message, request, slack)
        try:
            return answer_of(await stub.ModelInfer(message, timeout=request.budget if deadline else None))
        except grpc.aio.AioRpcError as error:
            raise Refused(str(error)) from error

    return ask


@asynccontextmanager
async def connect(address: str, models: Sequence[str]) -> AsyncIterator[Ask]:
    """Connect as configured in the settings."""
    settings = Setup.of_environment().settings
    slack = settings["slack"] / 1e3 if "slack" in settings else None
    async with grpc.aio.insecure_channel(address) as channel:
        await channel.channel_ready()
        stub = service_pb2_grpc.GRPCInferenceServiceStub(channel)
        if "unary" in settings:
            yield caller(stub, models, slack, "deadline" in settings)
        else:
            async with streams(stub, models, slack) as ask:
                yield ask


if __name__ == "__main__":
    main(connect)
