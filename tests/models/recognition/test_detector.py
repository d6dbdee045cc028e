"""NanoDet: the published network's answers, as a program that can be suspended anywhere."""

import hashlib

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from models.program import Program
from models.recognition.detections import LANES, Detection, DetectorInput, detections
from models.recognition.detector import BINS, CELL_WIDTH, CLASSES, NanoDet
from models.recognition.detector_program import MAX_BATCH, WEIGHTS, DetectorProgram, best_cells, candidates, grid
from models.recognition.geometry import overlaps
from tests.models.recognition.make_reference import CELLS
from tests.models.recognition.pictures import HERE, finish, look, needs_bfloat16, pattern, photo

PHOTOS = {"astronaut": "person", "chelsea": "cat", "coffee": "cup"}


def found(program: DetectorProgram, name: str, lane: str, threshold: float = 0.35) -> list[Detection]:
    picture = photo(name)
    row = look(program, lane, [DetectorInput.prepare(picture, lane)])[0]
    return detections(row, picture.shape[1], picture.shape[0], threshold, 20)


def best(answers: list[Detection], label: str) -> Detection:
    return next(answer for answer in answers if answer.label == label)


def overlap(one: Detection, other: Detection) -> float:
    boxes = [np.array([[d.x, d.y, d.x + d.width, d.y + d.height]], np.float32) for d in (one, other)]
    return float(overlaps(*boxes)[0, 0])


def test_it_is_a_program(detector: DetectorProgram) -> None:
    offered: Program = detector
    assert offered.name == "detector"
    assert offered.version == hashlib.sha256(WEIGHTS.read_bytes()).hexdigest()[:12]
    assert [lane.name for lane in offered.lanes] == list(LANES)
    assert {lane.max_batch for lane in offered.lanes} == {MAX_BATCH["cpu"]}
    assert 14_000_000 < offered.resident_bytes < 80_000_000


@pytest.mark.parametrize("lane", LANES)
@pytest.mark.parametrize("batch", [1, 2])
def test_it_yields_between_its_stages(detector: DetectorProgram, lane: str, batch: int) -> None:
    steps, rows = finish(detector.start(lane, detector.sample(lane, batch)))
    assert steps == detector.lanes[0].stages
    assert len(rows) == batch


def test_it_answers_as_the_published_network() -> None:
    """`reference.npz` is what TensorFlow.js makes of the same picture (make_reference.py)."""
    reference = np.load(HERE / "reference.npz")
    pixels = torch.from_numpy(DetectorInput.prepare(pattern(416, 416), "detector.416").pixels)
    network = NanoDet.from_weights(load_file(WEIGHTS))
    cells = finish(network(pixels.permute(2, 0, 1)[None]))[1][0, CELLS].numpy()
    scores = 1 / (1 + np.exp(-cells[:, :CLASSES]))
    np.testing.assert_allclose(scores, reference["scores"], atol=1e-6)
    np.testing.assert_allclose(cells[:, CLASSES:], reference["distances"], atol=2e-5)


@pytest.mark.parametrize("lane", ["detector.416", "detector.320"])
@pytest.mark.parametrize("name", ["astronaut", "chelsea"])
def test_it_finds_what_photos_show(detector: DetectorProgram, lane: str, name: str) -> None:
    answers = found(detector, name, lane)
    height, width = photo(name).shape[:2]
    assert answers[0].label == PHOTOS[name]
    assert answers[0].score > 0.5
    assert answers[0].width * answers[0].height > 0.5 * width * height  # both fill their pictures


@pytest.mark.parametrize("lane", ["detector.416.wide", "detector.320.wide"])
def test_wide_lanes_find_what_wide_photos_show(detector: DetectorProgram, lane: str) -> None:
    answers = found(detector, "chelsea", lane)
    assert [answer.label for answer in answers] == ["cat"]
    cup = best(found(detector, "coffee", lane, threshold=0.3), "cup")
    assert 100 < cup.x < 200  # the saucer begins at 140 and the cup ends at 430
    assert 350 < cup.x + cup.width < 480


@pytest.mark.parametrize("name", PHOTOS)
def test_lanes_agree_where_things_are(detector: DetectorProgram, name: str) -> None:
    boxes = [best(found(detector, name, lane, threshold=0.2), PHOTOS[name]) for lane in LANES]
    assert all(overlap(boxes[0], other) > 0.7 for other in boxes[1:])


def test_a_row_is_the_same_alone_and_in_company(detector: DetectorProgram) -> None:
    for lane in LANES:
        inputs = [DetectorInput.prepare(photo(name), lane) for name in ("astronaut", "coffee")]
        together = look(detector, lane, inputs)
        for row, alone in zip(together, (look(detector, lane, [row])[0] for row in inputs), strict=True):
            certain = int((alone.scores > 0.2).sum())
            np.testing.assert_allclose(row.scores[:certain], alone.scores[:certain], atol=1e-5)
            np.testing.assert_allclose(row.boxes[:certain], alone.boxes[:certain], atol=1e-4)
            np.testing.assert_array_equal(row.class_ids[:certain], alone.class_ids[:certain])


def test_what_is_not_finite_fails_alone(detector: DetectorProgram) -> None:
    fine = DetectorInput.prepare(photo("astronaut"), "detector.320")
    bad = DetectorInput(np.full_like(fine.pixels, np.inf), fine.window)
    rows = look(detector, "detector.320", [bad, fine])
    assert isinstance(rows[0], FloatingPointError)
    assert detections(rows[1], 512, 512, 0.5, 5)[0].label == "person"


def test_a_run_that_is_given_up_leaves_no_trace(detector: DetectorProgram) -> None:
    before = found(detector, "chelsea", "detector.320.wide")
    with torch.inference_mode():
        run = detector.start("detector.416", detector.sample("detector.416", 2))
        for _ in range(17):
            next(run)
        run.close()
    assert found(detector, "chelsea", "detector.320.wide") == before


def test_the_plain_operations_agree_with_the_fused_ones(
    detector: DetectorProgram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    plain = DetectorProgram.load(torch.device("cpu"), torch.float32)
    one, other = (found(program, "chelsea", "detector.320.wide") for program in (plain, detector))
    assert [answer.label for answer in one] == [answer.label for answer in other]
    assert overlap(one[0], other[0]) > 0.999


@needs_bfloat16
def test_half_the_bits_keep_the_answer() -> None:
    program = DetectorProgram.load(torch.device("cpu"), torch.bfloat16)
    assert found(program, "chelsea", "detector.320.wide")[0].label == "cat"


def one_cell(lane: str, place: int, class_id: int, distances: tuple[int, int, int, int]) -> torch.Tensor:
    """Cells of one picture in which one alone sees something, its sides exactly so many strides away."""
    cells = torch.full((1, len(grid(*LANES[lane])), CELL_WIDTH), -20.0)
    cells[0, place, class_id] = 4.0
    for side, distance in enumerate(distances):
        cells[0, place, CLASSES + side * BINS + distance] = 40.0
    return cells


def test_a_cell_becomes_a_box_of_the_picture() -> None:
    """Level 8 of the wide lane has 52 x 32 cells; cell (10, 5) is centred on (84, 44) of 416 x 256 pixels."""
    lane, window = "detector.416.wide", (0.0, 11 / 256, 1.0, 234 / 256)
    cells = one_cell(lane, 5 * 52 + 10, 2, (1, 2, 3, 4))
    row = candidates(*best_cells(cells, grid(*LANES[lane]), torch.tensor([window])))[0]
    assert not isinstance(row, Exception)
    assert row.class_ids.tolist() == [2]
    np.testing.assert_allclose(row.scores, [1 / (1 + np.exp(-4))], rtol=1e-6)
    expected = [76 / 416, (28 - 11) / 234, 108 / 416, (76 - 11) / 234]
    np.testing.assert_allclose(row.boxes[0], expected, rtol=1e-5)


@pytest.mark.parametrize(("level", "stride", "before"), [(0, 8, 0), (1, 16, 52 * 32), (2, 32, 52 * 32 + 26 * 16)])
def test_cells_come_level_by_level_and_row_by_row(level: int, stride: int, before: int) -> None:
    cells = grid(416, 256)
    columns = 416 // stride
    x, y, across, down = cells[before + columns + 2].tolist()  # second row, third column
    assert (x * 416, y * 256) == pytest.approx((2.5 * stride, 1.5 * stride))
    assert (across * 416, down * 256) == pytest.approx((stride, stride))
