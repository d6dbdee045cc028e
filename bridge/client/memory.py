"""The client's memory of a conversation: its persona, and its lines as the server has them.

The server tells with each turn how many lines it has kept, so that both sides have the same ones. Where they may
differ, because the server has lost the conversation, the connection broke within a turn or the game restored one, the
next turn carries the lines; once the server has begun it both are the same again. A server before minor 5 of the
contract takes no lines: it gets the newest ones as text behind the persona, and only if it has lost the conversation.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bridge.client.history import MOST_BYTES, MOST_LINES, History, Line, newest
from bridge.client.npc.character import Npc
from bridge.v1 import bridge_pb2, dialogue_pb2

_MOST_OPEN = 1024  # turns without an end; the server ends each of them
_BYTES_PER_TOKEN = 2  # conservative: an English token has about four
_TEXT_BYTES, _CONTEXT_TOKENS = 8192, 2048  # for a server that gives no limits


@dataclass(slots=True)
class _Said:
    """A turn that is not over: what the player said, what is known of the reply, and the lines that went with it."""

    text: str
    carried: Sequence[Line] | None
    reply: str = ""
    brought: bool = False  # it has brought the NPC
    heard: int | None = None


class Memory:
    """The memory of one conversation, bounded. Belongs to the event loop."""

    def __init__(self) -> None:
        self._persona = ""
        self._lines: list[Line] = []
        self._open: dict[int, _Said] = {}
        self._differs = False  # the server's lines may not be these
        self._as_text: Sequence[Line] = ()  # for a server that takes no lines
        self._prompt: str | None = None
        self.known = False  # the server has accepted a turn of it
        self.lost = False  # the server lost it, and has accepted no turn since
        self._npc: Npc | str | None = None  # the client's own, or the name of one of the server's
        self._has_npc = False  # the server has the client's own
        self._newest: tuple[int, str] | None = None  # turn and text of the newest turn that is over

    # -- the game ------------------------------------------------------------------------------------------------------

    @property
    def history(self) -> History:
        """The persona and the lines of all turns that are over."""
        return History(self._persona, tuple(self._lines))

    def restore(self, history: History) -> None:
        """Continue from this history, whatever was said before; turns that are still open do not count."""
        self._persona, self._prompt, self._newest = history.persona, None, None
        self._lines = [line for line in history.lines if line.text.strip()]
        self._differs, self._as_text = True, tuple(self._lines)
        self._open.clear()

    def describe(self, persona: str) -> None:
        """Set the persona; "" leaves it unchanged."""
        if persona:
            self._persona, self._prompt, self._npc = persona, None, None

    def meet(self, npc: Npc | str | None) -> None:
        """The conversation is with this NPC from the next turn on, in place of a persona; None leaves it unchanged."""
        if npc is not None and npc != self._npc:
            self._npc, self._has_npc = npc, False
            self._persona, self._prompt = "", None

    # -- what goes up --------------------------------------------------------------------------------------------------

    def lines_to_send(self, limits: bridge_pb2.Limits) -> Sequence[Line] | None:
        """The lines that the next turn must carry to a server that takes them, None if it has them."""
        if not self._differs:
            return None
        return newest(self._lines, limits.max_history_lines or MOST_LINES, limits.max_history_bytes or MOST_BYTES)

    def persona_to_send(self, limits: bridge_pb2.Limits, *, takes_lines: bool) -> str:
        """The persona; for a server that takes no lines, followed by as much of a lost history as `limits` allow."""
        if takes_lines:
            return self._persona
        if self._prompt is None:
            self._prompt = _with_text(self._persona, self._as_text, limits)
        return self._prompt

    def npc_to_send(self) -> Npc | str | None:
        """The NPC that the next turn must bring or name; None if the server has it, or there is none."""
        return None if self._has_npc else self._npc

    def say(self, turn_id: int, text: str, carried: Sequence[Line] | None, *, brought: bool = False) -> None:
        """Note a turn that was sent, with the lines that it carried, and whether it has brought the NPC."""
        if len(self._open) == _MOST_OPEN:
            del self._open[next(iter(self._open))]
        self._open[turn_id] = _Said(text, carried, brought=brought)

    def hear_only(self, turn_id: int, heard: int) -> None:
        """The player has heard so many characters of a turn: of one in progress, or of the newest that is over."""
        if turn_id in self._open:
            self._open[turn_id].heard = heard
        elif self._newest is not None and self._newest[0] == turn_id and heard < len(self._newest[1]):
            text = self._newest[1]
            self._newest = (turn_id, text[:heard])
            if text.strip() and self._lines:
                self._lines.pop()
            if kept := text[:heard].strip():
                self._lines.append(Line("character", kept))

    # -- what comes down -----------------------------------------------------------------------------------------------

    def hear(self, message: dialogue_pb2.ConverseResponse) -> None:
        """Follow an event of any turn, also of one that the game has abandoned."""
        match message.WhichOneof("event"):
            case "started":
                self.known, self.lost = True, False
                said = self._open.get(message.turn_id)
                if said is not None:
                    self._has_npc = self._has_npc or said.brought
                    self._begin(said)
            case "history_cut":
                self._keep(message.history_cut.kept_line_count)
            case "done":
                said = self._open.pop(message.turn_id, None)
                if said is not None:
                    self._end(message.turn_id, said, message.done)

    def note_reply(self, turn_id: int, reply: str) -> None:
        """Note what is known of the reply to a turn that may get no end."""
        if turn_id in self._open:
            self._open[turn_id].reply = reply

    def broke(self) -> None:
        """The stream broke: open turns have no end, and what the server has of them is not known."""
        for said in self._open.values():
            if said.reply:
                self._add(said, said.reply, 0)
            self._differs = True
        self._open.clear()

    def opened(self, kept: bool) -> None:
        """Note, when the stream opens, whether the server still has the conversation."""
        if not kept:
            self._as_text, self._prompt = tuple(self._lines), None
            self._differs = bool(self._lines)
            self.lost = self.lost or self.known
            self._has_npc = False
        self.known = kept

    def _begin(self, said: _Said) -> None:
        """The server has taken the lines of a turn."""
        if said.carried is not None:
            self._lines, said.carried, self._differs = list(said.carried), None, False

    def _end(self, turn_id: int, said: _Said, done: dialogue_pb2.TurnDone) -> None:
        if done.finish == dialogue_pb2.TURN_FINISH_FAILED and not done.text:
            return  # it has changed nothing
        self._begin(said)
        self._newest = (turn_id, done.text[: said.heard])
        self._add(said, done.text[: said.heard], done.history_line_count)

    def _add(self, said: _Said, reply: str, kept: int) -> None:
        """Add a turn, of which the server has kept so many lines in all; 0 if it does not tell."""
        self._lines.append(Line("player", said.text))
        if reply := reply.strip():
            self._lines.append(Line("character", reply))
        if kept:
            self._keep(kept)
        else:
            self._lines = newest(self._lines, MOST_LINES, MOST_BYTES)

    def _keep(self, count: int) -> None:
        del self._lines[: max(0, len(self._lines) - count)]


def _with_text(persona: str, lines: Sequence[Line], limits: bridge_pb2.Limits) -> str:
    room = min(
        (limits.max_text_bytes or _TEXT_BYTES) // 2, (limits.max_context_tokens or _CONTEXT_TOKENS) * _BYTES_PER_TOKEN
    ) - len(persona.encode())
    texts: list[str] = []
    for line in reversed(lines):
        text = f"The player said: {line.text}" if line.speaker == "player" else f"You answered: {line.text}"
        room -= len(text.encode()) + 1
        if room < 0:
            break
        texts.insert(0, text)
    so_far = "\n".join(["The conversation so far:", *texts]) if texts else ""
    return "\n\n".join(part for part in (persona, so_far) if part)
