"""Subscribe to an avatar that begins to smile, and save the last of its frames as a PNG file.

python examples/1_frame.py --target 127.0.0.1:50051 --seed 7 --out avatar.png
"""

import argparse
import asyncio
import sys
from contextlib import aclosing
from pathlib import Path

from bridge.client import BridgeClient, Frame
from bridge.errors import BridgeError

SLOT = 0  # a client may have several avatars, one a slot


async def watch(target: str, seed: int, count: int) -> Frame:
    async with BridgeClient(target) as bridge, bridge.avatars() as avatars:
        await bridge.until_ready("avatar")  # a server serves before its models are loaded
        avatars.set_look(SLOT, seed=seed)
        avatars.set_look(SLOT, seed=seed, expression="happy", morph=0.5)  # half a second from the one to the other
        # A game leaves keep_late out: what comes after its budget is not worth showing any more.
        async with aclosing(avatars.subscribe(SLOT, fps=30, budget=0.050, keep_late=True)) as frames:
            async for frame in frames:
                print(f"frame {frame.frame_index}: {frame.elapsed * 1e3:.0f} ms, {frame.timing.rung}")
                count -= 1
                if count == 0:
                    break
        return frame


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", default="127.0.0.1:50051", help="address of a running server")
    parser.add_argument("--seed", type=int, default=7, help="whose look it is")
    parser.add_argument("--frames", type=int, default=30, help="how many to wait for")
    parser.add_argument("--out", type=Path, default=Path("avatar.png"), help="where the last one goes")
    arguments = parser.parse_args()
    try:
        frame = asyncio.run(watch(arguments.target, arguments.seed, arguments.frames))
    except (BridgeError, TimeoutError) as error:
        sys.exit(f"1_frame: {error}")
    arguments.out.write_bytes(frame.to_png())
    print(f"saved {arguments.out}")


if __name__ == "__main__":
    main()
