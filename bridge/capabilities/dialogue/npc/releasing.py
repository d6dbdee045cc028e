"""What NPCs say, sentence by sentence: written by the model, checked on threads, then released.

A sentence that fails its check is written once more, from where it began, and then replaced.
"""

import asyncio
import functools
import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bridge.capabilities.dialogue.npc.checking import Checked
from bridge.capabilities.dialogue.npc.draft import Draft, Drafted
from bridge.capabilities.dialogue.npc.plan import (
    AUTHORED,
    CALCULATION,
    FREE,
    REFUSAL,
    SAFE_LINE,
    Stage,
    fallback,
)
from bridge.capabilities.dialogue.npc.turn import NpcTurn, Rejected, Tokens
from bridge.capabilities.dialogue.sentences import Sentences
from bridge.capabilities.dialogue.state import MODEL, WORK
from bridge.capabilities.dialogue.turn import Turn
from bridge.capabilities.dialogue.turns import FEWER, FINISHES, Turns
from bridge.errors import BridgeError
from bridge.observe.attribution import Attribution, attribute_now
from bridge.policy.work import Ending, Job, Outcome, Rung
from bridge.policy.work import Stage as WorkStage
from bridge.v1 import dialogue_pb2
from bridge.wire.request import clock

log = logging.getLogger("framebridge.npc")

ENDED = dialogue_pb2.TURN_FINISH_END
_WARMER = 0.7  # temperature of a sentence that is written again, at least: a colder one would be the same
_NEXT_SEED = 1_000_003
_FIRST_TOKENS = 16  # of a first sentence: they all have to come within the budget


class Releasing(Turns):
    """Turns whose replies are released sentence by sentence; what a turn says is planned by `NpcTurns`."""

    def rungs(self, request: Turn) -> tuple[Rung, ...]:
        return (Rung(self._state.rung, self._state.lane, request.reply),)

    def job(self, request: Turn, rungs: tuple[Rung, ...]) -> Job:
        """A job whose tokens come so quickly that the first sentence can be on time; the accounts of earlier runs go on
        in it.
        """
        pace = request.pace if request.speech.text else min(request.pace, request.terms.server_budget / _FIRST_TOKENS)
        job = self._backend.job(request, rungs, self._session, soft=True, pace=max(pace, 0.01))
        if request.job is not None:
            job.account = replace(request.job.account, blockers=dict(request.job.account.blockers))
            request.counted = job.account.compute + job.account.encode
        return job

    def _heard(self, request: Turn, outcome: Outcome) -> None:
        assert isinstance(request, NpcTurn)
        if outcome.job is request.job and outcome.job is not request.given_up:
            super()._heard(request, outcome)

    def settled(self, request: Turn, outcome: Outcome) -> Outcome:
        """The reply may go on in another run: its place among the replies is given back when the turn is over."""
        if outcome.job.account.narrow:
            request.fallback = FEWER
        request.reply.release()
        return outcome

    def take(self, request: Turn, outcome: Outcome) -> None:
        assert isinstance(request, NpcTurn)
        self._write(request, outcome)
        whole, rest = request.draft.end()
        if rest is not None and not (request.piece.finish == "length" and (request.has_words or whole)):
            whole.append(rest)
        request.written += whole
        request.ended = True
        self._check_next(request)

    def _speak(self, turn: Turn, outcome: Outcome) -> None:
        assert isinstance(turn, NpcTurn)
        self._write(turn, outcome)
        self._check_next(turn)

    def _write(self, turn: NpcTurn, outcome: Outcome) -> None:
        """Take what the model has written."""
        piece, earlier = outcome.value, turn.earlier
        if piece.tokens and not turn.prompt_compute:
            turn.prompt_compute = outcome.compute or outcome.job.account.compute
        turn.piece = Tokens(
            earlier.prompt_tokens or piece.prompt_tokens,
            earlier.cached_tokens if earlier.prompt_tokens else piece.cached_tokens,
            earlier.tokens + piece.tokens,
            piece.finish,
        )
        turn.written += turn.draft.push(piece.text, piece.tokens)

    def _check_next(self, turn: NpcTurn) -> None:
        """Check the next sentence on a thread, if none is being checked; end the turn after the last one."""
        if turn.answered or turn.checks is not None:
            return
        if turn.written:
            sentence = turn.written.pop(0)
            if turn.utterance.has_said(sentence.text):
                turn.written.clear()  # it turns in circles
                turn.ended = True
                self._give_up_run(turn)
            else:
                check = functools.partial(turn.checking.check, sentence.text)
                turn.checks = asyncio.get_running_loop().run_in_executor(self._state.checks, check)
                turn.checks.add_done_callback(functools.partial(self._take_check, turn, sentence))
                return
        if turn.ended:
            self._end(turn)

    def _take_check(self, turn: NpcTurn, sentence: Drafted, check: "asyncio.Future[Checked]") -> None:
        """Release a sentence that has been checked, or have it written again."""
        turn.checks = None
        if turn.answered or check.cancelled():
            return
        try:
            checked = check.result()
        except Exception:
            log.exception("a sentence could not be checked")
            checked = Checked("it could not be checked")
        if checked.reason:
            self._reject(turn, sentence, checked)
        else:
            turn.grounded = turn.grounded or bool(checked.sources)
            self._release(turn, sentence.text, FREE, checked.sources)
        self._check_next(turn)

    def _reject(self, turn: NpcTurn, sentence: Drafted, checked: Checked) -> None:
        """Have a sentence and what follows it written again with another seed, once; else say something else."""
        self._count(rejected=1, held_outputs=checked.held)
        turn.written.clear()
        self._give_up_run(turn)
        changed = self._changed(turn, sentence) if turn.tried != turn.utterance.sentence_count else None
        if changed is None:
            self._replace(turn, sentence, checked)
            return
        again = functools.partial(self._again, turn, sentence, changed)
        turn.checks = asyncio.get_running_loop().run_in_executor(self._state.checks, again)
        turn.checks.add_done_callback(functools.partial(self._take_again, turn, sentence, checked))

    def _replace(self, turn: NpcTurn, sentence: Drafted, checked: Checked) -> None:
        turn.rejected.append(Rejected(sentence.text, checked.reason, regenerated=False))
        self._fall_back(turn)

    @staticmethod
    def _changed(turn: NpcTurn, sentence: Drafted) -> Any:
        """How the rest of a reply is sampled anew; None if none is left."""
        sampling = turn.sampling
        left = sampling.max_new_tokens - turn.earlier.tokens - sentence.tokens
        seed = sampling.seed and (sampling.seed + _NEXT_SEED) % 2**62
        warmer = max(sampling.temperature, _WARMER)
        return replace(sampling, seed=seed, temperature=warmer, max_new_tokens=left) if left > 0 else None

    def _again(self, turn: NpcTurn, sentence: Drafted, sampling: Any) -> Any:
        """A reply that goes on where a sentence begins; None if that cannot be. Runs on a thread."""
        try:
            reply = self._backend.roster.program(MODEL).again(turn.reply, sentence.tokens, sampling)
        except (ValueError, BridgeError):
            return None
        return reply if reply.reserve() else None

    def _take_again(self, turn: NpcTurn, sentence: Drafted, checked: Checked, future: "asyncio.Future[Any]") -> None:
        """Run the reply that goes on."""
        turn.checks = None
        reply = None if future.cancelled() or future.exception() is not None else future.result()
        if turn.answered:
            if reply is not None:
                reply.release()
            return
        if reply is None:
            self._replace(turn, sentence, checked)
            return
        turn.rejected.append(Rejected(sentence.text, checked.reason, regenerated=True))
        self._count(regenerated=1)
        turn.tried = turn.utterance.sentence_count
        spent = turn.piece
        turn.earlier = Tokens(spent.prompt_tokens, spent.cached_tokens, turn.earlier.tokens + sentence.tokens)
        turn.reply, turn.draft, turn.ended = reply, Draft(sentence.lead), False
        self.submit(turn)

    def _end(self, turn: NpcTurn) -> None:
        """All that the model has written has been checked."""
        if turn.speech.text:
            self._add_missing(turn)
            self._conclude(turn, FINISHES.get(turn.piece.finish, ENDED), Ending.ANSWERED)
        else:
            self._fall_back(turn)

    def _give_up_run(self, turn: NpcTurn) -> None:
        turn.reply.release()
        turn.given_up = turn.job
        if turn.job is not None:
            self._runner.cancel(turn.job)

    def _fall_back(self, turn: NpcTurn) -> None:
        """Say what is certain in place of a sentence, and end the turn. Nothing, if what was said is an answer."""
        if turn.answered:
            return
        expected = turn.plan.expected
        if expected is not None and (expected.facts or expected.done) and turn.speech.text:
            self._add_missing(turn)
        elif not turn.grounded:
            self._say_instead(turn)
        self._conclude(turn, ENDED, Ending.ANSWERED)
        self.cancel(turn)

    def _say_instead(self, turn: NpcTurn) -> None:
        """Say the nearest answer, or a safe line."""
        stage, text, sources = fallback(turn.plan, turn.loaded.npc, turn.asked(), turn.speech.text)
        if stage == SAFE_LINE:
            turn.meeting.lately.append(text)
        self._say(turn, text, stage, sources)

    def _add_missing(self, turn: NpcTurn) -> None:
        """Say what the model has left out of a certain answer, or the nearest one where it has answered nothing."""
        expected = turn.plan.expected
        if expected is None:
            return
        if expected.needs_answer and not turn.grounded:
            self._say_instead(turn)
        for fact in expected.missing(turn.speech.text):
            self._say(turn, fact.text, CALCULATION, [fact.source])

    def _say(self, turn: NpcTurn, text: str, stage: Stage, sources: Sequence[str]) -> None:
        """Release what needs no check, sentence by sentence."""
        for sentence in _sentences_of(text):
            self._release(turn, sentence, stage, sources)

    def _release(self, turn: NpcTurn, text: str, stage: Stage, sources: Sequence[str]) -> None:
        """Send a sentence: from now on it is said."""
        at, first = clock(), not turn.speech.text
        tokens = turn.piece.tokens if turn.piece is not None else 1
        piece, sentence, late = turn.utterance.say(text, at, tokens - turn.released_tokens)
        turn.released_tokens = tokens
        if first:
            turn.first_piece = at - turn.arrival
            turn.attribution = _attributed(turn) if late else None
        self._send_token(turn, piece, at, late=late, first=first)
        self._delivery.send(turn.spoken(sentence, stage, sources))
        self._count(sentences=1, authored=stage in (AUTHORED, REFUSAL), safe_lines=stage == SAFE_LINE)

    def _conclude(self, turn: Turn, finish: Any, ending: Ending, failure: Any = None) -> None:
        assert isinstance(turn, NpcTurn)
        if turn.answered:
            return
        self._state.replies.leave(turn.ask, clock())
        if turn.wants_trace and turn.planned:
            self._delivery.send(turn.trace())
        super()._conclude(turn, finish, ending, failure)

    def _count(self, **numbers: int) -> None:
        self._session.counts.npc(WORK, **numbers)


def _sentences_of(text: str) -> list[str]:
    cutter = Sentences()
    return [*cutter.push(text), *cutter.finish()]


def _attributed(turn: NpcTurn) -> Attribution:
    """What a late first sentence is attributed to."""
    return attribute_now(turn.account, turn.first_piece) if turn.job is not None else Attribution(WorkStage.QUEUE)
