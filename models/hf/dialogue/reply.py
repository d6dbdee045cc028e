"""A reply of a model of transformers: the state that goes through the lanes."""

import random
from collections.abc import Sequence

from models.dialogue.reply import Finish, Piece
from models.dialogue.sampling import Draw, Sampling
from models.dialogue.text import TextStream
from models.hf.dialogue.caches import Cached, Caches
from models.language.tokenizers.tokenizer import Tokenizer

CHUNK = 64  # prompt tokens per run


class HfReply:
    """Made by `HfDialogueProgram.reply`. Release it once nobody waits for it."""

    leaves_unread = worthwhile = False  # histories are not read in advance

    def __init__(
        self,
        conversation: str,
        caches: Caches,
        tokenizer: Tokenizer,
        prompt: Sequence[int],
        sampling: Sampling,
        dropped: int = 0,
    ) -> None:
        self.tokens = list(prompt)
        self.prompt_tokens, self.dropped = len(prompt), dropped
        self.room = len(prompt) + sampling.max_new_tokens
        self.cached_tokens: int | None = None  # until its first run
        self.sampling = sampling
        self.conversation, self._caches, self._tokenizer = conversation, caches, tokenizer
        self._text = TextStream(sampling.stop)
        self._random = random.Random(sampling.seed % 2**64 or None)

    @property
    def chunks(self) -> int:
        """Runs that its prompt takes if nothing of it is cached."""
        return -(-self.prompt_tokens // CHUNK)

    @property
    def cached(self) -> Cached | None:
        """Its conversation's cache; None once it is released."""
        return self._caches.of(self)

    def reserve(self) -> bool:
        """Reserve its positions; False if there is no room. Thread-safe."""
        return self._caches.reserve(self, self.conversation, self.room)

    def release(self) -> None:
        """End the reply, finished or not. Thread-safe, idempotent."""
        self._caches.release(self)

    def draw(self) -> Draw:
        """How to sample the next token."""
        return Draw(self.sampling, self.tokens, self._random.random())

    def accept(self, token: int) -> Piece:
        """Add the sampled token; returns what there is to show now."""
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
        """The current counts, with `text`."""
        said = len(self.tokens) - self.prompt_tokens
        return Piece(text, said, finish, self.prompt_tokens, self.cached_tokens or 0)

    def _end(self, finish: Finish, text: str) -> Piece:
        self.release()
        return self.piece(text, finish)


class Rehearsal(HfReply):
    """For warm-up: a prompt of some tokens, never cached, any number of times."""

    def __init__(self, caches: Caches, tokenizer: Tokenizer, count: int) -> None:
        token = next(iter(tokenizer.special.values()), 0)
        super().__init__("", caches, tokenizer, [token] * count, Sampling(seed=1))

    @property
    def cached(self) -> Cached | None:
        return Cached()

    def accept(self, token: int) -> Piece:
        self._tokenizer.bytes(token)
        return self.piece(finish=Finish.END)
