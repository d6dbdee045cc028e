"""The decoder: agreement with `transformers`, and the same logits in however many pieces a row is run."""

from collections.abc import Sequence

import pytest
import torch
from torch import Tensor

from models.dialogue.dialogue_program import DECODE, PREFILL, DialogueProgram
from models.dialogue.sampling import LIKELIEST
from models.language.batch import Batch, Row
from models.language.cache.slots import PAGE, Lease
from models.language.decoder import Decoder
from models.language.row_invariance import least_rows
from tests.models.dialogue import reference
from tests.models.dialogue.conftest import CONTEXT
from tests.models.dialogue.stepping import turn

chats = pytest.mark.parametrize("chat", reference.CHATS)
formats = pytest.mark.parametrize("served", ["shipped", "exact"])


def logits(program: DialogueProgram, tokens: Sequence[int], chunk: int, slot: int = 0) -> Tensor:
    """At every position [tokens, vocabulary], as the lane for chunks of this length computes them."""
    decoder = program.decoders[DECODE if chunk == 1 else PREFILL]
    parts = []
    for start in range(0, len(tokens), chunk):
        row = Row(Lease(None, CONTEXT), slot * CONTEXT, start, tokens[start : start + chunk], wanted=True)
        batch = Batch([row], program.pool)
        batch.last = torch.arange(len(row.tokens))
        parts.append(last_logits(decoder, batch))
    return torch.cat(parts)


def last_logits(decoder: Decoder, batch: Batch) -> Tensor:
    """[rows, vocabulary], the likeliest in full precision, as they are drawn from."""
    x = turn(decoder.read(batch))
    rough = turn(decoder.logits(x))
    return rough.scatter(-1, *decoder.likeliest(x, rough, LIKELIEST))


def divergence(true: Tensor, other: Tensor) -> Tensor:
    """Kullback-Leibler divergence of each position in nats: [tokens]."""
    p, q = true.log_softmax(-1), other.log_softmax(-1)
    return (p.exp() * (p - q)).sum(-1)


@chats
def test_agrees_with_transformers(exact: DialogueProgram, chat: reference.Chat) -> None:
    ours = logits(exact, chat.ids, chunk=256)
    assert (ours.gather(-1, chat.tokens) - chat.logits).abs().max() < 1e-3
    assert (ours.logsumexp(-1) - chat.total).abs().max() < 1e-3
    assert torch.equal(ours.argmax(-1), chat.tokens[:, 0])


@chats
@pytest.mark.parametrize("chunk", [64, 1])
def test_what_is_shipped_stays_close_to_exact(
    exact: DialogueProgram, shipped: DialogueProgram, chat: reference.Chat, chunk: int
) -> None:
    lost = divergence(logits(exact, chat.ids, chunk=256), logits(shipped, chat.ids, chunk))
    assert lost.mean() < 0.002
    assert lost.max() < 0.02


@pytest.mark.parametrize("chunk", [1, 7, 32])
def test_pieces_make_no_difference(exact: DialogueProgram, chunk: int) -> None:
    tokens = reference.CHATS[2].ids
    assert (logits(exact, tokens, chunk) - logits(exact, tokens, chunk=256)).abs().max() < 1e-3


def test_rows_do_not_see_each_other(exact: DialogueProgram) -> None:
    prompts = [chat.ids for chat in reference.CHATS]
    alone = torch.stack([logits(exact, tokens, 256, slot)[-1] for slot, tokens in enumerate(prompts)])
    rows = [Row(Lease(None, CONTEXT), slot * CONTEXT, 0, tokens, wanted=True) for slot, tokens in enumerate(prompts)]
    together = last_logits(exact.decoders[DECODE], Batch(rows, exact.pool))
    assert (together - alone).abs().max() < 1e-3


@formats
def test_a_step_is_the_same_to_the_bit_whatever_shares_it(request: pytest.FixtureRequest, served: str) -> None:
    """In rows enough, for dense weights leave the order of sums to the batch."""
    program: DialogueProgram = request.getfixturevalue(served)
    decoder, pool = program.decoders[DECODE], program.pool
    lengths = (20, 33, 27)
    for slot, (chat, length) in enumerate(zip(reference.CHATS, lengths, strict=True)):
        logits(program, chat.ids[:length], length, slot)
    rows = [
        Row(Lease(None, CONTEXT), slot * CONTEXT, length, [100 + slot], wanted=True)
        for slot, length in enumerate(lengths)
    ]
    least = least_rows(decoder, 3, pool.device)
    batches = [Batch([row], pool, least) for row in rows]
    assert all(len(batch.tokens) == len(batch.last) == least for batch in batches)
    alone = torch.cat([last_logits(decoder, batch)[: batch.wanted] for batch in batches])
    assert torch.equal(alone, last_logits(decoder, Batch(rows, pool, least)))


@formats
def test_a_page_is_the_same_to_the_bit_whatever_follows_it(request: pytest.FixtureRequest, served: str) -> None:
    """Read whole, or as the end of a shorter prompt that fills it up with padding, where something else was before."""
    program: DialogueProgram = request.getfixturevalue(served)
    tokens = reference.CHATS[2].ids[: 2 * PAGE]
    short = 2 * PAGE - 5
    program.pool[:, :2] = 3.0
    for slot, end in enumerate((2 * PAGE, short)):
        for start in (0, PAGE):
            read_page(program, tokens[start : min(end, start + PAGE)], slot * CONTEXT, start)
    assert torch.equal(program.pool[:, 0, :short], program.pool[:, 1, :short])


def read_page(program: DialogueProgram, tokens: Sequence[int], base: int, start: int, kept: int = 0) -> None:
    row = Row(Lease(None, CONTEXT), base, start, tokens, wanted=True, width=PAGE, kept=kept)
    batch = Batch([row], program.pool)
    assert len(batch.tokens) == PAGE
    assert batch.last.tolist() == [len(tokens) - 1]
    turn(program.decoders[PREFILL].read(batch))


@formats
def test_what_was_said_in_a_page_stays_as_steps_wrote_it(request: pytest.FixtureRequest, served: str) -> None:
    """And what follows it depends on it. The page is read in two parts, or in three."""
    program: DialogueProgram = request.getfixturevalue(served)
    pool, tokens = program.pool, reference.CHATS[2].ids[:PAGE]
    least = least_rows(program.decoders[DECODE], 3, pool.device)
    for slot, ends in enumerate([(PAGE,), (18, PAGE)]):
        base = slot * CONTEXT
        read_page(program, tokens[:8], base, 0)
        for first in (8, 10):
            said = [Row(Lease(None, CONTEXT), base, i, [tokens[i]], wanted=False) for i in (first, first + 1)]
            turn(program.decoders[DECODE].read(Batch(said, pool, least)))
        spoken = pool[:, slot, 8:12].clone()
        for held, end in zip((12, *ends), ends, strict=False):
            read_page(program, tokens[:end], base, 0, kept=held)
        assert torch.equal(pool[:, slot, 8:12], spoken)
    assert torch.equal(pool[:, 0, :PAGE], pool[:, 1, :PAGE])
    whole = pool[:, 0, :PAGE].clone()
    read_page(program, tokens, 0, 0)
    assert not torch.equal(pool[:, 0, 12:PAGE], whole[:, 12:]), "steps write other bits"


def test_only_wanted_logits_are_computed(shipped: DialogueProgram) -> None:
    rows = [Row(Lease(None, CONTEXT), slot * CONTEXT, 0, [5, 6, 7], wanted=slot == 1) for slot in range(3)]
    assert last_logits(shipped.decoders[DECODE], Batch(rows, shipped.pool)).shape == (1, 49_152)
    unwanted = Row(Lease(None, CONTEXT), 0, 0, [5, 6], wanted=False)
    assert last_logits(shipped.decoders[DECODE], Batch([unwanted], shipped.pool)).shape == (0, 49_152)


def test_an_ended_row_writes_nothing_more(shipped: DialogueProgram) -> None:
    pool = shipped.pool
    pool[:, :2] = 0
    rows = [Row(Lease(None, CONTEXT), slot * CONTEXT, 0, [5, 6, 7], wanted=True) for slot in range(2)]
    run = shipped.decoders[DECODE].read(Batch(rows, pool))
    next(run)
    rows[0].lease.ended = True
    turn(run)
    written = pool[:, :2, :3].flatten(2).any(-1)
    assert written[:, 1].all()
    assert written[:, 0].tolist() == [True] + [False] * (len(pool) - 1)


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_on_cuda(exact: DialogueProgram) -> None:
    program = DialogueProgram.load(torch.device("cuda"), slots=3, context=256)
    chat = reference.CHATS[1]
    lost = divergence(logits(exact, chat.ids, chunk=256), logits(program, chat.ids, chunk=64).cpu())
    assert lost.mean() < 0.01
