"""WatchModels: streams the list of models to each watcher, and again whenever one changes. Needs no session.

A slow reader gets only the newest list: the next one is built after the previous one is written.
"""

import asyncio
from collections import Counter
from collections.abc import Callable

from bridge.config import Limits
from bridge.device.roster import Roster
from bridge.errors import Overloaded, ShuttingDown
from bridge.wire.handlers import Context

_LAST_SECONDS = 0.1  # for a write in flight when the server stops: gRPC cannot end the call during one


class ModelWatches:
    """All calls of WatchModels. Belongs to the event loop."""

    def __init__(self, roster: Roster, limits: Limits, models: Callable[[int], bytes]) -> None:
        self._roster = roster
        self._limits = limits
        self._models = models
        self._made: dict[int, tuple[int, bytes]] = {}  # minor version -> (revision, serialised list)
        self._watching: Counter[str] = Counter()
        self._stopping = asyncio.Event()

    def __len__(self) -> int:
        return self._watching.total()

    def stop(self) -> None:
        """End all calls at once: the server is stopping."""
        self._stopping.set()

    async def serve(self, context: Context, identity: str, minor: int) -> None:
        """Serve one watcher until it leaves. Overloaded if there are too many; ShuttingDown if the server stops."""
        self._check_room(identity)
        self._watching[identity] += 1
        sending = asyncio.create_task(self._send(context, minor))
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({sending, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not sending.done():
                sending.cancel()
                await asyncio.wait({sending}, timeout=_LAST_SECONDS)
                raise ShuttingDown("the server is stopping; connect again in a moment")
            sending.result()
        finally:
            for task in (sending, stopping):
                task.cancel()
            await asyncio.gather(sending, stopping, return_exceptions=True)
            self._watching -= Counter((identity,))

    def _check_room(self, identity: str) -> None:
        limits, mine, count = self._limits, self._watching[identity], len(self)
        if count >= limits.model_watches or mine >= limits.model_watches_per_identity:
            raise Overloaded(
                f"{count} WatchModels calls are open, {mine} of them from your address; the limits are "
                f"{limits.model_watches} in all and {limits.model_watches_per_identity} per address. End one, or poll "
                "with ListModels"
            )

    async def _send(self, context: Context, minor: int) -> None:
        sent = b""
        while True:
            revision, models = self._newest(minor)
            if models != sent:
                await context.write(models)
                sent = models
            await self._roster.changed(revision)

    def _newest(self, minor: int) -> tuple[int, bytes]:
        """The current list, built once for all watchers of a minor version."""
        made = self._made.get(minor)
        if made is None or made[0] != self._roster.revision:
            made = self._made[minor] = self._roster.revision, self._models(minor)
        return made
