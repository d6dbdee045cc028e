"""A model's tokenizer: text to token ids, and ids to bytes. Knows no file.

Text never becomes a control token or a token that the vendor added: `<|im_start|>` or `<think>` typed by a player is
plain text. Only the chat template places those, by id.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A model's tokens and what the special ones are for.

    `special` are the control tokens and those that the vendor added: they may be written in a template and are never
    read from a text.
    """

    pieces: Sequence[bytes]  # the bytes of each token, none for a control token
    control: Mapping[str, int]
    special: Mapping[str, int]
    ends: frozenset[int]  # a reply ends when the model samples any of them
    bos: int | None = None  # what every prompt begins with; None if the model takes none
    named: Mapping[str, str] = field(default_factory=dict)  # what a template knows as bos_token, eos_token, ...


class Tokenizer:
    """Thread-safe: immutable after construction."""

    def __init__(self, vocabulary: Vocabulary, ids: Callable[[str, bool], list[int]]) -> None:
        """`ids` maps a text to ids; its second argument says whether the text is the first of its prompt."""
        self.vocabulary, self._ids = vocabulary, ids
        self.control = dict(vocabulary.control)
        self.special = dict(vocabulary.special)
        self.ends, self.bos = vocabulary.ends, vocabulary.bos

    def __len__(self) -> int:
        return len(self.vocabulary.pieces)

    @property
    def size(self) -> int:
        """Number of tokens, with those that no text reaches."""
        return len(self.vocabulary.pieces)

    def encode(self, text: str, *, first: bool = True) -> list[int]:
        """Token ids of plain text, of which none is special. `first`: nothing precedes it in its prompt."""
        return self._ids(text, first)

    def bytes(self, token: int) -> bytes:
        """A token's bytes: not always whole characters, and none for a control token or one beyond the vocabulary, as
        embeddings are padded with.
        """
        return self.vocabulary.pieces[token] if token < len(self.vocabulary.pieces) else b""
