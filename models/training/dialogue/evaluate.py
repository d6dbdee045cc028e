"""Asks the adapter, as it is served, questions of NPCs, trades, wares and phrasings that training never saw."""

import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from models.dialogue.chat import Message, Role
from models.dialogue.dialogue_program import DECODE, PREFILL, DialogueProgram, Output
from models.dialogue.reply import Reply
from models.dialogue.sampling import Sampling
from models.program import Unfinished
from models.training.dialogue.writing.conversation import Exchange, write
from models.training.dialogue.writing.split import Side
from models.training.dialogue.writing.unknown import DECLINED

ADAPTER = "npc"
GREEDY = Sampling(temperature=0, repetition_penalty=1, max_new_tokens=64)
_FIGURE = re.compile(r"\d+(?:[.:]\d+)?")


@dataclass(frozen=True, slots=True)
class Case:
    """A question of a held-out conversation, what was answered, and whether that is right."""

    kind: str
    user: str
    expected: str
    said: str
    right: bool
    wrong_figure: bool


def evaluate(folder: Path | None, dialogues: int, *, first: int = 0, turns: int = 8) -> Iterator[Case]:
    """The cases of held-out conversations, by the adapter in `folder`, or by the model without one.

    The history of a question is the reference's, so that a mistake counts once.
    """
    adapters = {} if folder is None else {ADAPTER: folder}
    program = DialogueProgram.load(torch.device("cpu"), slots=4, context=2048, adapters=adapters)
    for number in range(first, first + dialogues):
        dialogue = write(Side.TEST, number, turns)
        for talk in dialogue.talks:
            messages = [Message(Role.SYSTEM, dialogue.system)]
            for exchange in talk:
                messages.append(Message(Role.USER, exchange.user))
                reply = program.reply(f"{number}", messages, GREEDY, adapter=ADAPTER if adapters else None)
                yield judged(exchange, _finish(program, reply), dialogue.system)
                messages.append(Message(Role.ASSISTANT, exchange.reply))
        program.forget(f"{number}")


def judged(exchange: Exchange, said: str, system: str) -> Case:
    """Whether a reply says what it has to, and no figure that neither its prompt nor the reference has."""
    turn, text = exchange.turn, said.lower()
    right = all(any(option in text for option in options) for options in turn.must)
    allowed = set(_FIGURE.findall(f"{exchange.reply} {exchange.user} {system}"))
    figures = set(_FIGURE.findall(said))
    reference = set(_FIGURE.findall(f"{exchange.reply} {exchange.user}"))
    wrong = bool(figures - allowed) or (turn.kind.startswith("wares") and bool(figures - reference) and not right)
    if turn.knows and turn.must != DECLINED and any(phrase in text for phrase in DECLINED[0]):
        right = right and any(phrase in exchange.reply.lower() for phrase in DECLINED[0])
    word = str(turn.extra.get("word", "")).lower()
    if word and turn.kind == "press.order" and text.strip(" .!?\"'").endswith(word):
        right = False
    return Case(turn.kind, exchange.user, exchange.reply, said, right and not wrong, wrong)


def by_kind(cases: Sequence[Case]) -> dict[str, dict[str, int]]:
    """Counts by the first word of the kinds, and of all."""
    table: dict[str, dict[str, int]] = {}
    for case in cases:
        for name in (case.kind.split(".")[0], "all"):
            row = table.setdefault(name, {"questions": 0, "right": 0, "wrong_figures": 0})
            row["questions"] += 1
            row["right"] += case.right
            row["wrong_figures"] += case.wrong_figure
    return table


def _finish(program: DialogueProgram, reply: Reply) -> str:
    """The whole text of a reply."""
    text, lane = "", PREFILL
    while True:
        output = _turn(program.start(lane, [reply]))[0]
        if isinstance(output, Exception):
            raise output
        piece = output.output if isinstance(output, Unfinished) else output
        text += piece.text if piece is not None else ""
        if not isinstance(output, Unfinished):
            return text
        lane = DECODE if output.lane == DECODE else PREFILL


def _turn(run: Generator[None, None, Sequence[Output]]) -> Sequence[Output]:
    """Run to the end."""
    while True:
        try:
            next(run)
        except StopIteration as stop:
            outputs: Sequence[Output] = stop.value
            return outputs
