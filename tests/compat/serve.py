"""A server with quick models, of whichever version is on the path: `python serve.py`. It ends when its input does.

One that knows models of the operator's own has one, so that older clients meet a server with more than they know.
"""

import asyncio
import sys
from typing import Any

try:
    from tests.serving.server import MODELS, serving
except ModuleNotFoundError:  # in e71d024 they lay elsewhere
    from tests.services.conftest import serving  # type: ignore[import-not-found, no-redef]

try:
    from torch import nn

    from bridge import ModuleModel, Tensor

    OWN: dict[str, Any] = {
        "own": [ModuleModel("style", load=nn.Identity, inputs={"image": Tensor("float32", (3, 8, 8))})],
        "models": (*MODELS, "style"),
    }
except ImportError:
    OWN = {}


async def main() -> None:
    async with serving(dialogue_slots=8, session_grace_seconds=20.0, **OWN) as server:
        print(f"serving at 127.0.0.1:{server.port}", flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
