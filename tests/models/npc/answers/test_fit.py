"""Where no fact answers for certain: which may be said, and when nothing may be."""

import numpy as np
import pytest

from models.npc.answers.answer import BY_MEANING, Question
from models.npc.answers.expected import Expected
from models.npc.answers.fit import Fit, fit_of
from models.npc.answers.focus import focus_of
from models.npc.answers.search import Search
from models.npc.character import Npc

SCORES = {"facts[0": 0.36, "facts[1": 0.3, "wares[0": 0.05}


def expected(orla: Npc, best: float = 0.36, *, unknown: bool = False) -> Expected:
    scores = {source: score for source, score in SCORES.items() if score <= best}
    return Expected(orla, (), "What is that on the wall?", unknown=unknown, fit=Fit(scores, best, BY_MEANING))


def test_a_sentence_rests_on_a_fact_that_fits_about_as_well_as_the_best(orla: Npc) -> None:
    assert expected(orla).beside("The workshop cat is on the wall.", ["facts[0]"]) == ""
    assert expected(orla).beside("The sign hangs crooked on the wall.", ["facts[1]"]) == ""
    assert expected(orla).beside("Riding gloves hang on the wall.", ["wares[0].price"]) == "does not answer"
    assert expected(orla).beside("You promised me a lamp for the wall.", ["memory[0]"]) == ""


def test_where_nothing_fits_no_fact_is_told(orla: Npc) -> None:
    assert expected(orla, 0.1).beside("Riding gloves hang on the wall.", ["wares[0].price"]) == "does not answer"
    assert expected(orla, 0.1).beside("That I do not know.", []) == ""


@pytest.mark.parametrize(("best", "problem"), [(0.36, "declines what is known"), (0.3, "")])
def test_what_is_hardly_there_by_chance_is_not_declined(orla: Npc, best: float, problem: str) -> None:
    assert expected(orla, best).problem("I know nothing of that.") == problem
    assert expected(orla, best).needs_answer == bool(problem)


def test_talk_that_asks_for_nothing_has_no_fit(orla: Npc, search: Search) -> None:
    said = "Good morning to you."
    assert fit_of(Question(search, said, focus_of(said))) is None


def test_meanings_count_beside_words(orla: Npc, search: Search) -> None:
    said = "Where does one answer the call of nature around here?"
    place = [fact.source for fact in search.facts].index("facts[2]")
    cosines = np.where(np.arange(len(search.facts)) == place, 0.7, 0.1).tolist()
    found = fit_of(Question(search, said, focus_of(said), "", cosines))
    assert found is not None
    assert found.known
    assert max(found.scores, key=lambda source: found.scores[source]) == "facts[2"
    without = fit_of(Question(search, said, focus_of(said)))
    assert without is not None
    assert not without.known


def test_who_somebody_is_does_not_answer_what_else_is_asked_of_him(orla: Npc, search: Search) -> None:
    place = [fact.source for fact in search.facts].index("relations[0]")
    cosines = np.where(np.arange(len(search.facts)) == place, 0.8, 0.1).tolist()
    for said, known in (("Who is Bram?", True), ("What does Bram dream of at night?", False)):
        found = fit_of(Question(search, said, focus_of(said), "", cosines))
        assert found is None or found.known == known, said
