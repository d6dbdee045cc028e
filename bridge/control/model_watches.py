"""Who watches the models: each is told how all of them stand, and again when one changes. Needs no session.

A watcher that reads slowly is told the newest only: the next list is made when the one before it is written.
"""

import asyncio
from collections import Counter
from collections.abc import Callable

from bridge.config import Limits
from bridge.device.roster import Roster
from bridge.errors import Overloaded, ShuttingDown
from bridge.wire.handlers import Context

_LAST_SECONDS = 0.1  # for what is being written when the server stops: gRPC cannot end a call meanwhile


class ModelWatches:
    """All calls of WatchModels. Belongs to the event loop."""

    def __init__(self, roster: Roster, limits: Limits, models: Callable[[int], bytes]) -> None:
        self._roster = roster
        self._limits = limits
        self._models = models
        self._made: dict[int, tuple[int, bytes]] = {}  # minor of the contract -> revision and list
        self._watching: Counter[str] = Counter()
        self._stopping = asyncio.Event()

    def __len__(self) -> int:
        return self._watching.total()

    def stop(self) -> None:
        """The server stops: end all calls at once."""
        self._stopping.set()

    async def serve(self, context: Context, identity: str, minor: int) -> None:
        """Tell one watcher until it has gone. Overloaded: there are too many; ShuttingDown: the server stops."""
        self._check_room(identity)
        self._watching[identity] += 1
        telling = asyncio.create_task(self._tell(context, minor))
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({telling, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not telling.done():
                telling.cancel()
                await asyncio.wait({telling}, timeout=_LAST_SECONDS)
                raise ShuttingDown("the server is stopping; connect again in a moment")
            telling.result()
        finally:
            for task in (telling, stopping):
                task.cancel()
            await asyncio.gather(telling, stopping, return_exceptions=True)
            self._watching -= Counter((identity,))

    def _check_room(self, identity: str) -> None:
        limits, mine, count = self._limits, self._watching[identity], len(self)
        if count >= limits.model_watches or mine >= limits.model_watches_per_identity:
            raise Overloaded(
                f"{count} calls of WatchModels are open, {mine} of them from your address, where "
                f"{limits.model_watches} may be, {limits.model_watches_per_identity} of one address; end one, or ask "
                "with ListModels"
            )

    async def _tell(self, context: Context, minor: int) -> None:
        told = b""
        while True:
            revision, models = self._newest(minor)
            if models != told:
                await context.write(models)
                told = models
            await self._roster.changed(revision)

    def _newest(self, minor: int) -> tuple[int, bytes]:
        """The list as it is now, made once for all who watch with a contract of this minor."""
        made = self._made.get(minor)
        if made is None or made[0] != self._roster.revision:
            made = self._made[minor] = self._roster.revision, self._models(minor)
        return made
