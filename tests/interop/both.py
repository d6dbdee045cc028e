"""Runs in the environment of Triton's client: asks one server with both clients, in one process.

python both.py HOST:PORT
"""

import asyncio
import sys

import google.protobuf
import numpy as np
import tritonclient.grpc as triton

from bridge.client import BridgeClient
from bridge.kserve.messages import message


async def named(target: str) -> str:
    async with BridgeClient(target) as bridge:
        await bridge.until_ready("mood")
        return ", ".join(sorted(model.name for model in await bridge.list_models()))


def felt(target: str) -> list[int]:
    client = triton.InferenceServerClient(target)
    inputs = []
    for name, size in (("position", 3), ("traits", 2)):
        inputs.append(triton.InferInput(name, [1, size], "FP32"))
        inputs[-1].set_data_from_numpy(np.ones((1, size), np.float32))
    answer = client.infer("mood", inputs).as_numpy("output")
    client.close()
    return list(answer.shape)


def main() -> None:
    (target,) = sys.argv[1:]
    print("protobuf", google.protobuf.__version__.partition(".")[0])
    print(felt(target), asyncio.run(named(target)), felt(target))
    print(message("ModelInferRequest") is not triton.service_pb2.ModelInferRequest)


if __name__ == "__main__":
    main()
