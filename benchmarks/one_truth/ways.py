"""The ways in which the same conversations are held, which must all give the same texts.

*Evicted*: nothing of a prompt is ever cached. *Warm*: a conversation alone, with all its earlier turns cached.
*Shared*: all of them turn by turn, on a pool that is too small. *Batched*: sixteen at once, joining and leaving between
steps in any company, with runs abandoned midway, replies interrupted, readings ahead, turns replied to again,
conversations forgotten.
"""

import random
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from models.dialogue.dialogue_program import DECODE, PREFILL, DialogueProgram
from models.dialogue.reply import Piece, Reply
from models.program import Unfinished
from one_truth.talks import Talk

T = TypeVar("T")
Counts = Counter[str]
AT_ONCE = 16
_ABANDONED, _INTERRUPTED, _FORGOTTEN, _READ, _AGAIN = 0.05, 0.02, 0.02, 0.5, 0.1  # how often


class Differs(AssertionError):
    """A turn replied to again got another text."""


def run(stages: Generator[None, None, T]) -> T:
    """Run to the end."""
    while True:
        try:
            next(stages)
        except StopIteration as stop:
            result: T = stop.value
            return result


@dataclass(eq=False)
class Speaker:
    """A talk's turn in progress."""

    talk: Talk
    reply: Reply
    lane: str = PREFILL
    text: str = ""
    last: Piece | None = None

    def hear(self, output: object) -> None:
        """Take a run's output. Raises it if it is an exception."""
        if isinstance(output, Exception):
            raise output
        going = isinstance(output, Unfinished)
        piece = output.output if isinstance(output, Unfinished) else output
        assert isinstance(piece, Piece)
        self.text, self.last = self.text + piece.text, piece
        self.lane = output.lane if isinstance(output, Unfinished) else ""
        assert going == (piece.finish is None)


def begin(program: DialogueProgram, talk: Talk) -> Speaker:
    """Begin the talk's next turn."""
    return Speaker(talk, program.reply(talk.name, talk.messages, talk.sampling))


def speak(program: DialogueProgram, talk: Talk, counts: Counts) -> None:
    """A whole turn, alone."""
    speaker = begin(program, talk)
    while speaker.lane:
        speaker.hear(run(program.start(speaker.lane, [speaker.reply]))[0])
    note(speaker, counts)
    talk.replies.append(speaker.text)


def note(speaker: Speaker, counts: Counts) -> None:
    """Count a turn that has ended."""
    assert speaker.last is not None
    counts.update(
        turns=1,
        tokens=speaker.last.tokens,
        prompt_tokens=speaker.last.prompt_tokens,
        cached_tokens=speaker.last.cached_tokens,
        uncached_turns=not speaker.last.cached_tokens,
    )


def evicted(program: DialogueProgram, talks: Sequence[Talk], counts: Counts) -> None:
    """Nothing is cached."""
    for talk in talks:
        while not talk.over:
            speak(program, talk, counts)
            program.forget(talk.name)


def warm(program: DialogueProgram, talks: Sequence[Talk], counts: Counts) -> None:
    """Each alone, with its own past."""
    for talk in talks:
        while not talk.over:
            speak(program, talk, counts)
        program.forget(talk.name)


def shared(program: DialogueProgram, talks: Sequence[Talk], counts: Counts) -> None:
    """Turn by turn, with what the others have left."""
    while going := [talk for talk in talks if not talk.over]:
        for talk in going:
            speak(program, talk, counts)
    for talk in talks:
        program.forget(talk.name)


def batched(program: DialogueProgram, talks: Sequence[Talk], counts: Counts) -> None:
    """Sixteen at once."""
    crowd = Crowd(program, talks, counts)
    while crowd.step():
        pass
    for talk in talks:
        program.forget(talk.name)


WAYS: Mapping[str, Callable[[DialogueProgram, Sequence[Talk], Counts], None]] = {
    "evicted": evicted,
    "warm": warm,
    "shared": shared,
    "batched": batched,
}


class Crowd:
    """Talks of which some are in progress at once, in an order by chance."""

    def __init__(self, program: DialogueProgram, talks: Sequence[Talk], counts: Counts) -> None:
        self._program, self._counts = program, counts
        self._waiting, self._all = list(talks), talks
        self._open: list[Speaker] = []
        self._chance = random.Random(1)
        self._rows = program.lanes[1].max_batch

    def step(self) -> bool:
        """One run. False once all is said."""
        self._admit()
        if not self._open:
            return False
        self._disturb()
        prompts = [speaker for speaker in self._open if speaker.lane == PREFILL]
        speaking = [speaker for speaker in self._open if speaker.lane == DECODE]
        if prompts and (not speaking or self._chance.random() < 0.5):
            some = [self._chance.choice(prompts)]
        else:
            some = self._chance.sample(speaking, min(len(speaking), self._chance.randint(1, self._rows)))
        self._run(some)
        return True

    def _admit(self) -> None:
        """Begin turns while there is room."""
        while self._waiting and len(self._open) < AT_ONCE:
            speaker = begin(self._program, self._waiting[0])
            if not speaker.reply.reserve():
                assert self._open, "a reply alone has room"
                return
            del self._waiting[0]
            self._open.append(speaker)

    def _run(self, some: Sequence[Speaker]) -> None:
        lane = some[0].lane
        if self._chance.random() < _ABANDONED:
            abandoned = self._program.start(lane, [speaker.reply for speaker in some])
            for _ in range(self._chance.randint(1, 90)):
                next(abandoned)
            abandoned.close()
            self._counts["abandoned"] += 1
        outputs = run(self._program.start(lane, [speaker.reply for speaker in some]))
        self._counts[f"{lane} of {len(some)}"] += 1
        for speaker, output in zip(some, outputs, strict=True):
            speaker.hear(output)
            if not speaker.lane:
                self._end(speaker)

    def _end(self, speaker: Speaker) -> None:
        note(speaker, self._counts)
        self._open.remove(speaker)
        talk = speaker.talk
        self._ask_again(speaker)
        talk.replies.append(speaker.text)
        if not talk.over:
            self._waiting.append(talk)
        if self._chance.random() < _READ:
            self._read(talk)

    def _ask_again(self, speaker: Speaker) -> None:
        """Now and then, have the same turn replied to again."""
        again = begin(self._program, speaker.talk)
        if self._chance.random() < _AGAIN and again.reply.reserve():
            while again.lane:
                again.hear(run(self._program.start(again.lane, [again.reply]))[0])
            self._counts["again"] += 1
            if again.text != speaker.text:
                raise Differs(f"{speaker.talk.name} said {speaker.text!r}, and then {again.text!r}")
        again.reply.release()

    def _read(self, talk: Talk) -> None:
        """Read ahead, to the end or for one chunk."""
        reading = self._program.reading(talk.name, talk.history, talk.samplings[0])
        if reading.worthwhile and reading.reserve():
            output: Any = Unfinished(None, PREFILL)
            while isinstance(output, Unfinished) and self._chance.random() < 0.8:
                output = run(self._program.start(PREFILL, [reading]))[0]
            self._counts["readings"] += 1
        reading.release()

    def _disturb(self) -> None:
        """Now and then, interrupt a reply and begin its turn again, or forget a conversation."""
        if self._chance.random() < _INTERRUPTED:
            speaker = self._chance.choice(self._open)
            speaker.reply.release()
            self._open.remove(speaker)
            self._waiting.insert(0, speaker.talk)
            self._counts["interrupted"] += 1
            self._admit()
        if self._chance.random() < _FORGOTTEN:
            self._program.forget(self._chance.choice(self._all).name)
            self._counts["forgotten"] += 1
