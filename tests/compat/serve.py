"""A server with quick models, of whichever version is on the path: `python serve.py`. It ends when its input does."""

import asyncio
import sys

try:
    from tests.serving.server import serving
except ModuleNotFoundError:  # in e71d024 they lay elsewhere
    from tests.services.conftest import serving  # type: ignore[import-not-found, no-redef]


async def main() -> None:
    async with serving(dialogue_slots=8, session_grace_seconds=20.0) as server:
        print(f"serving at 127.0.0.1:{server.port}", flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
