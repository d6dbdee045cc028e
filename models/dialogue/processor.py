"""What a client says in a conversation becomes a chat model's messages and sampling."""

from collections.abc import Iterable

from models.dialogue.chat import Message, Role
from models.dialogue.sampling import Sampling


class DialogueProcessor:
    """Thread-safe: it keeps nothing."""

    sampling = Sampling

    @staticmethod
    def messages(lines: Iterable[tuple[str, str]]) -> list[Message]:
        """Lines of (speaker, text) as messages. ValueError for a text that no prompt can hold."""
        return [Message(Role(speaker), text) for speaker, text in lines]
