"""The body of a request for a chat completion.

How to discourage repetition is no part of OpenAI's interface, and an endpoint may refuse what it does not know. So the
penalty is sent only where the endpoint's list of models says whose it is: as `repetition_penalty` to vLLM, as
`repeat_penalty` to llama.cpp. Others sample without one.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from models.dialogue.chat import NOBODY, Message, Role
from models.dialogue.sampling import Sampling

PENALTIES: Mapping[str, str] = {"vllm": "repetition_penalty", "llamacpp": "repeat_penalty"}  # by `owned_by`


def body(model: str, owner: str, messages: Sequence[Message], sampling: Sampling) -> bytes:
    """The request, as JSON. `owner` is who the endpoint says the model is owned by."""
    wanted: dict[str, Any] = {
        "model": model,
        "messages": [{"role": message.role.value, "content": message.text} for message in messages],
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "max_tokens": sampling.max_new_tokens,
    }
    if sampling.stop:
        wanted["stop"] = list(sampling.stop)
    if sampling.seed:
        wanted["seed"] = sampling.seed
    if sampling.repetition_penalty != 1 and owner in PENALTIES:
        wanted[PENALTIES[owner]] = sampling.repetition_penalty
    return json.dumps(wanted).encode()


def with_system(messages: Sequence[Message]) -> list[Message]:
    """The messages, after a system message in any case: a chat template may insert its vendor's otherwise."""
    begins = bool(messages) and messages[0].role is Role.SYSTEM
    return [*messages] if begins else [NOBODY, *messages]


def oldest_half(messages: Sequence[Message]) -> int:
    """How many of the oldest messages after the system's are half of the turns before the newest one; 0 if there are
    none. What is left begins with a player's line.
    """
    said = [message for message in messages if message.role is not Role.SYSTEM]
    begins = [place for place, message in enumerate(said) if message.role is Role.USER]
    return begins[len(begins) // 2] if len(begins) > 1 else 0
