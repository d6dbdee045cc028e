"""In which runs a prompt is read."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from models.dialogue.runs import Run, Shapes, count_runs, next_run
from models.language.cache.keys import spoken, token_of
from models.language.cache.slots import PAGE

SHAPES = Shapes(chunk=2 * PAGE, rows=16)
WRITTEN, SAID = 5, spoken(5)


def runs(keys: list[int], held: int = 0, shapes: Shapes = SHAPES) -> list[Run]:
    found: list[Run] = []
    while held < len(keys):
        found.append(next_run(keys, held, shapes))
        held = found[-1].end
    return found


def test_what_was_written_is_read_to_the_end_of_its_chunk() -> None:
    assert runs([WRITTEN] * 100) == [Run(0, 64, False), Run(64, 100, False)]
    assert runs([WRITTEN] * 100, held=40) == [Run(40, 96, False), Run(96, 100, False)]
    assert runs([WRITTEN] * 40, shapes=Shapes()) == [Run(0, 32, False), Run(32, 40, False)]


def test_what_was_said_is_read_by_steps() -> None:
    turns = [*[WRITTEN] * 20, *[SAID] * 20, *[WRITTEN] * 30]
    assert runs(turns) == [Run(0, 20, False), Run(20, 36, True), Run(36, 40, True), Run(40, 70, False)]
    assert runs(turns, held=40) == [Run(40, 70, False)], "one run once the reply is cached"
    assert runs(turns, held=39) == [Run(39, 40, True), Run(40, 70, False)]


def test_a_key_says_how_its_token_is_read() -> None:
    assert spoken(0) < 0
    assert token_of(spoken(0)) == token_of(0) == 0
    assert token_of(spoken(49_151)) == 49_151


@given(st.lists(st.sampled_from([WRITTEN, SAID]), max_size=200), st.integers(0, 100))
def test_runs_follow_one_another_and_each_reads_what_is_alike(keys: list[int], held: int) -> None:
    held = min(held, len(keys))
    found = runs(keys, held)
    assert count_runs(keys, held, SHAPES) == len(found)
    assert [run.start for run in found] == [held, *(run.end for run in found)][: len(found)]
    assert (found[-1].end if found else held) == len(keys)
    for run in found:
        assert {key < 0 for key in keys[run.start : run.end]} == {run.by_step}
        positions = run.end - (run.start if run.by_step else run.start - run.start % PAGE)
        assert 0 < positions <= (SHAPES.rows if run.by_step else SHAPES.chunk)
    for one, other in pairwise(found):
        full = one.end - one.start == SHAPES.rows if one.by_step else one.end % PAGE == 0
        assert full or one.by_step != other.by_step
