"""The embedded model with the NPCs' adapter, and nothing around it: the prompt that it was trained on, and no guard."""

import time
from collections import defaultdict
from collections.abc import AsyncIterator, Generator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import torch

from facts.contenders.contender import Said
from facts.questions import npc_file
from models.dialogue.chat import Message, Role
from models.dialogue.dialogue_program import DECODE, PREFILL, DialogueProgram
from models.dialogue.reply import Reply
from models.dialogue.sampling import Sampling
from models.npc.prompt import system_message, user_message
from models.npc.reading import read
from models.program import Unfinished

NAME = "npc"
_ROOT = Path(__file__).parents[3]
_GREEDY = Sampling(temperature=0.0, repetition_penalty=1.0, max_new_tokens=80)
_SENTENCE_ENDS = (".", "!", "?", "\u2026")


def shipped() -> Path | None:
    """The folder of the adapter that ships; None if there is none."""
    return next((file.parent for file in sorted((_ROOT / "models").rglob("adapter_config.json"))), None)


class Adapter:
    """Conversations with the program itself, one reply at a time."""

    def __init__(self, program: DialogueProgram) -> None:
        self._program = program
        self._histories: defaultdict[str, list[Message]] = defaultdict(list)

    async def reply(self, conversation: str, npc: str, line: str, roles: Sequence[str] = ()) -> Said:
        history = self._histories[conversation]
        if not history:
            history.append(Message(Role.SYSTEM, system_message(read(npc_file(npc)))))
        history.append(Message(Role.USER, user_message(line)))
        said = self._finish(conversation, history)
        history.append(Message(Role.ASSISTANT, said.text))
        return said

    def forget(self, conversation: str) -> None:
        self._histories.pop(conversation, None)
        self._program.forget(conversation)

    def _finish(self, conversation: str, history: list[Message]) -> Said:
        began = time.perf_counter()
        reply = self._program.reply(conversation, history, _GREEDY, adapter=NAME)
        del history[1 : 1 + reply.dropped]
        text, first, sentence, tokens = "", 0.0, 0.0, 0
        for piece in _pieces(self._program, reply):
            text, tokens = text + piece.text, piece.tokens
            if text.strip():
                first = first or time.perf_counter() - began
            if text.rstrip().endswith(_SENTENCE_ENDS):
                sentence = sentence or time.perf_counter() - began
        reply.release()
        seconds = time.perf_counter() - began
        return Said(text.strip(), (), False, first, seconds, tokens, sentence or seconds, seconds - first)


def _pieces(program: DialogueProgram, reply: Reply) -> Generator[Any, None, None]:
    """What is written, step by step."""
    lane = PREFILL
    while True:
        output = _ran(program.start(lane, [reply]))[0]
        if isinstance(output, Exception):
            raise output
        piece = output.output if isinstance(output, Unfinished) else output
        if piece is not None:
            yield piece
        if not isinstance(output, Unfinished):
            return
        lane = DECODE if output.lane == DECODE else PREFILL


def _ran(run: Generator[None, None, Sequence[Any]]) -> Sequence[Any]:
    while True:
        try:
            next(run)
        except StopIteration as stop:
            outputs: Sequence[Any] = stop.value
            return outputs


@asynccontextmanager
async def adapter(adapter: Path | None = None) -> AsyncIterator[Adapter]:
    """The contender. ValueError without an adapter."""
    if adapter is None:
        raise ValueError("no adapter ships with this checkout; name the folder of one with --adapter")
    program = DialogueProgram.load(torch.device("cpu"), slots=4, context=1024, adapters={NAME: adapter})
    try:
        yield Adapter(program)
    finally:
        program.close()
