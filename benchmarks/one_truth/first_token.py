"""What a cached persona spares: the first token of an answer to a question, with the persona cached and without."""

import statistics
import time
from typing import Any

from models.dialogue.chat import Message, Role
from models.dialogue.dialogue_program import PREFILL, DialogueProgram
from models.dialogue.sampling import Sampling
from one_truth.talks import persona
from one_truth.ways import run

_PERSONA = 300  # tokens
_QUESTION = "Good evening! What does a loaf of bread cost here?"  # twelve
_ANOTHER = "Have you heard what happened at the mill last night?"
_ONE = Sampling(seed=1, max_new_tokens=48)


def measure(program: DialogueProgram, repeats: int) -> dict[str, Any]:
    """CPU seconds from the messages to the first token. The persona was read for another character's talk."""
    system = long_persona(program)
    first_token(program, "warm-up", system, _QUESTION)
    program.forget("warm-up")
    with_, without = [], []
    for _ in range(repeats):
        for name in ("other", "asked"):
            program.forget(name)
        without.append(first_token(program, "other", system, _ANOTHER))
        with_.append(first_token(program, "asked", system, _QUESTION))
    program.forget("asked")
    reply = program.reply("asked", _messages(system, _QUESTION), _ONE)
    return {
        "persona_tokens": tokens(program, system),
        "prompt_tokens": reply.prompt_tokens,
        "prompt_tokens_read": reply.unread,
        "without_ms": round(statistics.median(without) * 1e3, 1),
        "with_ms": round(statistics.median(with_) * 1e3, 1),
        "ratio": round(statistics.median(a / b for a, b in zip(with_, without, strict=True)), 3),
        "repeats": repeats,
    }


def long_persona(program: DialogueProgram) -> str:
    """A persona of about 300 tokens."""
    return min(
        (persona("Mira", "innkeeper", facts) for facts in range(6, 17)),
        key=lambda text: abs(tokens(program, text) - _PERSONA),
    )


def tokens(program: DialogueProgram, system: str) -> int:
    """How many tokens a persona takes, by what a prompt is longer with it."""
    with_, without = (program.reply("", _messages(text, _QUESTION), _ONE) for text in (system, ""))
    return with_.prompt_tokens - without.prompt_tokens


def first_token(program: DialogueProgram, name: str, system: str, question: str) -> float:
    """CPU seconds of this thread until the first token."""
    began = time.thread_time()
    reply = program.reply(name, _messages(system, question), _ONE)
    output: Any = None
    while output is None or output.lane == PREFILL:
        output = run(program.start(PREFILL, [reply]))[0]
    took = time.thread_time() - began
    reply.release()
    return took


def _messages(system: str, question: str) -> list[Message]:
    return [Message(Role.SYSTEM, system), Message(Role.USER, question)]
