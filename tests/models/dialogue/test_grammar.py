"""Replies kept to a grammar: by random walks through what it allows, and by the real model."""

import json
import random
import re
from dataclasses import replace
from typing import Any

import pytest

from models.dialogue.constraint import Constraint, Grammars
from models.dialogue.dialogue_program import DECODE, PREFILL, DialogueProgram
from models.dialogue.grammar import LONGEST_GRAMMAR, Form, Grammar
from models.dialogue.reply import Finish
from models.dialogue.sampling import Sampling
from models.gguf import file as gguf
from models.language.tokenizers.loading import tokenizer_of
from models.language.tokenizers.tokenizer import Tokenizer
from models.language.weights import find_weights
from models.program import Unfinished
from tests.models.dialogue.stepping import GREEDY, answer, ask, finish, one, prefill

SALE = {
    "type": "object",
    "properties": {
        "item": {"enum": ["sword", "bow", "épée"]},
        "price": {"type": "integer", "minimum": 1, "maximum": 500},
        "words": {"type": "string", "maxLength": 12},
        "gift": {"type": "boolean"},
    },
    "required": ["item", "price", "words", "gift"],
    "additionalProperties": False,
}
JSON = Grammar(Form.JSON_SCHEMA, json.dumps(SALE))
REGEX = Grammar(Form.REGEX, r"(Aye|Nay)(, (sir|my lady)){0,2}[.!]")
LARK = Grammar(Form.LARK, 'start: "go to " place\nplace: /[A-Z][a-z]{2,5}/ | "the " /(inn|mill)/')


def check_sale(sale: dict[str, Any]) -> None:
    """That it fits SALE."""
    assert list(sale) == ["item", "price", "words", "gift"]
    assert sale["item"] in ("sword", "bow", "épée")
    assert type(sale["price"]) is int
    assert 1 <= sale["price"] <= 500
    assert len(sale["words"]) <= 12
    assert type(sale["gift"]) is bool


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return tokenizer_of(gguf.read(find_weights()))


@pytest.fixture(scope="module")
def grammars(tokenizer: Tokenizer) -> Grammars:
    return Grammars(tokenizer)


def walk(constraint: Constraint, tokenizer: Tokenizer, draw: random.Random) -> str:
    """A text of randomly drawn tokens, until the grammar or the draw ends it."""
    said = b""
    for _ in range(300):
        allowed = constraint.allowed(tokenizer.size).nonzero()[0].tolist()
        special = set(allowed) & set(tokenizer.special.values())
        assert special <= {min(tokenizer.ends)}
        token = draw.choice(allowed)
        if token in tokenizer.ends:
            return said.decode()
        said += tokenizer.bytes(token)
        if constraint.accept(token):
            return said.decode()
    raise AssertionError(f"no end after 300 tokens: {said!r}")


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_allowed_makes_json_of_the_schema(grammars: Grammars, tokenizer: Tokenizer, seed: int) -> None:
    text = walk(grammars.begin(JSON), tokenizer, random.Random(seed))
    check_sale(json.loads(text))


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_allowed_matches_the_expression(grammars: Grammars, tokenizer: Tokenizer, seed: int) -> None:
    assert re.fullmatch(REGEX.text, walk(grammars.begin(REGEX), tokenizer, random.Random(seed)))


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_allowed_follows_the_rules(grammars: Grammars, tokenizer: Tokenizer, seed: int) -> None:
    text = walk(grammars.begin(LARK), tokenizer, random.Random(seed))
    assert re.fullmatch("go to ([A-Z][a-z]{2,5}|the (inn|mill))", text)


def test_rows_of_a_head_behind_the_vocabulary_are_never_allowed(grammars: Grammars, tokenizer: Tokenizer) -> None:
    allowed = grammars.begin(Grammar(Form.REGEX, ".*")).allowed(tokenizer.size + 64)
    assert allowed[: tokenizer.size].any()
    assert not allowed[tokenizer.size :].any()


@pytest.mark.parametrize(
    ("form", "text", "says"),
    [
        (Form.JSON_SCHEMA, "{", "not JSON"),
        (Form.JSON_SCHEMA, "[" * 9000, "not JSON"),
        (Form.JSON_SCHEMA, "[1]", "no object"),
        (Form.JSON_SCHEMA, '{"type": "what"}', "json_schema cannot be used"),
        (Form.JSON_SCHEMA, '{"$ref": "http://example.com/schema"}', "not fetch"),
        (Form.REGEX, "(", "regex cannot be used"),
        (Form.REGEX, "(?=a)b", "regex cannot be used"),
        (Form.LARK, "start: nope", "lark cannot be used"),
        (Form.LARK, "", "send 1 to"),
        (Form.REGEX, "a" * (LONGEST_GRAMMAR + 1), "send 1 to"),
    ],
)
def test_a_wrong_grammar_is_a_sentence(grammars: Grammars, form: Form, text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says) as caught:
        grammars.begin(Grammar(form, text))
    assert "\n" not in str(caught.value)


BOMBS = [
    (Form.REGEX, "(a{1,1000}){1,1000}b"),
    (Form.REGEX, "(.*a.{900}b|.*c.{901}d)*"),
    (Form.LARK, "start: a a a a a a a a\na: b b b b b b b b\nb: c c c c c c\nc: /x?/ | /y?/ | c c"),
]


@pytest.mark.parametrize(("form", "text"), BOMBS)
def test_what_needs_too_much_ends_in_a_sentence_or_goes_on(
    grammars: Grammars, tokenizer: Tokenizer, form: Form, text: str
) -> None:
    said = fault_of(grammars, tokenizer, Grammar(form, text))
    assert said is None or "grammar" in said or "cannot be used" in said


def fault_of(grammars: Grammars, tokenizer: Tokenizer, grammar: Grammar) -> str | None:
    """What is said against a grammar, within 60 tokens that it allows."""
    draw = random.Random(1)
    try:
        constraint = grammars.begin(grammar)
        for _ in range(60):
            if constraint.accept(draw.choice(constraint.allowed(tokenizer.size).nonzero()[0].tolist())):
                return None
    except ValueError as error:
        return str(error)
    return None


# -- with the real model -----------------------------------------------------------------------------------------------


def form(grammar: Grammar, temperature: float = 0.5) -> Sampling:
    return Sampling(temperature=temperature, grammar=grammar, max_new_tokens=64, seed=3)


@pytest.mark.parametrize("temperature", [0.0, 0.5, 5.0])
def test_a_reply_fits_its_schema_however_it_is_drawn(program: DialogueProgram, temperature: float) -> None:
    for name in "abc":
        text = answer(program, name, ask(f"I am {name}. What do you sell?"), form(JSON, temperature=temperature))
        check_sale(json.loads(text))


def test_a_reply_ends_with_its_grammar(program: DialogueProgram) -> None:
    reply = program.reply("a", ask("Will you help me?"), form(Grammar(Form.REGEX, "Aye|Nay")))
    text, last = finish(program, reply)[0]
    assert text in ("Aye", "Nay")
    assert last.finish is Finish.END


def test_rows_with_and_without_a_grammar_share_a_step(program: DialogueProgram) -> None:
    free = ask("Tell me about the sea.")
    alone = answer(program, "a", free)
    program.forget("a")
    replies = [program.reply("a", free, GREEDY), program.reply("b", ask("Hm?"), form(REGEX))]
    texts = [text for text, _ in finish(program, *replies)]
    assert texts[0] == alone
    assert re.fullmatch(REGEX.text, texts[1])


def test_a_grammar_is_not_stopped_by_what_the_model_would_rather_say(program: DialogueProgram) -> None:
    odd = Grammar(Form.REGEX, "Qxz9 (7|8){6}")
    text = answer(program, "a", ask("Good morning!"), replace(form(odd), repetition_penalty=1.0))
    assert re.fullmatch(odd.text, text)


def test_a_grammar_that_becomes_too_complex_fails_its_reply_only(
    program: DialogueProgram, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = program.reply("a", ask("Hm?"), form(REGEX))

    def broken(self: Constraint, size: int) -> None:
        raise ValueError("the grammar cannot be followed")

    monkeypatch.setattr(Constraint, "allowed", broken)
    other = program.reply("b", ask("Hello!"), GREEDY)
    prefill(program, other)
    output = one(program, PREFILL, failing)
    while isinstance(output, Unfinished):
        output = one(program, PREFILL, failing)
    assert isinstance(output, ValueError)
    assert isinstance(one(program, DECODE, other), Unfinished)
    other.release()
    assert program.stats().busy == 0
