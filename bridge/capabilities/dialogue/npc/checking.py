"""Checks the sentences of one reply against what the NPC knows: the guard of `models.npc`, and one that can go back."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from bridge.moderation.verdict import Outcome, Verdict
from models.npc.answers.expected import Expected
from models.npc.facts import Fact
from models.npc.guard.guard import Guard, Turn


class Checked(NamedTuple):
    """A sentence that was checked: why it is not said, or "", and what it rests on."""

    reason: str
    sources: Sequence[str] = ()
    held: bool = False  # by the operator's moderation


class Checking:
    """The sentences of one reply, in order, by one thread at a time. A check takes milliseconds.

    A sentence that was rejected leaves no trace for those behind it. `judge` is the operator's moderation of what NPCs
    say; `expected` is what the reply has to say, if that is certain.
    """

    def __init__(
        self,
        guard: Guard,
        said: str,
        known: Sequence[Fact],
        player: str,
        judge: Callable[[str], Verdict | None],
        expected: Expected | None = None,
    ) -> None:
        self._guard, self._said, self._known, self._player = guard, said, known, player
        self._judge, self._expected = judge, expected
        self._passed: list[str] = []
        self._turn: Turn | None = None

    def check(self, sentence: str) -> Checked:
        """Whether a sentence may be said, after those that passed."""
        verdict = self._judge(sentence)
        if verdict is not None and verdict.outcome is Outcome.HOLD:
            return Checked(f"moderation {', '.join(verdict.kinds)}", held=True)
        if self._expected is not None and (problem := self._expected.problem(sentence)):
            return Checked(problem)
        turn = self._turn = self._turn or self._new()
        verdicts = turn.judge(sentence)
        problems = [problem for verdict in verdicts for problem in verdict.problems]
        if problems:
            self._turn = None
            return Checked("; ".join(f"{problem.kind} {problem.text}" for problem in problems))
        sources = tuple(dict.fromkeys(source for verdict in verdicts for source in verdict.sources))
        if self._expected is not None and (problem := self._expected.beside(sentence, sources)):
            self._turn = None
            return Checked(problem)
        self._passed.append(sentence)
        return Checked("", sources)

    def _new(self) -> Turn:
        turn = self._guard.turn(self._said, self._known, self._player)
        for sentence in self._passed:
            turn.judge(sentence)
        return turn
