"""What NPCs do in the game: a handler for each action is called with its arguments, and its result goes back."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bridge.v1 import npc_pb2

log = logging.getLogger("framebridge.client")

Handler = Callable[..., Awaitable[Any]]  # takes the arguments by name, returns what JSON can hold
Answer = Callable[[npc_pb2.ActionResult], None]


class ActionFailed(Exception):
    """Raised by a handler: the action could not be done. The NPC knows the message, a sentence such as "The gate is
    stuck."
    """


class Actions:
    """The actions of one turn. `answer` sends a result; `conversation` is the turn's."""

    def __init__(self, handlers: Mapping[str, Handler], conversation: str, answer: Answer) -> None:
        self._handlers, self._conversation, self._answer = handlers, conversation, answer
        self._running: dict[str, asyncio.Task[None]] = {}

    def call(self, action: npc_pb2.TurnAction) -> None:
        """Do what the NPC wants; the result is sent when it is done."""
        task = asyncio.get_running_loop().create_task(self._do(action), name=f"framebridge-action-{action.name}")
        self._running[action.call_id] = task
        task.add_done_callback(lambda _: self._running.pop(action.call_id, None))

    def end(self, call_id: str) -> None:
        """A call needs no result any more: its handler is cancelled."""
        task = self._running.pop(call_id, None)
        if task is not None:
            task.cancel()

    def end_all(self) -> None:
        """The turn is over."""
        for call_id in list(self._running):
            self.end(call_id)

    async def _do(self, action: npc_pb2.TurnAction) -> None:
        result = npc_pb2.ActionResult(conversation_id=self._conversation, call_id=action.call_id)
        handler = self._handlers.get(action.name)
        try:
            if handler is None:
                raise ActionFailed(f"{action.name.replace('_', ' ')} cannot be done")
            result.result_json = json.dumps(await handler(**json.loads(action.arguments_json)))
        except ActionFailed as error:
            result.error = str(error)
        except Exception:
            log.exception("the handler of action %s has failed", action.name)
            result.error = ""
        self._answer(result)
