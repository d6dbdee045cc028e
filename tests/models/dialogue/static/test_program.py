"""Replies by steps in fixed shapes: the words of the ragged path, and one text whatever shares a step or was cached."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
import torch

from models.dialogue.chat import Message, Role
from models.dialogue.dialogue_program import DECODE, DialogueProgram
from models.dialogue.grammar import Form, Grammar
from models.dialogue.sampling import LIKELIEST, Sampling
from models.language.batch import Row
from models.language.cache.slots import Lease
from models.language.static.graphs import Direct
from models.language.static.step import StaticStep
from models.language.static.trial import row_sizes
from tests.models.dialogue import reference
from tests.models.dialogue.conftest import CONTEXT
from tests.models.dialogue.stepping import GREEDY, PERSONA, answer, ask, finish, piece_of, prefill, turn
from tests.models.dialogue.test_decoder import divergence, logits

LIVELY = Sampling(temperature=1.0, top_p=0.95, repetition_penalty=1.1, seed=7, max_new_tokens=7)
BRIEF = replace(GREEDY, max_new_tokens=7)
QUESTIONS = {"a": ask("Hello! What do you sell?", PERSONA), "b": ask("Hi"), "c": ask("Tell me of your brother. " * 6)}


@contextmanager
def in_fixed_shapes(program: DialogueProgram) -> Iterator[StaticStep]:
    """As on a device with graphs, without them."""
    decoder, pool = program.decoders[DECODE], program.pool
    program.static = StaticStep(decoder, pool, row_sizes(decoder, pool, program.lanes[1].max_batch), Direct())
    try:
        yield program.static
    finally:
        program.static = None


def forget(program: DialogueProgram) -> None:
    for name in QUESTIONS:
        program.forget(name)


def alone(program: DialogueProgram, sampling: Sampling) -> dict[str, str]:
    texts = {name: answer(program, name, messages, sampling) for name, messages in QUESTIONS.items()}
    forget(program)
    return texts


def beside(program: DialogueProgram, sampling: Sampling) -> dict[str, str]:
    replies = [program.reply(name, messages, sampling) for name, messages in QUESTIONS.items()]
    texts = dict(zip(QUESTIONS, (text for text, _ in finish(program, *replies)), strict=True))
    forget(program)
    return texts


def second_turns(program: DialogueProgram, first: dict[str, str], *, cached: bool) -> dict[str, str]:
    texts = {}
    for name, messages in QUESTIONS.items():
        if cached:
            assert answer(program, name, messages, LIVELY) == first[name]
        said = Message(Role.ASSISTANT, first[name])
        texts[name] = answer(program, name, [*messages, said, Message(Role.USER, "Go on.")], LIVELY)
    forget(program)
    return texts


@pytest.mark.parametrize("sampling", [BRIEF, LIVELY], ids=["greedy", "lively"])
def test_the_words_are_those_of_the_ragged_path(exact: DialogueProgram, sampling: Sampling) -> None:
    plain = alone(exact, sampling)
    with in_fixed_shapes(exact):
        assert alone(exact, sampling) == plain
    assert len(set(plain.values())) == len(plain)


def test_what_is_shipped_stays_close_to_exact(exact: DialogueProgram, shipped: DialogueProgram) -> None:
    """As `test_decoder.py` asks of the ragged path."""
    tokens, found = reference.CHATS[1].ids, []
    decoder = shipped.decoders[DECODE]
    with in_fixed_shapes(shipped) as step:
        for position, token in enumerate(tokens):
            x, rough = turn(step.run([Row(Lease(None, CONTEXT), 0, position, [token], wanted=True)]))
            found.append(rough.scatter(-1, *decoder.likeliest(x, rough, LIKELIEST))[:1])
    lost = divergence(logits(exact, tokens, chunk=256), torch.cat(found))
    assert lost.mean() < 0.002
    assert lost.max() < 0.02


@pytest.mark.parametrize("served", ["shipped", "exact"])
def test_a_text_depends_on_nothing_that_shares_a_step_or_was_cached(
    request: pytest.FixtureRequest, served: str
) -> None:
    program: DialogueProgram = request.getfixturevalue(served)
    with in_fixed_shapes(program) as step:
        first = alone(program, LIVELY)
        assert beside(program, LIVELY) == first
        warm = second_turns(program, first, cached=True)
        assert second_turns(program, first, cached=False) == warm  # what was said is read again, rows of one reply
        assert len(step.graphs) > 0


def test_a_grammar_is_kept_to_beside_others(shipped: DialogueProgram) -> None:
    kept = replace(GREEDY, grammar=Grammar(Form.REGEX, "yes|no"))
    with in_fixed_shapes(shipped):
        plain = answer(shipped, "a", QUESTIONS["a"])
        forget(shipped)
        replies = [shipped.reply("b", QUESTIONS["b"], kept), shipped.reply("a", QUESTIONS["a"], GREEDY)]
        texts = [text for text, _ in finish(shipped, *replies)]
    forget(shipped)
    assert texts[0] in ("yes", "no")
    assert texts[1] == plain


def test_a_run_yields_as_often_as_its_lane_says(shipped: DialogueProgram) -> None:
    with in_fixed_shapes(shipped):
        for lane in shipped.lanes:
            for batch in {1, lane.max_batch}:
                assert sum(1 for _ in shipped.start(lane.name, shipped.sample(lane.name, batch))) == lane.stages


def test_a_reply_that_is_not_finite_fails_alone(shipped: DialogueProgram) -> None:
    with in_fixed_shapes(shipped):
        replies = [shipped.reply(name, QUESTIONS[name], GREEDY) for name in "ab"]
        for reply in replies:
            prefill(shipped, reply)
        assert replies[0].lease.start is not None
        shipped.pool.flatten(1, 2)[:, replies[0].lease.start + 3] = torch.nan
        fault, fine = turn(shipped.start(DECODE, replies))
        assert isinstance(fault, FloatingPointError)
        assert piece_of(fine).tokens == 2
    replies[1].release()
    shipped.pool.nan_to_num_()
    forget(shipped)


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("dtype", [None, torch.float32], ids=["served", "float32"])
def test_on_cuda_replies_are_spoken_by_graphs_with_one_text(dtype: torch.dtype | None) -> None:
    program = DialogueProgram.load(torch.device("cuda"), slots=4, context=512, dtype=dtype)
    first = alone(program, LIVELY)
    assert program.static is not None
    assert beside(program, LIVELY) == first
    warm = second_turns(program, first, cached=True)
    assert second_turns(program, first, cached=False) == warm
    assert len(program.static.graphs) > 0
