"""A model at an endpoint, as the roster loads it: nothing of it is on the device."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from bridge.config import Config
from bridge.remote.opening import open_endpoint
from models.dialogue.chat import Message
from models.dialogue.grammar import GrammarError
from models.dialogue.sampling import Sampling
from models.program import Lane

if TYPE_CHECKING:
    from bridge.remote.endpoint import Endpoint, Served
    from bridge.remote.reply import RemoteReply


class RequestCounts(NamedTuple):
    """Requests in progress, and how many more there may be."""

    busy: int
    idle: int


class RemoteProgram:
    """What the turns ask of a model on the device. Thread-safe, but for the endpoint's connections."""

    name = "dialogue"
    lanes: tuple[Lane, ...] = ()
    resident_bytes = pool_bytes = 0

    def __init__(self, endpoint: "Endpoint", served: "Served", most_requests: int) -> None:
        self.version = f"openai:{served.name}"
        self.endpoint = endpoint
        self.room = most_requests
        self._served = served

    @classmethod
    def load(cls, device: Any, *, config: Config) -> "RemoteProgram":
        """Ask the endpoint what it serves. BridgeError, with the mend, if it cannot be used."""
        endpoint, served = open_endpoint(config)
        return cls(endpoint, served, config.dialogue_requests)

    def reply(self, conversation: str, messages: Sequence[Message], sampling: Sampling) -> "RemoteReply":
        """A reply to `messages`."""
        from bridge.remote.reply import RemoteReply

        if sampling.grammar is not None:
            raise GrammarError("a model at an endpoint is not kept to a grammar; ask without one")
        return RemoteReply(self.endpoint, self._served, messages, sampling)

    def again(self, reply: "RemoteReply", kept: int, sampling: Sampling) -> "RemoteReply":
        """Other words from the first token on. ValueError behind a beginning: no endpoint goes on within a reply."""
        if kept:
            raise ValueError("an endpoint does not go on within a reply")
        return reply.again(sampling)

    def reading(self, conversation: str, messages: Sequence[Message], sampling: Sampling) -> "RemoteReply":
        """What could be read ahead: nothing is worthwhile, as the endpoint keeps its own cache."""
        return self.reply(conversation, messages, sampling)

    def forget(self, conversation: str) -> None:
        """Nothing of a conversation is kept here."""

    def stats(self) -> RequestCounts:
        """The endpoint's requests."""
        busy = self.endpoint.open_count
        return RequestCounts(busy, max(0, self.room - busy))

    def close(self) -> None:
        """Nothing is on the device. The connections belong to the event loop, which closes them: `RemoteRequests`."""
