"""Ask the models of 5_own_model.py: the outlines of a picture, and a terrain after the rain.

framebridge serve --model examples/5_own_model.py:MODELS
python examples/5_ask_own_model.py --target 127.0.0.1:50051
"""

import argparse
import asyncio
import sys

import numpy as np

from bridge.client import BridgeClient
from bridge.errors import BridgeError


async def ask(target: str) -> None:
    async with BridgeClient(target) as bridge:
        await bridge.until_ready("edges", "erosion")
        square = np.zeros((3, 256, 256), np.float32)
        square[:, 64:192, 64:192] = 1
        mountain = np.zeros((64, 64), np.float32)
        mountain[32, 32] = 100
        outlines, terrain = await asyncio.gather(
            bridge.model("edges").infer(image=square, budget=0.5),
            bridge.model("erosion").infer(height=mountain, budget=0.5),
        )
        for answer in (outlines, terrain):
            if not answer:  # refused or late: no exception, but a part of a game's day
                print(f"{answer.message}")
                continue
            for name, array in answer.outputs.items():
                print(f"{name} {array.dtype} {list(array.shape)}, up to {array.max():g}, {answer.elapsed * 1e3:.0f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", default="127.0.0.1:50051", help="address of a running server")
    arguments = parser.parse_args()
    try:
        asyncio.run(ask(arguments.target))
    except (BridgeError, TimeoutError) as error:
        sys.exit(f"5_ask_own_model: {error}")


if __name__ == "__main__":
    main()
