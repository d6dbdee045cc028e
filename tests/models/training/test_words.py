"""What the adapter is trained on: plain English, declines that decline, answers that say what they have to."""

import re
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from models.training.dialogue.writing.conversation import Dialogue, Exchange, write
from models.training.dialogue.writing.draw import Draw
from models.training.dialogue.writing.invention import ROLES, invent, stated
from models.training.dialogue.writing.split import Side
from models.training.dialogue.writing.statements import falsified
from models.training.dialogue.writing.unknown import DECLINED

WRONG_A = r"\ba (?!one\b|once\b|uni|use|usu|euro|ewe|ut|ura)[aeiou]\w"
WRONG_AN = r"\ban (?!hour|honest|hono|heir|[FHLMNRSX](?![a-z])|8|11\b|18\b)[^aeiouAEIOU\W]"
WRONG_ARTICLE = re.compile(f"{WRONG_A}|{WRONG_AN}")
dialogues = st.builds(write, st.sampled_from(Side), st.integers(0, 100_000))
figures = st.builds(
    lambda side, number: invent(side, Draw(f"{number}")), st.sampled_from(Side), st.integers(0, 100_000)
)


def exchanges(dialogue: Dialogue) -> list[Exchange]:
    return [exchange for talk in dialogue.talks for exchange in talk]


@settings(max_examples=60, deadline=None)
@given(dialogues)
def test_articles_follow_sounds(dialogue: Dialogue) -> None:
    texts = [dialogue.system, *(text for one in exchanges(dialogue) for text in (one.turn.ask, one.reply))]
    assert [text for text in texts if WRONG_ARTICLE.search(text)] == []


@settings(max_examples=60, deadline=None)
@given(dialogues)
def test_what_is_not_known_is_declined_and_what_is_known_is_said(dialogue: Dialogue) -> None:
    for one in exchanges(dialogue):
        reply = one.reply.lower()
        if one.turn.kind == "unknown":
            assert any(phrase in reply for phrase in DECLINED[0]), one.reply
            assert not re.search(r"\d", re.sub(r"[\"'].*?[\"']", "", one.reply)) or one.turn.topic
        if one.turn.knows and one.turn.kind != "again":
            assert all(any(option in reply for option in options) for options in one.turn.must), one


@settings(max_examples=60, deadline=None)
@given(dialogues)
def test_nobody_declines_twice_in_the_same_words(dialogue: Dialogue) -> None:
    for talk in dialogue.talks:
        said = Counter(one.turn.say for one in talk if one.turn.kind == "unknown")
        assert [say for say, times in said.items() if times > 1] == []


@settings(max_examples=60, deadline=None)
@given(figures, st.integers(0, 1000))
def test_people_and_claims(figure, number) -> None:  # type: ignore[no-untyped-def]
    for kin in figure.kin:
        first = kin.relation.who.split()[0]
        if kin.relation.role in ROLES["she"].split("; "):
            assert kin.slots.values["he"] == "she"
        if kin.relation.role in ROLES["he"].split("; "):
            assert kin.slots.values["he"] == "he"
        if kin.slots.values["he"] == "he":
            assert first not in figure.world.setting.women or first in figure.world.setting.neither
        assert not re.match(r"she\b" if kin.slots.values["he"] == "he" else r"he\b", kin.relation.note)
    draw = Draw(f"{number}")
    for one in stated(figure, 5, draw):
        wrong = falsified(one, draw)
        if wrong is not None:
            assert wrong[0] != one.text
            assert wrong[1] in one.text
