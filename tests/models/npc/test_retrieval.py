"""What is found for a line: exactly, by vectors, and by words where there are none."""

import numpy as np
import pytest

from models.npc.facts import Fact
from models.npc.prompt import MOST_FACTS
from models.npc.reading import parse
from models.npc.retrieval import MOST_PASSAGES, WordSearch, always_told, nearest, passages

HEAD = 'id = "a"\nname = "Mara"\ntrade = "innkeeper"\npersona = "Kind."\n'


def test_facts_beyond_the_prompt_and_lore_are_searched() -> None:
    facts = "".join(f"[[facts]]\nabout = 'x'\ntext = 'Fact {number}.'\n" for number in range(MOST_FACTS + 2))
    npc = parse(HEAD + facts + "[[lore]]\ntitle = 'The flood'\ntext = 'It rained.'\n", "a")
    assert len(always_told(npc)) == MOST_FACTS
    assert passages(npc) == (
        Fact(f"Fact {MOST_FACTS}.", f"facts[{MOST_FACTS}]"),
        Fact(f"Fact {MOST_FACTS + 1}.", f"facts[{MOST_FACTS + 1}]"),
        Fact("The flood: It rained.", "lore[0]"),
    )


def test_the_nearest_are_those_of_the_highest_cosine() -> None:
    generator = np.random.default_rng(0)
    vectors = generator.normal(size=(500, 24)).astype(np.float32)
    query = generator.normal(size=24).astype(np.float32)
    cosines = [
        float(np.dot(query, row) / np.sqrt(np.dot(query, query) * np.dot(row, row)))
        for row in vectors.astype(np.float64)
    ]
    expected = sorted(range(500), key=lambda row: -cosines[row])[:7]
    found = nearest(query, vectors, 7, least=-1.0)
    assert [row for row, _ in found] == expected
    assert [cosine for _, cosine in found] == pytest.approx([cosines[row] for row in expected], abs=1e-5)


def test_lengths_do_not_count_and_ties_go_to_the_earlier() -> None:
    vectors = np.array([[1, 0], [0, 1], [9, 0], [0, 0]], np.float32)
    assert nearest(np.array([2, 0], np.float32), vectors, 4) == ((0, 1.0), (2, 1.0), (1, 0.0))
    assert nearest(np.array([2, 0], np.float32), vectors, 4, least=0.5) == ((0, 1.0), (2, 1.0))
    assert nearest(np.array([0, 0], np.float32), vectors, 4) == ()
    assert nearest(np.array([2, 0], np.float32), vectors, 0) == ()


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="no cosine to vectors of shape"):
        nearest(np.zeros(3, np.float32), np.zeros((2, 4), np.float32), 1)
    with pytest.raises(ValueError, match="more than the 10000"):
        nearest(np.zeros(1, np.float32), np.zeros((MOST_PASSAGES + 1, 1), np.float32), 1)


def test_words_find_their_other_forms_and_rare_ones_count_more() -> None:
    search = WordSearch(
        ["The door of the cellar is locked.", "The doors are painted.", "A door, a door.", "Wolves howl."]
    )
    assert [row for row, _ in search.nearest("Why do you lock the cellar door?", 2)] == [0, 2]
    assert [row for row, _ in search.nearest("I heard a wolf howling", 3)] == [3]
    assert search.nearest("What is the time?", 3) == ()
    assert WordSearch([]).nearest("door", 3) == ()
