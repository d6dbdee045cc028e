"""What a reply must look like: a JSON schema, a regular expression or a Lark grammar. `constraint.py` enforces it."""

from dataclasses import dataclass
from enum import StrEnum

LONGEST_GRAMMAR = 16_384  # characters


class GrammarError(ValueError):
    """A grammar that is wrong, or needs too much, or that a model does not keep to."""


class Form(StrEnum):
    """The language that a grammar is written in."""

    JSON_SCHEMA = "json_schema"
    REGEX = "regex"
    LARK = "lark"


@dataclass(frozen=True, slots=True)
class Grammar:
    """What a reply must look like. GrammarError for a text that is empty or too long."""

    form: Form
    text: str

    def __post_init__(self) -> None:
        if not 1 <= len(self.text) <= LONGEST_GRAMMAR:
            raise GrammarError(f"a grammar has {len(self.text)} characters; send 1 to {LONGEST_GRAMMAR}")
