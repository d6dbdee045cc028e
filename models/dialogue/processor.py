"""What a client says in a conversation becomes a chat model's messages and sampling."""

from collections.abc import Iterable

from models.dialogue.chat import Message, Role
from models.dialogue.grammar import Form, Grammar, GrammarError
from models.dialogue.sampling import Sampling


class DialogueProcessor:
    """Thread-safe: it keeps nothing."""

    sampling = Sampling
    wrong = GrammarError  # raised by `reply` for what only the client can mend

    @staticmethod
    def grammar(form: str, text: str) -> Grammar:
        """What a reply must look like, in "json_schema", "regex" or "lark". GrammarError for a text of wrong length."""
        return Grammar(Form(form), text)

    @staticmethod
    def messages(lines: Iterable[tuple[str, str]]) -> list[Message]:
        """Lines of (speaker, text) as messages. ValueError for a text that no prompt can hold."""
        return [Message(Role(speaker), text) for speaker, text in lines]
