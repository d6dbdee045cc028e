"""How a reply is to be sampled, and what it must look like: what the game sets, as the server reads it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bridge.v1 import dialogue_pb2

KNOWS_CHANGES = 5  # minor of a server's contract

# The older form cannot omit these three, so they are sent with whatever else a caller sets. They are the server's
# defaults (a test compares them).
_TEMPERATURE, _TOP_P, _REPETITION_PENALTY = 0.5, 0.9, 1.1


@dataclass(frozen=True, slots=True)
class Sampling:
    """How tokens are sampled. What is None or empty is left to the server, and to the defaults of its model.

    `temperature` is from 0 (always the likeliest token) to 5, `top_p` above 0 up to 1, `repetition_penalty` from 0.5 to
    5. Equal seeds give equal replies; `seed` 0 means a different one each time. `max_tokens` is the longest reply; the
    reply ends before the first of the strings in `stop`.
    """

    temperature: float | None = None
    top_p: float | None = None
    repetition_penalty: float | None = None
    seed: int | None = None
    max_tokens: int | None = None
    stop: Sequence[str] = ()

    @property
    def _is_set(self) -> bool:
        numbers = (self.temperature, self.top_p, self.repetition_penalty, self.seed)
        return any(number is not None for number in numbers) or bool(self.max_tokens or self.stop)

    def changes(self) -> dialogue_pb2.SamplingChanges | None:
        """What is set, for a server that knows what was not; None for nothing."""
        if not self._is_set:
            return None
        return dialogue_pb2.SamplingChanges(
            temperature=self.temperature,
            top_p=self.top_p,
            repetition_penalty=self.repetition_penalty,
            seed=self.seed,
            max_new_tokens=self.max_tokens or None,
            stop=list(self.stop),
        )

    def whole(self) -> dialogue_pb2.Sampling | None:
        """The older form, in which what is not set has the server's default as this client knows it."""
        if not self._is_set:
            return None
        return dialogue_pb2.Sampling(
            temperature=_TEMPERATURE if self.temperature is None else self.temperature,
            top_p=_TOP_P if self.top_p is None else self.top_p,
            repetition_penalty=_REPETITION_PENALTY if self.repetition_penalty is None else self.repetition_penalty,
            seed=self.seed or 0,
            max_new_tokens=self.max_tokens or 0,
            stop=list(self.stop),
        )


@dataclass(frozen=True, slots=True)
class Form:
    """Exactly one of: a JSON schema, a regular expression that the whole reply matches, a Lark grammar. ValueError
    otherwise.

    A reply that reaches its length limit before is cut short, and its `finish` is "length".
    """

    json_schema: Mapping[str, Any] | str | None = None
    regex: str | None = None
    lark: str | None = None

    def __post_init__(self) -> None:
        if sum(form is not None for form in (self.json_schema, self.regex, self.lark)) != 1:
            raise ValueError("a form is one of json_schema, regex and lark; give exactly one")

    def on_the_wire(self) -> dialogue_pb2.ReplyForm:
        """The contract's message."""
        schema = self.json_schema
        if schema is not None and not isinstance(schema, str):
            schema = json.dumps(schema)
        return dialogue_pb2.ReplyForm(json_schema=schema, regex=self.regex, lark=self.lark)
