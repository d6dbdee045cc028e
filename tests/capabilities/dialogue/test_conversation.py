"""What a session keeps of a conversation is bounded, and cut rarely."""

from typing import Any

import pytest

from bridge.capabilities.dialogue.conversation import MOST_BYTES, MOST_LINES, Conversation, Conversations, Line
from bridge.config import Limits
from bridge.errors import Overloaded


def size(conversation: Conversation) -> int:
    return sum(len(line.text.encode()) for line in conversation.lines)


@pytest.mark.parametrize(
    ("player", "character"),
    [("Hello!", "Good day."), ("Hello!", ""), ("x" * 16_000, ""), ("ü" * 500, "ß" * 700)],
    ids=["short", "without replies", "long lines", "many bytes a letter"],
)
def test_history_is_cut_to_half_in_whole_turns(player: str, character: str) -> None:
    conversation, cuts, oldest = Conversation("smith"), [], f"0 {player}"
    for turn in range(2000):
        conversation.add(f"{turn} {player}", character)
        assert conversation.lines[0].speaker == "user"
        assert conversation.lines[-1].text == (character or f"{turn} {player}")
        assert len(conversation.lines) <= MOST_LINES
        assert size(conversation) <= MOST_BYTES
        if conversation.lines[0].text != oldest:
            cuts.append(turn)
            oldest = conversation.lines[0].text
            assert len(conversation.lines) > MOST_LINES / 2 - 3 or size(conversation) > MOST_BYTES / 2 - 17_000
    bytes_a_turn = len(player.encode()) + len(character.encode()) + 5
    rarely = min(MOST_LINES / 2 / (1 + bool(character)), MOST_BYTES / 2 / bytes_a_turn)
    assert len(cuts) <= 2000 / (rarely - 1)


def test_the_newest_turn_stays_however_long() -> None:
    conversation = Conversation("smith")
    for turn in range(3):
        conversation.add(f"{turn}", "x" * MOST_BYTES)
        assert [line.speaker for line in conversation.lines] == ["user", "assistant"]
        assert conversation.lines[0].text == f"{turn}"


class Turn:
    history: Any = None
    heard: int | None = None
    meeting: Any = None

    def __init__(self, turn_id: int, stream_id: str = "s1", persona: str = "") -> None:
        self.turn_id, self.stream_id, self.persona = turn_id, stream_id, persona
        self.ask: Any = None

    def interrupt(self) -> None: ...


def test_a_turn_said_again_on_its_own_stream_is_known_however_old() -> None:
    conversation = Conversation("smith")
    for number in (1, 2, 3, 7):
        conversation.begin(turn := Turn(number), "", 0)
        conversation.end(turn)
    assert [number for number in range(9) if conversation.repeats(number, "s1")] == [1, 2, 3, 7]
    assert not conversation.repeats(2, "s2"), "another stream counts for itself"
    assert conversation.newest == 7
    conversation.pending = Turn(8, "s2")
    assert (conversation.newest, conversation.repeats(8, "s2"), conversation.repeats(8, "s1")) == (8, True, False)


def test_a_persona_holds_until_another_turn_has_been_taken_with_a_new_one() -> None:
    conversation = Conversation("smith")
    conversation.begin(Turn(1), "A smith.", 0)
    assert conversation.personas("") == ["A smith."]
    assert conversation.personas("A thief.") == ["A thief."]
    conversation.withdraw(Turn(2, persona="A thief."))
    assert conversation.personas("") == ["A thief.", "A smith."], "first the one that was never tried"
    conversation.begin(Turn(3), "A thief.", 0)
    assert conversation.personas("") == ["A thief."]


def test_what_no_longer_fits_goes_for_good_with_the_turn_that_was_taken() -> None:
    conversation = Conversation("smith")
    for number in range(3):
        conversation.add(f"{number}", "So.")
    assert [line.text for line in conversation.prompt("A smith.", "Well?")] == [
        *("A smith.", "0", "So.", "1", "So.", "2", "So.", "Well?")
    ]
    conversation.begin(Turn(1), "A smith.", 2)
    assert [line.text for line in conversation.history("A smith.")] == ["A smith.", "1", "So.", "2", "So."]
    revision = conversation.revision
    conversation.cut(0)
    assert conversation.revision == revision
    conversation.cut(2)
    assert [line.text for line in conversation.lines] == ["2", "So."]
    assert conversation.revision > revision


@pytest.mark.parametrize("withdrawn", [False, True])
def test_a_given_history_replaces_the_lines_once_its_turn_has_begun(withdrawn: bool) -> None:
    conversation = Conversation("smith")
    for number in range(3):
        conversation.add(f"{number}", "So.")
    conversation.cut(4)
    given = [Line("user", "a"), Line("assistant", "b"), Line("user", "c"), Line("assistant", "d")]
    turn = Turn(1)
    turn.history = given
    assert [line.text for line in conversation.prompt("", "Well?", given)] == ["a", "b", "c", "d", "Well?"]
    assert [line.text for line in conversation.lines] == ["2", "So."], "not yet"
    if withdrawn:
        conversation.withdraw(turn)
        assert (conversation.lines, conversation.take_dropped()) == (given, 0)
        return
    revision = conversation.revision
    conversation.begin(turn, "", 2)
    assert conversation.lines == given[2:]
    assert conversation.revision > revision
    assert [conversation.take_dropped(), conversation.take_dropped()] == [2, 0], "of these lines, and once"
    assert given[0].text == "a", "the client's own are left as they are"


def test_so_many_conversations_are_open_at_once() -> None:
    open_ones = Conversations()
    limits = Limits(conversations_per_session=2, history_lines=7)
    first = open_ones.open("smith", "session", limits)
    assert (first.most_lines, first.most_bytes) == (7, limits.history_bytes)
    assert open_ones.open("smith", "session", limits) is first
    assert open_ones.open("thief", "session", limits).key == "session/thief"
    with pytest.raises(Overloaded, match="2 conversations are open"):
        open_ones.open("guard", "session", limits)
