"""What a session keeps of a conversation is bounded, and cut rarely."""

import pytest

from bridge.capabilities.dialogue.conversation import MOST_BYTES, MOST_LINES, Conversation


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
