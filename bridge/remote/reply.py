"""A reply of an endpoint: what the turns ask of one on the device, and its run."""

from collections.abc import Callable, Sequence

from bridge.errors import PromptTooLong
from bridge.remote.completion import body, oldest_half, with_system
from bridge.remote.endpoint import Endpoint, Served
from bridge.remote.exchange import Exchange, Piece
from bridge.remote.failures import ContextExceeded
from models.dialogue.chat import Message, Role
from models.dialogue.sampling import Sampling


class RemoteReply:
    """Made by `RemoteProgram.reply`. It needs one request, and nothing else that could be short."""

    chunks = room = 1
    leaves_unread = worthwhile = False  # the endpoint has a cache of its own, and says what is too long

    def __init__(self, endpoint: Endpoint, served: Served, messages: Sequence[Message], sampling: Sampling) -> None:
        self.prompt_tokens = 0  # until the endpoint has counted them
        self.dropped = 0  # number of oldest messages omitted from the prompt
        self._endpoint, self._served, self._sampling = endpoint, served, sampling
        self._messages = with_system(messages)
        self._body = self._written()

    def again(self, sampling: Sampling) -> "RemoteReply":
        """Another reply to the same messages."""
        made = RemoteReply(self._endpoint, self._served, self._messages, sampling)
        made.dropped = self.dropped
        return made

    def reserve(self) -> bool:
        """There is nothing to reserve."""
        return True

    def release(self) -> None:
        """There is nothing to free: cancelling its run ends the request."""

    async def run(self, say: Callable[[Piece], None]) -> Piece:
        """Ask for the reply; `say` is called with each piece but the last, which is returned.

        A history that is too long for the endpoint is halved, once: `dropped` then says by how much. PromptTooLong if
        that is not enough; other failures as for an Exchange.
        """
        try:
            piece = await self._asked(say)
        except ContextExceeded:
            self._halve()
            try:
                piece = await self._asked(say)
            except ContextExceeded:
                raise _too_long() from None
        self.prompt_tokens = piece.prompt_tokens
        return piece

    async def _asked(self, say: Callable[[Piece], None]) -> Piece:
        return await Exchange(self._endpoint, self._sampling.max_new_tokens, say).run(self._body)

    def _halve(self) -> None:
        dropped = oldest_half(self._messages)
        if not dropped:
            raise _too_long() from None
        head = [message for message in self._messages if message.role is Role.SYSTEM]
        said = [message for message in self._messages if message.role is not Role.SYSTEM]
        self._messages = [*head, *said[dropped:]]
        self.dropped += dropped
        self._body = self._written()

    def _written(self) -> bytes:
        return body(self._served.name, self._served.owner, self._messages, self._sampling)


def _too_long() -> PromptTooLong:
    return PromptTooLong(
        "the prompt does not fit the context of the model's endpoint; shorten the persona or what is said, ask for "
        "fewer new tokens, or give the endpoint a longer context"
    )
