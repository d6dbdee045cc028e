"""Actions of NPCs: finds their arguments, has the game do them, and tells the turn what became of it."""

import asyncio
import functools
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bridge.capabilities.dialogue.npc.calls import Call, Ending
from bridge.capabilities.dialogue.npc.desk import Answer, Desk
from bridge.capabilities.dialogue.npc.plan import AUTHORED, Told
from bridge.capabilities.dialogue.npc.turn import NpcTurn
from bridge.capabilities.dialogue.read_ahead import adapter_of
from bridge.capabilities.dialogue.state import MODEL, WORK
from bridge.errors import InvalidRequest, TooLarge
from bridge.policy.work import Ending as JobEnding
from bridge.policy.work import Outcome, Rung
from bridge.streams.stream import Stream
from bridge.v1 import npc_pb2
from bridge.wire.bounds import MICROS
from bridge.wire.request import clock
from models.npc.answers.expected import Expected
from models.npc.replies.arguments import contradicted, dumped, misfit
from models.npc.replies.lines import pick
from models.npc.replies.result import failure_of, is_done, result_of, spoken_of

if TYPE_CHECKING:
    from bridge.capabilities.dialogue.npc.turns import NpcTurns

_ENDINGS = {
    Ending.TIMEOUT: npc_pb2.ACTION_ENDING_TIMEOUT,
    Ending.INTERRUPTED: npc_pb2.ACTION_ENDING_INTERRUPTED,
    Ending.REPLACED: npc_pb2.ACTION_ENDING_REPLACED,
}
_CHOICE_TOKENS = 96
_TASK = "Choose the arguments of an action that the player wants, as JSON. The action: {name}. {description}"


class Acting:
    """The actions of one stream's turns. Belongs to the event loop."""

    def __init__(self, turns: "NpcTurns", stream: Stream) -> None:
        self._turns, self._stream = turns, stream
        self._delivery, self._backend = stream.delivery, stream.backend
        self._desk = stream.session.keep(Desk)
        self._choosing: dict[NpcTurn, tuple[Any, asyncio.Future[str]]] = {}  # jobs that choose arguments

    async def act(self, turn: NpcTurn) -> None:
        """Have the game do what the turn plans. Afterwards the plan tells what became of it.

        Nothing is called whose arguments do not fit the schema and the facts. Raises BridgeError as for a reply.
        """
        action, arguments = turn.plan.action, await self._arguments(turn)
        if action is None or arguments is None or turn.answered:
            return
        against = contradicted(turn.loaded.npc, arguments)
        if against is not None:
            turn.plan = replace(turn.plan, told=[Told(against)], answer=Told(against))
            return
        self._turns.begin_without_reply(turn)
        call = Call(self._desk.next_id(), turn.loaded.npc.id, action.timeout, action.policy)
        turn.call_id = call.id
        began = clock()
        send = functools.partial(self._send, turn, action.name, dumped(arguments))
        answer = await self._desk.ask(call, turn.tag, send, functools.partial(self._end, turn))
        turn.call_id = ""
        if not turn.answered:
            turn.wait(clock() - began)
            self._note(turn, answer)

    def result(self, message: npc_pb2.ActionResult) -> None:
        """The game's answer to a call. TooLarge and InvalidRequest for one that cannot be used: the call has failed."""
        kind = message.WhichOneof("result")
        text = getattr(message, kind) if kind is not None else ""
        most = self._backend.limits.action_result_bytes
        problem: InvalidRequest | None = None
        if len(text.encode()) > most:
            problem = TooLarge(f"the result has {len(text.encode()):,} bytes; send at most {most:,}")
        elif kind == "result_json":
            problem = _problem_of(text)
        failed = kind != "result_json" or problem is not None
        answer = Answer("", text if kind == "error" and problem is None else "") if failed else Answer(text)
        self._desk.answer(message.conversation_id, message.call_id, answer)
        if problem is not None:
            raise problem

    def cancel(self, turn: NpcTurn) -> None:
        """The player has cut in: the game need not go on."""
        if turn.call_id:
            self._desk.cancel(turn.call_id)
        if turn in self._choosing:
            reply, text = self._choosing.pop(turn)
            reply.release()
            if turn.choosing_job is not None:
                self._backend.engine.cancel(turn.choosing_job)
            if not text.done():
                text.set_result("")

    def _send(self, turn: NpcTurn, name: str, arguments: str, call: Call) -> None:
        action = npc_pb2.TurnAction(
            call_id=call.id, name=name, arguments_json=arguments, timeout_micros=round(call.timeout * MICROS)
        )
        self._stream.session.counts.npc(WORK, actions=1)
        self._delivery.send(turn.event(action=action))

    def _end(self, turn: NpcTurn, call: Call, ending: Ending) -> None:
        if ending is Ending.TIMEOUT:
            self._stream.session.counts.npc(WORK, action_timeouts=1)
        ended = npc_pb2.TurnActionEnded(call_id=call.id, ending=_ENDINGS[ending])
        self._delivery.send(turn.event(action_ended=ended))

    def _note(self, turn: NpcTurn, answer: Answer | Ending) -> None:
        """Put what became of a call in front of the line. What the author has written for it is said at once."""
        plan, npc, action = turn.plan, turn.loaded.npc, turn.plan.action
        assert action is not None
        if not isinstance(answer, Answer) or not answer.result:
            failed = Told(failure_of(action, answer.error if isinstance(answer, Answer) else ""))
            turn.plan = replace(plan, told=[failed, *plan.told], answer=failed)
            return
        told = [Told(result_of(action, answer.result)), *plan.told]
        expected = Expected(npc, (), turn.text, done=True) if is_done(answer.result) else plan.expected
        turn.plan = replace(plan, told=told, answer=Told(spoken_of(action, answer.result)), expected=expected)
        for at, line in enumerate(npc.lines):
            if line.intent == action.name:
                text = pick(line.say, npc, turn.player.name, plan.topic, turn.turn_id, turn.meeting.lately)
                sources = [f"lines[{at}]", f"action:{action.name}"]
                turn.plan = replace(turn.plan, text=text or "", stage=AUTHORED, sources=sources)

    # -- arguments -----------------------------------------------------------------------------------------------------

    async def _arguments(self, turn: NpcTurn) -> dict[str, Any] | None:
        """The arguments that the line leaves no doubt of, else those that the model chooses under a grammar. None if it
        cannot.
        """
        narrowed, action = turn.plan.arguments, turn.plan.action
        if narrowed is None or action is None or narrowed.settled is not None:
            return narrowed.settled if narrowed is not None else None
        try:
            found = json.loads(await self._chosen(turn, narrowed.schema))
        except ValueError:
            return None
        fits = not misfit(narrowed.schema, found) and not misfit(json.loads(action.parameters), found)
        return found if fits else None

    async def _chosen(self, turn: NpcTurn, schema: dict[str, Any]) -> str:
        """The model's choice: JSON by the schema, or "" if it keeps to no grammar or was interrupted."""
        program, processor = self._backend.roster.program(MODEL), self._backend.roster.processor(MODEL)
        try:
            grammar = processor.grammar("json_schema", json.dumps(schema))
            sampling = processor.sampling(temperature=0.0, max_new_tokens=_CHOICE_TOKENS, grammar=grammar)
            make = functools.partial(self._choice_of, turn, program, processor, sampling)
            turn.prompt_job = self._turns.submit_preparation(turn, make)
            reply = await turn.prompt_job.done
        except processor.wrong:
            return ""
        if reply is None or turn.answered or not reply.reserve():
            return ""
        text: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._choosing[turn] = (reply, text)
        pieces: list[str] = []
        rung = Rung(self._turns.rung, self._turns.lane, reply)
        turn.choosing_job = self._backend.job(turn, (rung,), self._stream.session, soft=True)
        self._turns.runner.submit(turn.choosing_job, functools.partial(_collect, pieces, text))
        try:
            return await text
        finally:
            self._choosing.pop(turn, None)
            reply.release()

    def _choice_of(self, turn: NpcTurn, program: Any, processor: Any, sampling: Any) -> Any:
        """The reply that chooses. Runs on a thread."""
        action = turn.plan.action
        assert action is not None
        task = _TASK.format(name=action.name, description=action.description)
        messages = processor.messages([("system", task), ("user", turn.text)])
        return program.reply(f"{turn.conversation.key}/arguments", messages, sampling, **adapter_of(None))


def _collect(pieces: list[str], text: "asyncio.Future[str]", outcome: Outcome) -> None:
    if outcome.ending in (JobEnding.PARTIAL, JobEnding.ANSWERED) and outcome.value is not None:
        pieces.append(outcome.value.text)
    if outcome.ending is not JobEnding.PARTIAL and not text.done():
        text.set_result("".join(pieces) if outcome.ending is JobEnding.ANSWERED else "")


def _problem_of(text: str) -> InvalidRequest | None:
    try:
        json.loads(text)
    except (ValueError, RecursionError) as error:
        return InvalidRequest(f"result_json is not JSON: {error}; send what the action gave as JSON, or `error`")
    return None
