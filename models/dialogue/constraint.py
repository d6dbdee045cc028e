"""Keeps a reply to its grammar, by llguidance: at each token the grammar says which may come next, and only these are
sampled.

A grammar comes from a client: its size, its states and the work of each token are bounded. llguidance fetches nothing.
"""

import json
from collections.abc import Sequence
from functools import cached_property

import numpy as np
from llguidance import LLMatcher, LLParserLimits, LLTokenizer, TokenizerWrapper
from numpy.typing import NDArray

from models.dialogue.grammar import Form, Grammar, GrammarError
from models.language.tokenizers.tokenizer import Tokenizer

# Some 10 ms to make a grammar ready, 3 ms a token and 100 MB of states, by the library's own figures.
_LIMITS = LLParserLimits(
    max_items_in_row=1_000,
    initial_lexer_fuel=500_000,
    step_lexer_fuel=40_000,
    step_max_items=20_000,
    max_lexer_states=50_000,
    max_grammar_size=100_000,
)


class Constraint:
    """The state of one reply in its grammar. Belongs to one thread at a time."""

    def __init__(self, matcher: LLMatcher, size: int) -> None:
        self._matcher, self._size = matcher, size

    def allowed(self, size: int) -> NDArray[np.bool_]:
        """Which of `size` tokens may come next, which are those of the vocabulary and what a head has behind them.

        GrammarError if the grammar became too complex to follow.
        """
        bits = np.frombuffer(self._matcher.compute_bitmask(), np.uint8)
        self._check()
        found = np.zeros(size, np.bool_)
        found[: self._size] = np.unpackbits(bits, count=self._size, bitorder="little")
        return found

    def accept(self, token: int) -> bool:
        """Take the next token, one of `allowed`. Returns whether nothing but the reply's end can follow."""
        self._matcher.consume_token(token)
        return bool(self._matcher.is_stopped())

    def _check(self) -> None:
        if self._matcher.is_error():
            raise GrammarError(f"the grammar cannot be followed: {_first_line(self._matcher.get_error())}; simplify it")


class Grammars:
    """Compiles grammars for the tokens of one model. Thread-safe."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer

    def begin(self, grammar: Grammar) -> Constraint:
        """A reply's constraint, before its first token. GrammarError if the grammar is wrong or needs too much.

        May take a second for a large one: call it off the event loop and the device's thread.
        """
        matcher = LLMatcher(self._tokens, _compiled(grammar), log_level=0, limits=_LIMITS)
        if matcher.is_error():
            raise GrammarError(f"the {grammar.form} cannot be used: {_first_line(matcher.get_error())}")
        return Constraint(matcher, self._tokens.vocab_size)

    @cached_property
    def _tokens(self) -> LLTokenizer:
        return LLTokenizer(TokenizerWrapper(_Vocabulary(self._tokenizer)))


class _Vocabulary:
    """The tokenizer as llguidance asks for it."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._encode = tokenizer.encode
        self.special_token_ids: Sequence[int] = sorted(tokenizer.special.values())
        self.eos_token_id = min(tokenizer.ends)
        self.bos_token_id = None
        names = {token: name.encode() for name, token in tokenizer.special.items()}
        self.tokens = [names.get(token) or tokenizer.bytes(token) for token in range(tokenizer.size)]

    def __call__(self, text: str) -> list[int]:
        return self._encode(text)


def _compiled(grammar: Grammar) -> str:
    if grammar.form is Form.REGEX:
        return LLMatcher.grammar_from_regex(grammar.text)
    if grammar.form is Form.LARK:
        return LLMatcher.grammar_from_lark(grammar.text)
    try:
        schema = json.loads(grammar.text)
    except (ValueError, RecursionError) as error:
        raise GrammarError(f"the JSON schema is not JSON: {error}") from error
    if not isinstance(schema, dict):
        raise GrammarError('the JSON schema is no object; send one such as {"type": "object"}')
    # Without free white space, which a model may go on writing for ever.
    compact = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}
    return LLMatcher.grammar_from_json_schema({**schema, "x-guidance": compact})


def _first_line(text: str) -> str:
    lines = text.strip().splitlines() or ["no reason given"]
    return lines[0][:200].rstrip(":. ")
