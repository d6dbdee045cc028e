"""Tell what a picture shows as a whole, and which objects are where in it.

python examples/3_camera.py --target 127.0.0.1:50051 picture.jpg
"""

import argparse
import asyncio
import sys

from bridge.client import BridgeClient, Recognized, Task, Unanswered
from bridge.errors import BridgeError

TASKS = (Task("classify", budget=1.0, limit=3), Task("detect", budget=1.0, threshold=0.4))


async def look(target: str, path: str) -> list[Recognized | Unanswered]:
    async with BridgeClient(target) as bridge, bridge.camera() as camera:
        await bridge.until_ready("classifier", "detector")  # a server serves before its models are loaded
        return await camera.recognize(path, *TASKS)  # both at once: the picture goes up and is decoded once


def tell(answer: Recognized | Unanswered) -> None:
    if isinstance(answer, Unanswered):  # refused or late: no exception, but a part of a game's day
        print(f"{answer.kind}: {answer.message}")
        return
    print(f"{answer.kind}, {answer.width} x {answer.height}, {answer.elapsed * 1e3:.0f} ms")
    for label in answer.labels:
        print(f"  {label.score:.2f} {label.name}")
    for box in answer.boxes:
        print(f"  {box.score:.2f} {box.name} at {box.x:.0f}, {box.y:.0f}, {box.width:.0f} x {box.height:.0f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", default="127.0.0.1:50051", help="address of a running server")
    parser.add_argument("picture", help="a JPEG, PNG or WebP file")
    arguments = parser.parse_args()
    try:
        answers = asyncio.run(look(arguments.target, arguments.picture))
    except (BridgeError, TimeoutError, ValueError) as error:  # ValueError: no picture that can be read
        sys.exit(f"3_camera: {error}")
    for answer in answers:
        tell(answer)


if __name__ == "__main__":
    main()
