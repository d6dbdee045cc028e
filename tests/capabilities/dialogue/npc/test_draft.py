"""What the model has written: sentences with the tokens before them, however it comes in pieces."""

from hypothesis import given
from hypothesis import strategies as st

from bridge.capabilities.dialogue.npc.draft import Draft, Drafted
from bridge.capabilities.dialogue.npc.utterance import Utterance

WORDS = [
    "Good",
    " evening.",
    " Come",
    " in!",
    " A",
    " room",
    " is",
    " 7.5",
    " silver",
    '."',
    "\n\n",
    " Yes?",
    "",
    "ß",
    "…",
]


@given(st.lists(st.sampled_from(WORDS), max_size=40))
def test_what_is_kept_and_what_is_written_again_are_the_whole(tokens: list[str]) -> None:
    draft, found = Draft(), list[Drafted]()
    for number, text in enumerate(tokens, 1):
        found += draft.push(text, number)
    whole, rest = draft.end()
    found += [*whole, *([rest] if rest is not None else [])]
    said = "".join(tokens)
    assert "".join(one.text for one in found).split() == said.split() or "".join(
        "".join(one.text.split()) for one in found
    ) == "".join(said.split())
    for one in found:
        kept = "".join(tokens[: one.tokens])
        before = kept[: len(kept) - len(one.lead)] if one.lead else kept
        assert said.startswith(before)
        assert said[len(before) :].lstrip().startswith(one.text), "it begins behind what is kept, or within the lead"


def test_a_part_that_is_written_again_begins_with_what_was_left_over() -> None:
    first = Draft()
    found = first.push("Come in.\n\n", 3) + first.push("Sit down. And", 5) + first.push(" rest.", 6)
    assert [(one.text, one.tokens, one.lead) for one in found] == [("Come in.", 0, ""), ("Sit down.", 3, "\n\n")]
    again = Draft(found[1].lead)
    assert [one.text for one in again.push("Stand up. And", 4)] == ["Stand up."]


def test_sentences_are_late_by_the_time_that_each_has() -> None:
    said = Utterance(due=1.0, pace=0.1)
    piece, first, late = said.say("Come in.", 1.0, 4)
    assert (piece, first.start, first.end, late) == ("Come in.", 0, 8, False)
    piece, second, late = said.say("Sit down.", 1.41, 5)
    assert (piece, second.start, second.end, late) == (" Sit down.", 9, 18, True)
    said.wait(2.0)
    assert not said.is_late(1.41 + 0.5 + 2.0)
    assert said.is_late(1.41 + 0.5 + 2.01)
    assert said.text[second.start : second.end] == "Sit down."
    assert said.has_said("sit DOWN.")
