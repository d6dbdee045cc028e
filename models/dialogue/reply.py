"""One reply on its way: what goes through the lanes, from the prompt's first chunk to the last token.

The device thread alone places it and adds tokens; `release` may come from any thread. It knows no tensor.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from models.dialogue.sampling import Draw, Sampling
from models.dialogue.slots import Lease, Slots
from models.dialogue.text import TextStream
from models.dialogue.tokenizer import Tokenizer


class Finish(StrEnum):
    """Why a reply ended."""

    END = "end"  # the model ended it
    STOP = "stop"  # a stop string came
    LENGTH = "length"  # max_new_tokens were drawn
    INTERRUPTED = "interrupted"  # it was released before its end


@dataclass(frozen=True, slots=True)
class Piece:
    """What a step adds to a reply: `text` is new, the counts are of the whole reply so far."""

    text: str
    tokens: int  # of the reply
    finish: Finish | None
    prompt_tokens: int
    cached_tokens: int  # of the prompt's: those whose keys and values were still there


class Reply:
    """Made by `DialogueProgram.reply`; an input of the lanes."""

    def __init__(
        self, lease: Lease, slots: Slots, tokenizer: Tokenizer, prompt: Sequence[int], sampling: Sampling
    ) -> None:
        self.lease, self.sampling = lease, sampling
        self.tokens = list(prompt)
        self.prompt_tokens, self.cached_tokens = len(prompt), 0
        self._slots, self._tokenizer = slots, tokenizer
        self._text = TextStream(sampling.stop)
        self._random = random.Random(sampling.seed % 2**64 or None)  # Random itself takes -1 for 1

    def release(self) -> None:
        """End the reply, finished or not: its slot is idle at once and its later steps do nothing. Any thread, always.

        What of the prompt and the reply is complete stays in the slot for the conversation's next turn.
        """
        self._slots.release(self.lease)

    def place(self) -> tuple[int, int] | None:
        """The reply's slot and how many of its tokens that holds; None once released. Raises NoSlot."""
        first = self.lease.slot is None
        placed = self._slots.place(self.lease, self.tokens)
        if first and placed is not None:
            self.cached_tokens = placed[1]
        return placed

    def draw(self) -> Draw:
        """How the next token is to be drawn."""
        return Draw(self.sampling, self.tokens, self._random.random())

    def accept(self, token: int) -> Piece:
        """Add the token that was drawn, and say what there is to show now."""
        if token in self._tokenizer.ends:
            return self._end(Finish.END, self._text.finish())
        self.tokens.append(token)
        text = self._text.push(self._tokenizer.bytes(token))
        if self._text.stopped:
            return self._end(Finish.STOP, text)
        if len(self.tokens) - self.prompt_tokens == self.sampling.max_new_tokens:
            return self._end(Finish.LENGTH, text + self._text.finish())
        return self.piece(text)

    def piece(self, text: str = "", finish: Finish | None = None) -> Piece:
        """The counts as they stand, with `text`."""
        said = len(self.tokens) - self.prompt_tokens
        return Piece(text, said, finish, self.prompt_tokens, self.cached_tokens)

    def leave(self) -> None:
        """A run that carried this reply is over, finished or abandoned."""

    def _end(self, finish: Finish, text: str) -> Piece:
        self.release()
        return self.piece(text, finish)
