"""One reply: the state that goes through the lanes, from the prompt's first chunk to the last token.

Only the device thread places it and adds tokens; `release` may come from any thread. Knows no tensors.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from models.dialogue.constraint import Constraint
from models.dialogue.runs import Shapes, count_runs
from models.dialogue.sampling import Draw, Sampling
from models.dialogue.text import TextStream
from models.language.cache.keys import spoken, token_of
from models.language.cache.slots import Lease, NoSlot, Place, Slots
from models.language.lora import Adapter
from models.language.tokenizers.tokenizer import Tokenizer


class Finish(StrEnum):
    """Why a reply ended."""

    END = "end"  # the model ended it
    STOP = "stop"  # a stop string occurred
    LENGTH = "length"  # max_new_tokens reached
    INTERRUPTED = "interrupted"  # released before its end
    READ = "read"  # a reading: its history is cached


@dataclass(frozen=True, slots=True)
class Piece:
    """A step's addition to a reply: `text` is new, the counts are of the whole reply so far."""

    text: str
    tokens: int  # of the reply
    finish: Finish | None
    prompt_tokens: int
    cached_tokens: int  # prompt tokens found in the KV cache


class Reply:
    """Made by `DialogueProgram.reply`; an input of the lanes."""

    draws = True  # samples tokens once its prompt has been read

    def __init__(
        self,
        lease: Lease,
        slots: Slots,
        tokenizer: Tokenizer,
        prompt: Sequence[int],
        sampling: Sampling,
        shapes: Shapes = Shapes(),  # noqa: B008
        dropped: int = 0,
    ) -> None:
        """`prompt` as keys (`models.language.cache.keys`)."""
        self.lease, self.sampling = lease, sampling
        self.keys, self.tokens = list(prompt), [token_of(key) for key in prompt]
        self.prompt_tokens, self.cached_tokens = len(prompt), 0
        self.dropped = dropped  # number of oldest messages omitted from the prompt
        self.adapter: Adapter | None = None
        self.constraint: Constraint | None = None
        self.fault: ValueError | None = None  # why its grammar cannot be followed any further
        self._slots, self._tokenizer, self._shapes = slots, tokenizer, shapes
        self._text = TextStream(sampling.stop)
        self._random = random.Random(sampling.seed % 2**64 or None)  # Random treats -1 like 1

    def release(self) -> None:
        """End the reply, finished or not. Its slot is idle at once, and its later steps do nothing. Thread-safe,
        idempotent.

        What it has read and said stays cached for the conversation's next turn, and its complete pages for all.
        """
        self._slots.release(self.lease)

    @property
    def room(self) -> int:
        """KV-cache positions that it reserves: prompt and longest reply, in whole pages."""
        return self._slots.rounded(self.lease.room)

    @property
    def unread(self) -> int:
        """Prompt tokens not in the cache at the moment."""
        return self.prompt_tokens - self._cached

    @property
    def _cached(self) -> int:
        return self._slots.cached(self.lease, self.keys[: self.prompt_tokens])

    @property
    def chunks(self) -> int:
        """Runs that its prompt takes, at the moment."""
        return count_runs(self.keys[: self.prompt_tokens], self._cached, self._shapes)

    @property
    def leaves_unread(self) -> bool:
        """Whether the conversation's next turn may have to drop old turns, and read all behind them (`Chat.history`
        decides exactly): then a reading helps it.
        """
        context = self._slots.context
        return len(self.tokens) + self.sampling.max_new_tokens + context // 4 > context

    def reserve(self) -> bool:
        """Reserve the reply's positions; False if there is no room. Thread-safe."""
        try:
            self._slots.reserve(self.lease, self.keys)
        except NoSlot:
            return False
        return True

    def place(self) -> Place | None:
        """The reply's place in the KV cache, and how many of its tokens are complete; None once released. Raises
        NoSlot.
        """
        placed = self._slots.place(self.lease, self.keys)
        if placed is not None:
            self.cached_tokens += placed.found
        return placed

    def draw(self) -> Draw:
        """How to sample the next token."""
        return Draw(self.sampling, self.tokens, self._random.random())

    def allowed(self, size: int) -> NDArray[np.bool_] | None:
        """Which of `size` tokens its grammar lets come next; None for any. Sets `fault` if that cannot be said."""
        if self.constraint is None:
            return None
        try:
            return self.constraint.allowed(size)
        except ValueError as error:
            self.fault = error
            return None

    def accept(self, token: int) -> Piece:
        """Add the sampled token; returns what there is to show now."""
        if token in self._tokenizer.ends:
            return self._end(Finish.END, self._text.finish())
        self.tokens.append(token)
        self.keys.append(spoken(token))
        text = self._text.push(self._tokenizer.bytes(token))
        if self._text.stopped:
            return self._end(Finish.STOP, text)
        if self.constraint is not None and self.constraint.accept(token):
            return self._end(Finish.END, text + self._text.finish())
        if len(self.tokens) - self.prompt_tokens == self.sampling.max_new_tokens:
            return self._end(Finish.LENGTH, text + self._text.finish())
        return self.piece(text)

    def piece(self, text: str = "", finish: Finish | None = None) -> Piece:
        """The current counts, with `text`."""
        said = len(self.tokens) - self.prompt_tokens
        return Piece(text, said, finish, self.prompt_tokens, self.cached_tokens)

    def leave(self) -> None:
        """Called when a run with this reply has ended or was abandoned."""

    def _end(self, finish: Finish, text: str) -> Piece:
        self.release()
        return self.piece(text, finish)
