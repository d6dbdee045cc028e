"""Runs a causal language model of transformers for dialogue, whatever its architecture: its own code, its own cache.

Calls are suspended where its layers end (`models.module.sliced`). There are the two lanes of `DialogueProgram`, but a
run has one reply in it, since caches of different kinds cannot be batched: characters that speak at once take turns,
token by token. What is said may differ in its last bits by what was cached.
"""

import hashlib
import inspect
from collections.abc import Generator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from models.dialogue.chat import Chat, Message
from models.dialogue.grammar import GrammarError
from models.dialogue.reply import Finish, Piece
from models.dialogue.sampling import LIKELIEST, Sampling, draw
from models.hf import folder
from models.hf.checkpoint import Checkpoint
from models.hf.dialogue.caches import CacheCounts, Cached, Caches
from models.hf.dialogue.reply import CHUNK, HfReply, Rehearsal
from models.hf.loading import pretrained
from models.hf.reference import Reference
from models.language.tokenizers.loading import tokenizer_in
from models.language.tokenizers.tokenizer import Tokenizer
from models.module.sliced import Sliced
from models.precision import fast_dtype
from models.program import Lane, Unfinished

PREFILL, DECODE = "dialogue.prefill", "dialogue.decode"
_LANGUAGE = ("ForCausalLM", "LMHeadModel")
_CACHES = ("cache", "past_key_values")  # since transformers 5.24, and before

Output = Piece | Unfinished | Exception


class _Read(NamedTuple):
    """A run's result: the tokens that it has read, the cache after them, and the logits of the last one."""

    cached: Cached
    tokens: list[int]
    states: Any
    logits: Tensor


class HfDialogueProgram:
    """Implements `models.program.Program`. `reply`, `reading`, `forget` and `stats` are thread-safe; the rest belongs
    to the device thread.
    """

    name = "dialogue"

    def __init__(
        self, model: nn.Module, device: torch.device, tokenizer: Tokenizer, chat: Chat, version: str, caches: Caches
    ) -> None:
        self.version = version
        self._model, self._device = model, device
        self._tokenizer, self._chat, self._caches = tokenizer, chat, caches
        takes = inspect.signature(model.forward).parameters
        self._cache = next((name for name in _CACHES if name in takes), "")  # what it calls its cache
        self._more = {"logits_to_keep": 1} if "logits_to_keep" in takes else {}
        if not self._cache:
            raise ValueError(f"{type(model).__name__} keeps no cache of what it has read, which a conversation needs")
        self._sliced = Sliced(self.name, model)
        weights = sum(tensor.nbytes for tensor in (*model.parameters(), *model.buffers()))
        try:
            self._at, position_bytes = self._trial()
        except BaseException:
            self._sliced.close()
            raise
        self.pool_bytes = position_bytes * caches.room
        self.resident_bytes = weights + self.pool_bytes
        self._stages = len(self._at) + 1
        self.lanes: tuple[Lane, ...] = (Lane(PREFILL, 1, self._stages), Lane(DECODE, 1, self._stages))

    @classmethod
    def load(
        cls, device: torch.device, *, model: str, slots: int, context: int, dtype: torch.dtype | None = None
    ) -> "HfDialogueProgram":
        """Load what follows `hf:`, a folder or a repository in the cache. ValueError, in a sentence, for one that
        cannot be served.
        """
        reference = Reference.of(model)
        folder.check_installed()
        checkpoint = Checkpoint.read(folder.find(reference))
        if not checkpoint.architecture.endswith(_LANGUAGE):
            raise ValueError(
                f"{checkpoint.architecture} is no causal language model; name one whose class ends in "
                f"{' or '.join(_LANGUAGE)}"
            )
        most = checkpoint.config.get("max_position_embeddings")
        if isinstance(most, int) and context > most:
            raise ValueError(f"the context is {context}, and the model was made for {most} tokens; lower the context")
        tokenizer = tokenizer_in(checkpoint.folder)
        chat = Chat.in_folder(checkpoint.folder, tokenizer)
        made = pretrained(checkpoint).to(device, dtype or fast_dtype(device)).eval()
        version = f"hf-{checkpoint.folder.name.lower()}-{_fingerprint(made)}"
        return cls(made, device, tokenizer, chat, version, Caches(slots, context))

    # -- replies -------------------------------------------------------------------------------------------------------

    def reply(
        self, conversation: str, messages: Sequence[Message], sampling: Sampling, *, trim: bool = True
    ) -> HfReply:
        """A reply to `messages`, for the prefill lane; as `DialogueProgram.reply`."""
        if sampling.grammar is not None:
            raise GrammarError("a model of transformers is not kept to a grammar; ask without one")
        room = self._caches.context - sampling.max_new_tokens
        if room < 1:
            raise ValueError(
                f"max_new_tokens is {sampling.max_new_tokens} where the context is {self._caches.context}; ask for "
                "fewer"
            )
        prompt = self._chat.prompt(messages, room, trim)
        return HfReply(conversation, self._caches, self._tokenizer, prompt.tokens, sampling, prompt.dropped)

    def again(self, reply: HfReply, kept: int, sampling: Sampling) -> HfReply:
        """A reply that goes on behind the first `kept` tokens of another; as `DialogueProgram.again`."""
        prompt = reply.tokens[: reply.prompt_tokens + kept]
        room = min(sampling.max_new_tokens, self._caches.context - len(prompt))
        if room < 1:
            raise ValueError(f"{len(prompt)} tokens fill the context; a reply cannot go on behind them")
        sampling = replace(sampling, max_new_tokens=room)
        return HfReply(reply.conversation, self._caches, self._tokenizer, prompt, sampling, reply.dropped)

    def reading(self, conversation: str, messages: Sequence[Message], sampling: Sampling) -> HfReply:
        """Nothing is read in advance: what this returns is never worthwhile."""
        return self.reply(conversation, messages, sampling)

    def forget(self, conversation: str) -> None:
        """Drop a conversation's cache; a reply in progress continues."""
        self._caches.forget(conversation)

    @property
    def room(self) -> int:
        """Positions in all caches."""
        return self._caches.room

    def stats(self) -> CacheCounts:
        """Current use of the caches."""
        return self._caches.counts()

    # -- on the device -------------------------------------------------------------------------------------------------

    def start(self, lane: str, inputs: Sequence[HfReply]) -> Generator[None, None, Sequence[Output]]:
        """Run a reply: its next chunk, or a step of one token. FloatingPointError if the logits were not finite."""
        (reply,) = inputs
        call = self._sliced.start(partial(self._read, reply, CHUNK if lane == PREFILL else 1))
        call.at = self._at
        try:
            for _ in range(self._stages - 1):
                call.resume()
                yield
            call.finish()
            call.resume()
            yield
            return [self._settle(reply, call.result)]
        finally:
            call.abort()

    def sample(self, lane: str, batch: int) -> Sequence[HfReply]:
        """A full chunk, or one token; neither is cached."""
        return [Rehearsal(self._caches, self._tokenizer, CHUNK if lane == PREFILL else 1) for _ in range(batch)]

    def close(self) -> None:
        """Free the weights."""
        self._sliced.close()
        self._model = nn.Identity()

    def _read(self, reply: HfReply, most: int) -> _Read | None:
        """Read the next `most` tokens that are not cached; None for a reply that was released."""
        cached = reply.cached
        if cached is None:
            return None
        cached.keep(reply.tokens)
        if reply.cached_tokens is None:
            reply.cached_tokens = len(cached.tokens)
        tokens = reply.tokens[len(cached.tokens) :][:most]
        cached.running = True
        ids = torch.tensor([tokens], device=self._device)
        found = self._model(input_ids=ids, use_cache=True, **{self._cache: cached.states}, **self._more)
        return _Read(cached, tokens, getattr(found, self._cache), found.logits[:, -1].float())

    def _settle(self, reply: HfReply, read: _Read | None) -> Output:
        """Note what was read, and sample a token once the prompt is complete."""
        if read is None or reply.cached is None:
            return reply.piece(finish=Finish.INTERRUPTED)
        cached = read.cached
        cached.tokens, cached.states, cached.running = [*cached.tokens, *read.tokens], read.states, False
        if len(cached.tokens) < len(reply.tokens):
            return Unfinished(reply.piece(), PREFILL, prepares=True)
        known = read.logits[:, : self._tokenizer.size]  # a model's vocabulary may be padded
        if not known.isfinite().all():
            cached.tokens, cached.states = [], None
            return FloatingPointError("the logits of a reply are not finite; its cache was dropped, ask again")
        logits, tokens = known.topk(min(LIKELIEST, known.shape[-1]))
        piece = reply.accept(draw(tokens, logits, [reply.draw()])[0])
        return piece if piece.finish else Unfinished(piece, DECODE)

    @torch.inference_mode()
    def _trial(self) -> tuple[frozenset[int], int]:
        """Where to suspend runs, and the bytes that a position takes in a cache. ValueError if it cannot be run."""
        layers = set(max((m for m in self._model.modules() if isinstance(m, nn.ModuleList)), key=len, default=()))
        reply = Rehearsal(self._caches, self._tokenizer, CHUNK)
        call = self._sliced.start(partial(self._read, reply, CHUNK))
        try:
            while not call.done:
                call.resume()
            call.resume()
        except ValueError:
            raise
        except Exception as error:
            raise ValueError(f"a trial run fails: {type(error).__name__}: {error}") from error
        finally:
            call.abort()
        assert call.result is not None
        ends = [place for place in call.suspended_at if call.passed[place] in layers]
        held = sum(tensor.nbytes for tensor in _tensors(call.result.states))
        return self._sliced.keep(call, ends), -(-held // CHUNK)


def _tensors(states: Any) -> list[Tensor]:
    """What a cache holds."""
    layers = getattr(states, "layers", ())
    return [value for layer in layers for value in vars(layer).values() if isinstance(value, Tensor)]


def _fingerprint(model: nn.Module) -> str:
    """Of a few numbers of each tensor: answers change with any of them."""
    digest = hashlib.sha256()
    for name, tensor in model.state_dict().items():
        digest.update(f"{name} {tuple(tensor.shape)} {tensor.dtype}".encode())
        digest.update(tensor.flatten()[:: max(1, tensor.numel() // 16)].float().cpu().numpy().tobytes())
    return digest.hexdigest()[:8]
