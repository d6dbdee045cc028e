"""Intents by words, results as sentences, safe lines, feelings, and the keys of actions."""

import pytest

from models.npc.character import Action, Npc
from models.npc.facts import Fact
from models.npc.reading import NpcError, parse
from models.npc.replies.emotion import Emotion, emotion_of
from models.npc.replies.intents import BY_WORDS, Kind, Phrase, decide, examples_of, likenesses, names_topic
from models.npc.replies.lines import pick, safe_line
from models.npc.replies.result import failure_of, is_done, result_of, spoken_of

TEXT = """
id = "mara"
name = "Mara Quill"
trade = "innkeeper"
persona = "She is kind."
[[lines]]
intent = "greeting"
examples = ["hello", "good evening to you"]
say = ["Come in.", "Evening, {player}.", "Hello there."]
[[actions]]
name = "open_shop"
description = "Shows the wares."
examples = ["show me your wares"]
timeout = 2.5
policy = "drop"
[[refusals]]
topic = "the smugglers"
examples = ["who brings the brandy in"]
say = ["No."]
"""
SHOP = Action("open_shop", "Shows the wares.", "{}")


@pytest.fixture(scope="module")
def mara() -> Npc:
    return parse(TEXT, "mara")


@pytest.mark.parametrize(
    ("said", "source", "decides"),
    [
        ("Hello!", "lines[0]", True),
        ("Good evening to you, innkeeper", "lines[0]", True),
        ("Hello, what does a room cost?", "lines[0]", False),
        ("Please show me all your wares", "actions[0]", True),
        ("Do the smugglers pay you?", "refusals[0]", True),
        ("Who brings in the brandy?", "refusals[0]", True),
        ("How old is the inn?", "lines[0]", False),
    ],
)
def test_the_words_in_common_decide(mara: Npc, said: str, source: str, decides: bool) -> None:
    examples = examples_of(mara)
    found = decide(examples, likenesses(said, examples, [Phrase(one.text) for one in examples]), BY_WORDS, frozenset())
    assert found is not None
    assert found.decides == decides
    assert not decides or found.example.source == source


def test_a_kind_may_be_left_out(mara: Npc) -> None:
    examples = examples_of(mara)
    scores = [1.0 if one.kind is Kind.LINE else 0.0 for one in examples]
    found = decide(examples, scores, BY_WORDS, frozenset([Kind.LINE]))
    assert found is not None
    assert (found.example.kind, found.decides) == (Kind.LINE, False)
    assert decide((), (), BY_WORDS, frozenset()) is None


def test_a_topic_is_named_in_any_form(mara: Npc) -> None:
    assert names_topic(mara, "Is he a smuggler?") == 0
    assert names_topic(mara, "Is he a fisherman?") is None


def test_lines_are_not_said_again_while_there_are_others(mara: Npc) -> None:
    say, used = mara.lines[0].say, list[str]()
    for turn in range(6):
        line = pick(say, mara, "Joan", None, turn, used[-2:])
        assert line is not None
        assert line not in used[-2:]
        used.append(line)
    assert set(used) == {"Come in.", "Evening, Joan.", "Hello there."}
    assert {pick(say, mara, "", None, turn, ()) for turn in range(6)} == {"Come in.", "Hello there."}
    assert pick(["Hi {player}."], mara, "", None, 0, ()) is None
    assert safe_line(mara, "", 0)


@pytest.mark.parametrize(
    ("text", "known", "spoken"),
    [
        ('{"sold": "room", "left": 2, "open_now": true}', "Open shop: sold room, left 2, open now yes.", "It is done."),
        ('"The shop  is\\nopen"', "The shop is open.", "The shop is open."),
        ("null", "Open shop is done.", "It is done."),
        ("false", "Open shop could not be done.", "It is done."),
        ('["a", {"b": null}]', "Open shop: a, b nothing.", "It is done."),
        ("7", "Open shop: 7.", "It is done."),
    ],
)
def test_results_become_sentences(text: str, known: str, spoken: str) -> None:
    assert result_of(SHOP, text) == Fact(known, "action:open_shop")
    assert spoken_of(SHOP, text).text == spoken


def test_results_are_bounded() -> None:
    assert len(result_of(SHOP, f'"{"x" * 5000}"').text) <= 301
    assert len(result_of(SHOP, f"[{','.join('7' * 5000)}]").text) <= 301
    with pytest.raises(ValueError):  # noqa: PT011 (json's own words)
        result_of(SHOP, "[" * 100_000)
    assert failure_of(SHOP, " The gate\nis stuck ").text == "The gate is stuck."
    assert failure_of(SHOP, "").text == "Open shop could not be done."


@pytest.mark.parametrize(
    ("sentence", "emotion"),
    [
        ("I love it here!", Emotion.JOY),
        ("Welcome, friend.", Emotion.JOY),
        ("I am so sorry for your loss.", Emotion.SADNESS),
        ("Get out, you liar!", Emotion.ANGER),
        ("The cellar is haunted. Beware.", Emotion.FEAR),
        ("What?! Really?", Emotion.SURPRISE),
        ("That stew is disgusting.", Emotion.DISGUST),
        ("A room costs 7 silver a night.", Emotion.NEUTRAL),
        ("I am not angry with you.", Emotion.NEUTRAL),
        ("", Emotion.NEUTRAL),
    ],
)
def test_feelings(sentence: str, emotion: Emotion) -> None:
    found, intensity = emotion_of(sentence)
    assert found is emotion
    assert (intensity > 0) == (emotion is not Emotion.NEUTRAL)
    assert 0 <= intensity <= 1


def test_louder_is_stronger() -> None:
    quiet, loud = emotion_of("You are a liar."), emotion_of("You are a LIAR!!")
    assert loud[0] is quiet[0] is Emotion.ANGER
    assert loud[1] > quiet[1]


def test_the_keys_of_actions(mara: Npc) -> None:
    (action,) = mara.actions
    assert (action.examples, action.timeout, action.policy) == (("show me your wares",), 2.5, "drop")
    assert parse(TEXT.replace("timeout = 2.5\npolicy", "#"), "mara").actions[0].timeout == 5.0
    for change, wrong in (
        (("timeout = 2.5", "timeout = 0"), "mara: actions[0].timeout: is 0 seconds; use up to 60, above 0"),
        (("timeout = 2.5", "timeout = 61"), "mara: actions[0].timeout: is 61 seconds"),
        (("timeout = 2.5", 'timeout = "2"'), "mara: actions[0].timeout: is a string; use a number"),
        (('"drop"', '"wait"'), "mara: actions[0].policy: is 'wait'; use queue, replace, drop"),
    ):
        with pytest.raises(NpcError) as error:
            parse(TEXT.replace(*change), "mara")
        assert wrong in str(error.value)


@pytest.mark.parametrize(
    ("text", "done"), [("true", True), ("null", True), ('"Here."', True), ("{}", True), ("false", False)]
)
def test_only_false_says_that_an_action_was_not_done(text: str, done: bool) -> None:
    assert is_done(text) == done
