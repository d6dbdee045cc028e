"""Turning runs by hand, as the host does."""

from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import TypeVar

from models.dialogue.chat import Message, Role
from models.dialogue.dialogue_program import DECODE, PREFILL, DialogueProgram, Output
from models.dialogue.reply import Piece, Reply
from models.dialogue.sampling import Sampling
from models.program import Unfinished

T = TypeVar("T")
GREEDY = Sampling(temperature=0, repetition_penalty=1, max_new_tokens=12)
PERSONA = (
    "You are Borin, a dwarven blacksmith in a village by the sea. You sell nails for two copper, horseshoes for five, "
    "and swords for a hundred. You never sell to trolls, and you do not like to talk about your brother, who left."
)


def ask(text: str, system: str = "You are Borin, a dwarven blacksmith.") -> list[Message]:
    return [Message(Role.SYSTEM, system), Message(Role.USER, text)]


def turn(run: Generator[None, None, T]) -> T:
    """Run to the end."""
    while True:
        try:
            next(run)
        except StopIteration as stop:
            result: T = stop.value
            return result


def one(program: DialogueProgram, lane: str, reply: Reply) -> Output:
    return turn(program.start(lane, [reply]))[0]


def piece_of(output: Output) -> Piece:
    if isinstance(output, Exception):
        raise output
    return output.output if isinstance(output, Unfinished) else output


def prefill(program: DialogueProgram, reply: Reply) -> Output:
    """All chunks of the prompt; the output of the last."""
    output: Output = Unfinished(None, PREFILL)
    while isinstance(output, Unfinished) and output.lane == PREFILL:
        output = one(program, PREFILL, reply)
    return output


def finish(program: DialogueProgram, *replies: Reply) -> list[tuple[str, Piece]]:
    """Prefill each reply, then decode all of them side by side: (text, last piece) of each."""
    last = [prefill(program, reply) for reply in replies]
    texts = [piece_of(output).text for output in last]
    while going := [i for i, output in enumerate(last) if isinstance(output, Unfinished)]:
        for i, output in zip(going, turn(program.start(DECODE, [replies[i] for i in going])), strict=True):
            last[i] = output
            texts[i] += piece_of(output).text
    return [(text, piece_of(output)) for text, output in zip(texts, last, strict=True)]


def answer(
    program: DialogueProgram, conversation: str, messages: Sequence[Message], sampling: Sampling = GREEDY
) -> str:
    """The whole reply to `messages`."""
    return finish(program, program.reply(conversation, messages, sampling))[0][0]


def cached(program: DialogueProgram, name: str, messages: list[Message]) -> int:
    """Tokens of a prompt that are cached at the moment."""
    reply = program.reply(name, messages, GREEDY)
    return reply.prompt_tokens - reply.unread


def fill(program: DialogueProgram, name: str, letter: str = "") -> None:
    """A conversation that takes as many places as one can."""
    text = f"{letter or name} " * 219
    answer(program, name, ask(text), replace(GREEDY, max_new_tokens=1))
