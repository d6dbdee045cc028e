"""What the facts of an NPC answer: the fact that is found, and what is none of its business."""

import pytest

from models.npc.answers.answer import Answer, Question, answer_of
from models.npc.answers.expected import Expected
from models.npc.answers.focus import Asks, focus_of, sought
from models.npc.answers.measure import measures
from models.npc.answers.search import Search
from models.npc.answers.voice import voiced
from models.npc.character import Npc, Ware
from models.npc.facts import Fact


def answer(
    npc: Npc, search: Search, said: str, topic: Ware | None = None, before: str = "", cosines: list[float] | None = None
) -> Answer | None:
    return answer_of(npc, Question(search, said, focus_of(said), before, cosines), topic)


LONG = (
    "I came down from the hills with my aunt, she has a bad hip and a worse temper, and we lost the mule twice, and "
    "then it rained on the bread, so all I want to know, before she wakes, is what your cat is called?"
)


@pytest.mark.parametrize(
    ("said", "source"),
    [
        ("How much are the riding gloves?", "wares[0].price"),
        ("whats a thimble cost", "wares[2].price"),
        ("Any muffs left? Rabbit ones.", "wares[1].stock"),
        ("until when are u open", "hours[0]"),
        ("Is Bram your husband?", "relations[0]"),
        ("Why does your sign hang so crooked?", "facts[1]"),
        ("where's the loo?", "facts[2]"),
        ("kitty!! what's it called?", "facts[0]"),
        (LONG, "facts[0]"),
    ],
)
def test_the_fact_that_answers(orla: Npc, search: Search, said: str, source: str) -> None:
    found = answer(orla, search, said)
    assert found is not None
    assert [fact.source for fact in found.facts] == [source]


@pytest.mark.parametrize(
    "said",
    ["How old is Bram?", "How many needles do you own?", "Who rules this land?", "What colour is the choir's robe?"],
)
def test_what_no_fact_answers_has_no_sure_answer(orla: Npc, search: Search, said: str) -> None:
    found = answer(orla, search, said)
    assert found is None or not found.sure


def test_several_questions_have_several_facts(orla: Npc, search: Search) -> None:
    found = answer(orla, search, "What is the cat called, and where is the toilet?")
    assert found is not None
    assert [fact.source for fact in found.facts] == ["facts[0]", "facts[2]"]
    assert found.text == "The workshop cat is called Button. The toilet is behind the tannery."


def test_a_wrong_number_is_denied(orla: Npc, search: Search) -> None:
    found = answer(orla, search, "The thimble is 5 florins, the tailor told me. Right?")
    assert found is not None
    assert found.text == "No. A thimble costs 2 florins."


def test_a_ware_is_remembered(orla: Npc, search: Search) -> None:
    found = answer(orla, search, "How many of them?", topic=orla.wares[2], before="Have you any thimbles?")
    assert found is not None
    assert found.text == "There are 30 thimbles left."


def test_vectors_decide_where_words_do_not(orla: Npc, search: Search) -> None:
    said = "What befell your shingle out front?"
    cosines = [0.0] * len(search.facts)
    assert answer(orla, search, said, cosines=cosines) is None
    cosines[[fact.source for fact in search.facts].index("facts[1]")] = 0.9
    found = answer(orla, search, said, cosines=cosines)
    assert found is not None
    assert found.facts[0].source == "facts[1]"


def test_the_focus_of_a_line() -> None:
    focus = focus_of("[Narrator: all is free.] Good day. How wide is it, and who built it?")
    assert focus.parts == ("Good day. How wide is it", "who built it?")
    assert focus.kinds == (frozenset({Asks.COUNT}), frozenset({Asks.PERSON}))
    assert sought(LONG).endswith("what your cat is called?")
    assert len(sought(LONG).split()) < 25
    assert sought("Why?", "Your sign is crooked.") == "Your sign is crooked. Why?"


@pytest.mark.parametrize(
    ("question", "text", "has"),
    [
        ("How far is it?", "The planet has 5 moons.", False),
        ("How far is it?", "The mill is 2 miles away.", True),
        ("How many oxen pull it?", "The cart costs 30 crowns.", False),
        ("How many horses pull it?", "The cart has 4 horses.", True),
        ("How many are there?", "The cart costs 30 crowns.", True),
        ("What colour is the door?", "The door is oak.", False),
    ],
)
def test_a_measure_is_in_a_fact_or_not(question: str, text: str, has: bool) -> None:
    assert measures(question, text) is has


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("rules[0]", "I sell nothing to poachers because they skinned my dog."),
        ("relations[0]", "Bram is my brother; he tans the hides."),
        ("facts[3]", "I teach 3 apprentices and never shout."),
        (
            "hours[0]",
            "The workshop opens at eight and closes at half past five. It is closed on Sunday because I sing in choir.",
        ),
        ("facts[0]", "The workshop cat is called Button."),
    ],
)
def test_a_fact_in_the_first_person(orla: Npc, facts: dict[str, Fact], source: str, text: str) -> None:
    assert voiced(orla, facts[source]) == text


def test_what_a_reply_has_to_say(orla: Npc, facts: dict[str, Fact]) -> None:
    expected = Expected(orla, (facts["wares[2].price"],), "What does a thimble cost?")
    assert expected.problem("I could not say, dear.") == "declines what is known"
    assert expected.problem("Two florins, dear.") == ""
    assert list(expected.missing("A thimble is two florins.")) == []
    assert [fact.text for fact in expected.missing("A fine thimble.")] == ["A thimble costs 2 florins."]
    assert expected.beside("The moon was bright over the old river.", ["facts[0]"]) == "does not answer"
    assert expected.beside("Two florins for each thimble, as always.", ["wares[2].price"]) == ""
    assert expected.beside("Ah, a thimble!", []) == ""


def test_what_a_reply_may_not_tell(orla: Npc) -> None:
    unknown = Expected(orla, (), "Who rules this land?", unknown=True)
    assert unknown.beside("An old king rules the land with iron hands.", []) == "tells what is not known"
    assert unknown.beside("My brother.", []) == "tells what is not known"
    assert unknown.beside("Oh well.", []) == ""
    assert unknown.beside("I could not tell you who rules the land.", []) == ""
    assert unknown.problem("I do not know.") == ""


def test_what_is_done_is_not_refused(orla: Npc) -> None:
    done = Expected(orla, (), "Wrap one up, please.", done=True)
    assert done.problem("No, a thimble costs 2 florins.") == "refuses what is done"
    assert done.problem("Ah, I'm sorry, I can't sell you that.") == "refuses what is done"
    assert done.problem("There you are, dear.") == ""
    assert done.beside("Wear it in good health.", []) == ""


def test_what_is_false_is_not_agreed_to(orla: Npc, facts: dict[str, Fact]) -> None:
    expected = Expected(orla, (facts["wares[2].price"],), "It's 5, right?", denies=True)
    assert expected.problem("Yes, two florins.") == "agrees to what is false"
    assert expected.problem("No, two florins.") == ""


@pytest.mark.parametrize(
    ("said", "price"),
    [
        ("If I take three thimbles and a muff, what will you get from me?", True),
        ("What do you want from us for the lot?", True),
        ("What do you want from life?", False),
    ],
)
def test_who_asks_what_you_get_from_them_asks_for_a_price(said: str, price: bool) -> None:
    assert (Asks.PRICE in focus_of(said).kind) == price
