"""The second set: questions of every class to each of its NPCs, which are no others'."""

from collections import Counter

from facts.questions import CLASSES, FOLDER, npc_file, questions

from models.npc.reading import read


def test_every_class_is_asked_of_every_npc_once() -> None:
    asked = questions("second")
    assert Counter(question.kind for question in asked) == dict.fromkeys(CLASSES, 10)
    assert set(Counter((question.npc, question.kind) for question in asked).values()) == {1}


def test_its_npcs_are_read_and_are_no_others() -> None:
    names = {question.npc for question in questions("second")}
    assert not names & {path.stem for path in (FOLDER / "npcs").glob("*.toml")}
    assert all(read(npc_file(name)).name for name in names)
