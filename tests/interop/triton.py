"""Runs in the environment of Triton's client, unmodified: asks a server in every way there is, and prints what it was
told as JSON. `test_triton.py` judges it.

python triton.py HOST:PORT
"""

import asyncio
import json
import queue
import sys
from collections.abc import AsyncIterator, Callable
from typing import Any

import numpy as np
import tritonclient.grpc as triton
import tritonclient.grpc.aio as triton_aio
from tritonclient.utils import InferenceServerException, np_to_triton_dtype

WAIT_SECONDS = 60.0
Case = Callable[[Any], Any]
CASES: dict[str, Case] = {}


def case(function: Case) -> Case:
    CASES[function.__name__] = function
    return function


class Recorded:
    """A client, and which of its methods have been called."""

    def __init__(self, target: str) -> None:
        self._client = triton.InferenceServerClient(target)
        self.called: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        self.called.add(name)
        return getattr(self._client, name)


def tensor(name: str, array: Any) -> Any:
    sent = triton.InferInput(name, array.shape, np_to_triton_dtype(array.dtype))
    sent.set_data_from_numpy(array)
    return sent


def image(rows: int = 1) -> list[Any]:
    return [tensor("image", np.linspace(-1, 1, rows * 3 * 16 * 16, dtype=np.float32).reshape(rows, 3, 16, 16))]


def mood(rows: int = 1) -> list[Any]:
    position = np.arange(rows * 3, dtype=np.float32).reshape(rows, 3) / 10
    return [tensor("position", position), tensor("traits", np.ones((rows, 2), np.float32))]


def answer(result: Any) -> dict[str, Any]:
    message = result.get_response()
    return {
        "id": message.id,
        "model": message.model_name,
        "version": message.model_version,
        "final": message.parameters["triton_final_response"].bool_param,
        "outputs": {
            output.name: {"datatype": output.datatype, "values": result.as_numpy(output.name).tolist()}
            for output in message.outputs
        },
    }


def error(raised: InferenceServerException) -> dict[str, Any]:
    return {"status": raised.status(), "message": raised.message()}


def refused(ask: Callable[[], Any]) -> dict[str, Any]:
    try:
        got = ask()
    except InferenceServerException as raised:
        return error(raised)
    return {"status": "OK", "message": str(got)}


@case
def health(client: Any) -> Any:
    return {
        "live": client.is_server_live(),
        "ready": client.is_server_ready(),
        "model": client.is_model_ready("painter"),
        "version": client.is_model_ready("painter", "1"),
        "unknown": client.is_model_ready("oracle"),
        "embedded": client.is_model_ready("avatar"),
    }


@case
def metadata(client: Any) -> Any:
    return {
        "server": client.get_server_metadata(as_json=True),
        **{name: client.get_model_metadata(name, as_json=True) for name in ("painter", "mood", "logarithm")},
        "config": client.get_model_config("mood", as_json=True)["config"],
        "unknown": refused(lambda: client.get_model_metadata("oracle")),
    }


@case
def infer(client: Any) -> Any:
    wanted = [triton.InferRequestedOutput("scores")]
    called: queue.Queue[Any] = queue.Queue()
    client.async_infer("mood", mood(2), lambda result, error: called.put((result, error)), request_id="later")
    later, failure = called.get(timeout=WAIT_SECONDS)
    assert failure is None, failure
    return {
        "painter": answer(client.infer("painter", image(3), request_id="a")),
        "mood": answer(client.infer("mood", mood(2))),
        "inputs reversed": answer(client.infer("mood", mood(2)[::-1])),
        "scores only": answer(client.infer("painter", image(1), outputs=wanted)),
        "in time": answer(client.infer("painter", image(1), timeout=10_000_000, client_timeout=30.0, priority=1)),
        "compressed": answer(client.infer("painter", image(1), compression_algorithm="gzip")),
        "its version": answer(
            client.infer("mood", mood(1), model_version=client.get_model_metadata("mood").versions[0])
        ),
        "own parameters": answer(client.infer("mood", mood(1), parameters={"mine": "x", "count": 3, "share": 0.5})),
        "later": answer(later),
    }


@case
def formats(client: Any) -> Any:
    names = ("float16", "float32", "float64", "uint8", "int8", "int16", "int32", "int64", "bool")
    sent = {name: (np.array([[1, 0], [3, 100]]) % 128).astype(name) for name in names}
    result = client.infer("formats", [tensor(name, array) for name, array in sent.items()])
    return {
        name: bool((result.as_numpy(f"{name}_out") == array).all() and result.as_numpy(f"{name}_out").dtype == name)
        for name, array in sent.items()
    }


@case
def refusals(client: Any) -> Any:
    half = np.zeros((1, 3, 16, 16), np.float16)
    text = np.array([["x"]], dtype=object)
    shared = triton.InferInput("image", [1, 3, 16, 16], "FP32")
    shared.set_shared_memory("region", 3072)
    ranked = triton.InferRequestedOutput("scores", class_count=3)
    cases: dict[str, tuple[Any, ...]] = {
        "timeout": ("painter", image(), {"timeout": 1}),
        "deadline": ("painter", image(), {"client_timeout": 1e-4}),
        "negative timeout": ("painter", image(), {"timeout": -1}),
        "absurd timeout": ("painter", image(), {"timeout": 2**62}),
        "unknown model": ("oracle", image(), {}),
        "embedded model": ("avatar", image(), {}),
        "unknown version": ("painter", image(), {"model_version": "1"}),
        "no batch": ("painter", [tensor("image", np.zeros((3, 16, 16), np.float32))], {}),
        "wrong shape": ("painter", [tensor("image", np.zeros((1, 3, 16, 17), np.float32))], {}),
        "too many rows": ("painter", image(5), {}),
        "no rows": ("painter", [tensor("image", np.zeros((0, 3, 16, 16), np.float32))], {}),
        "batches that differ": ("mood", [mood(1)[0], mood(2)[1]], {}),
        "a size out of range": ("logarithm", [tensor("numbers", np.ones((1, 9), np.float32))], {}),
        "wrong datatype": ("painter", [tensor("image", half)], {}),
        "text": ("painter", [tensor("image", text)], {}),
        "missing input": ("mood", mood()[:1], {}),
        "unknown input": ("painter", [tensor("picture", half)], {}),
        "unknown output": ("painter", image(), {"outputs": [triton.InferRequestedOutput("depth")]}),
        "classification": ("painter", image(), {"outputs": [ranked]}),
        "shared memory": ("painter", [shared], {}),
        "sequence": ("painter", image(), {"sequence_id": 7, "sequence_start": True}),
        "not a number": ("painter", image(), {"parameters": {"share": float("nan")}}),
        "not a number out": ("logarithm", [tensor("numbers", np.array([[1.0], [-1.0]], np.float32))], {}),
    }
    return {
        name: refused(lambda model=model, inputs=inputs, more=more: client.infer(model, inputs, **more))
        for name, (model, inputs, more) in cases.items()
    }


@case
def stream(client: Any) -> Any:
    heard: queue.Queue[Any] = queue.Queue()
    client.start_stream(lambda result, error: heard.put((result, error)))
    for number in range(8):
        client.async_stream_infer("painter", image(1 + number % 4), request_id=f"p{number}")
    client.async_stream_infer("mood", mood(), request_id="m", enable_empty_final_response=True)
    client.async_stream_infer("oracle", mood(), request_id="unknown")
    client.async_stream_infer("painter", image(), request_id="late", timeout=1)
    client.async_stream_infer("mood", mood()[:1], request_id="incomplete")
    answers, errors = {}, []
    for _ in range(12):
        result, failure = heard.get(timeout=WAIT_SECONDS)
        if failure is not None:
            errors.append(failure.message())
        else:
            answers[result.get_response().id] = answer(result)
    client.async_stream_infer("mood", mood(), request_id="after all")
    result, failure = heard.get(timeout=WAIT_SECONDS)
    client.stop_stream()
    return {"answers": answers, "errors": sorted(errors), "after all": answer(result)}


@case
def statistics(client: Any) -> Any:
    before = client.get_inference_statistics("mood", as_json=True)["model_stats"][0]
    for _ in range(3):
        client.infer("mood", mood(2))
    refused(lambda: client.infer("mood", mood(1), timeout=1))
    after = client.get_inference_statistics("mood", as_json=True)["model_stats"][0]
    everything = client.get_inference_statistics(as_json=True)["model_stats"]
    return {"before": before, "after": after, "models": [model["name"] for model in everything]}


@case
def repository(client: Any) -> Any:
    told = {"first": client.get_model_repository_index(as_json=True)["models"]}
    client.unload_model("logarithm")
    told["unloaded"] = client.get_model_repository_index(as_json=True)["models"]
    told["infer"] = refused(lambda: client.infer("logarithm", [tensor("numbers", np.ones((1, 2), np.float32))]))
    told["is ready"] = client.is_model_ready("logarithm")
    client.load_model("logarithm")
    told["loaded"] = client.get_model_repository_index(as_json=True)["models"]
    told["again"] = answer(client.infer("logarithm", [tensor("numbers", np.ones((1, 2), np.float32))]))
    told["unknown"] = refused(lambda: client.load_model("oracle"))
    told["embedded"] = refused(lambda: client.unload_model("avatar"))
    told["with a config"] = refused(lambda: client.load_model("mood", config='{"max_batch_size": 64}'))
    return told


@case
def unimplemented(client: Any) -> Any:
    return {
        name: refused(ask)
        for name, ask in {
            "SystemSharedMemoryStatus": client.get_system_shared_memory_status,
            "SystemSharedMemoryRegister": lambda: client.register_system_shared_memory("r", "/r", 64),
            "SystemSharedMemoryUnregister": client.unregister_system_shared_memory,
            "CudaSharedMemoryStatus": client.get_cuda_shared_memory_status,
            "CudaSharedMemoryRegister": lambda: client.register_cuda_shared_memory("r", b"AAAA", 0, 64),
            "CudaSharedMemoryUnregister": client.unregister_cuda_shared_memory,
            "TraceSetting": client.get_trace_settings,
            "TraceSetting, to change": lambda: client.update_trace_settings(settings={"trace_level": "TIMESTAMPS"}),
            "LogSettings": client.get_log_settings,
            "LogSettings, to change": lambda: client.update_log_settings({"log_info": False}),
        }.items()
    }


async def asynchronous(target: str) -> Any:
    client = triton_aio.InferenceServerClient(target)

    async def requests() -> AsyncIterator[dict[str, Any]]:
        for number in range(3):
            yield {"model_name": "mood", "inputs": mood(1 + number), "request_id": f"s{number}"}
        yield {"model_name": "oracle", "inputs": mood(), "request_id": "unknown"}

    told: dict[str, Any] = {"live": await client.is_server_live(), "ready": await client.is_server_ready()}
    told["infer"] = answer(await client.infer("painter", image(2)))
    results = await asyncio.gather(*(client.infer("mood", mood(2), request_id=str(number)) for number in range(10)))
    told["together"] = [answer(result)["id"] for result in results]
    try:
        await client.infer("painter", image(), timeout=1)
    except InferenceServerException as raised:
        told["timeout"] = error(raised)
    told["stream"], told["errors"] = [], []
    async for result, failure in client.stream_infer(requests()):
        if failure is None:
            told["stream"].append(answer(result))
        else:
            told["errors"].append(failure.message())
    await client.close()
    return told


def main() -> None:
    client = Recorded(sys.argv[1])
    told = {name: function(client) for name, function in CASES.items()}
    told["asynchronous"] = asyncio.run(asynchronous(sys.argv[1]))
    client.close()
    public = {name for name in vars(triton.InferenceServerClient) if not name.startswith("_")}
    told["never called"] = sorted(public - client.called)
    print(json.dumps(told))


if __name__ == "__main__":
    main()
