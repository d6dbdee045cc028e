"""A part of a reply said in other words: the same tokens before it, and the same text whatever is cached."""

from dataclasses import replace

import pytest

from models.dialogue.dialogue_program import DialogueProgram
from models.dialogue.sampling import Sampling
from models.language.cache.slots import PAGE
from tests.models.dialogue.stepping import PERSONA, ask, cached, finish

FIRST = Sampling(temperature=0.8, seed=3, max_new_tokens=40)
OTHER = replace(FIRST, seed=4, max_new_tokens=30)


@pytest.mark.parametrize("kept", [0, 1, 9, 33])
def test_it_goes_on_behind_what_is_kept(program: DialogueProgram, kept: int) -> None:
    first = program.reply("a", ask("Tell me about your brother.", PERSONA), FIRST)
    finish(program, first)
    assert len(first.tokens) - first.prompt_tokens > 33
    other = program.again(first, kept, OTHER)
    assert other.tokens == first.tokens[: first.prompt_tokens + kept]
    assert other.keys == first.keys[: first.prompt_tokens + kept]
    ((said, piece),) = finish(program, other)
    assert said
    assert other.tokens[first.prompt_tokens + kept :] != first.tokens[first.prompt_tokens + kept :]
    assert piece.tokens <= OTHER.max_new_tokens


def test_what_both_have_in_common_is_in_the_cache(program: DialogueProgram) -> None:
    first = program.reply("a", ask("Tell me about your brother.", PERSONA), FIRST)
    finish(program, first)
    other = program.again(first, 9, OTHER)
    assert other.unread < PAGE


@pytest.mark.parametrize("kept", [0, 9, 33])
def test_the_text_does_not_depend_on_what_is_cached(program: DialogueProgram, kept: int) -> None:
    messages = ask("Tell me about your brother.", PERSONA)
    first = program.reply("a", messages, FIRST)
    finish(program, first)
    said = finish(program, program.again(first, kept, OTHER))[0][0]
    program.forget("a")
    assert cached(program, "a", messages) == 0
    again = program.again(first, kept, OTHER)
    assert finish(program, again)[0][0] == said
    assert again.cached_tokens == 0


def test_a_full_context_leaves_no_room(program: DialogueProgram) -> None:
    first = program.reply("a", ask("Hello"), replace(FIRST, max_new_tokens=5))
    finish(program, first)
    first.keys += [1] * program.context
    with pytest.raises(ValueError, match="fill the context"):
        program.again(first, program.context, OTHER)
