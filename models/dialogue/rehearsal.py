"""Replies for warm-up and calibration: of typical size, run any number of times, never cached."""

from models.dialogue.reply import Finish, Piece, Reply
from models.dialogue.sampling import Sampling
from models.language.cache.slots import Lease, Place, Slots
from models.language.tokenizers.tokenizer import Tokenizer


class Rehearsal(Reply):
    """Takes a free slot for one run; the first `held` tokens count as already complete."""

    def __init__(self, slots: Slots, tokenizer: Tokenizer, held: int, pending: int) -> None:
        self._held = held
        prompt = [next(iter(tokenizer.special.values()), 0)] * (held + pending)
        super().__init__(
            Lease(None, held + pending), slots, tokenizer, prompt, Sampling(repetition_penalty=1.1, seed=1)
        )

    def place(self) -> Place | None:
        if self.lease.start is None and super().place():
            self._slots.commit(self.lease, self.keys[: self._held])
        return super().place()

    def accept(self, token: int) -> Piece:
        self._tokenizer.bytes(token)
        return self.piece(finish=Finish.END)

    def leave(self) -> None:
        self._slots.release(self.lease, keep=False)
        self.lease = Lease(None, self.lease.room)
