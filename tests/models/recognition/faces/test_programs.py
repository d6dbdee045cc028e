"""The three programs on photographs: what they find, in pixels of the picture, whatever its shape."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from models.program import Program
from models.recognition.faces.faces import LANE, Face, FaceInput
from models.recognition.faces.processor import FaceProcessor
from models.recognition.faces.program import MAX_BATCH, WEIGHTS, FaceProgram
from models.recognition.mesh.meshes import LANES as MESH_LANES
from models.recognition.mesh.meshes import Mesh
from models.recognition.mesh.processor import MeshProcessor
from models.recognition.mesh.program import MeshProgram
from models.recognition.people.masks import LANES as PEOPLE_LANES
from models.recognition.people.masks import PeopleInput
from models.recognition.people.processor import PeopleProcessor
from models.recognition.people.program import PeopleProgram
from tests.models.recognition.pictures import finish, look, photo

Pixels = NDArray[np.uint8]
# Of the astronaut, read off the photograph: pixels of 512 x 512.
EYES = (206, 100), (246, 102)
NOSE, MOUTH = (223, 128), (222, 145)


@pytest.fixture(scope="module")
def faces() -> FaceProgram:
    return FaceProgram.load(torch.device("cpu"))


@pytest.fixture(scope="module")
def meshes() -> MeshProgram:
    return MeshProgram.load(torch.device("cpu"))


@pytest.fixture(scope="module")
def people() -> PeopleProgram:
    return PeopleProgram.load(torch.device("cpu"))


def found(program: FaceProgram, picture: Pixels, threshold: float = 0.0) -> list[Face]:
    row = look(program, LANE, [FaceProcessor.prepare(picture, LANE)])[0]
    return FaceProcessor.read(row, (picture.shape[1], picture.shape[0]), threshold, 0)


def fitted(program: MeshProgram, picture: Pixels, limit: int = 0, lane: str = "face_mesh.1") -> list[Mesh]:
    row = look(program, lane, [MeshProcessor.prepare(picture, lane)])[0]
    return MeshProcessor.read(row, (picture.shape[1], picture.shape[0]), 0.0, limit)


def near(point: Sequence[float], other: Sequence[float], pixels: float) -> bool:
    return float(np.hypot(*(np.array(point[:2]) - other))) <= pixels


def padded(picture: Pixels, left: int, top: int, right: int, bottom: int) -> Pixels:
    return np.pad(picture, ((top, bottom), (left, right), (0, 0)), constant_values=128)


def test_they_are_programs(faces: FaceProgram, meshes: MeshProgram, people: PeopleProgram) -> None:
    offered: list[Program] = [faces, meshes, people]
    assert [program.name for program in offered] == ["faces", "face_mesh", "people"]
    assert faces.version == hashlib.sha256(WEIGHTS.read_bytes()).hexdigest()[:12]
    assert len({program.version for program in offered}) == 3
    assert [lane.name for lane in meshes.lanes] == list(MESH_LANES)
    assert [lane.name for lane in people.lanes] == list(PEOPLE_LANES)
    assert all(100_000 < program.resident_bytes < 40_000_000 for program in offered)


@pytest.mark.parametrize("name", ["faces", "meshes", "people"])
def test_they_yield_between_their_stages(name: str, request: pytest.FixtureRequest) -> None:
    program: Program = request.getfixturevalue(name)
    for lane in program.lanes:
        for batch in {1, lane.max_batch}:
            steps, rows = finish(program.start(lane.name, program.sample(lane.name, batch)))
            assert steps == lane.stages
            assert len(rows) == batch


def test_the_astronaut_has_one_face(faces: FaceProgram) -> None:
    (face,) = found(faces, photo("astronaut"))
    assert face.score > 0.8
    assert near(face.right_eye, EYES[0], 9)
    assert near(face.left_eye, EYES[1], 9)
    assert near(face.nose, NOSE, 9)
    assert near(face.mouth, MOUTH, 9)
    assert 170 < face.x < 190
    assert 70 < face.y < 90
    assert 80 < face.width < 110
    assert abs(face.pose.yaw) < 15


@pytest.mark.parametrize("name", ["chelsea", "coffee"])
def test_what_is_no_face_is_none(faces: FaceProgram, meshes: MeshProgram, name: str) -> None:
    assert found(faces, photo(name)) == []
    assert fitted(meshes, photo(name)) == []


@pytest.mark.parametrize("margins", [(0, 0, 200, 0), (200, 0, 0, 0), (0, 150, 0, 0), (100, 0, 100, 50)])
def test_faces_are_in_pixels_of_the_picture(
    faces: FaceProgram, meshes: MeshProgram, margins: tuple[int, int, int, int]
) -> None:
    """Whatever a letterbox does to a picture: what is added at the left and at the top moves the face by as much.

    The detector sees 128 pixels, and is good to three of them; the mesh is cut from the picture itself.
    """
    plain, moved = photo("astronaut"), padded(photo("astronaut"), *margins)
    (face,), (other,) = found(faces, plain), found(faces, moved)
    pixel = max(moved.shape) / 128
    assert near((other.x - margins[0], other.y - margins[1]), (face.x, face.y), 3 * pixel)
    assert near((other.nose[0] - margins[0], other.nose[1] - margins[1]), face.nose, 3 * pixel)
    (mesh,), (again,) = fitted(meshes, plain), fitted(meshes, moved)
    shift = again.points[:, :2] - margins[:2] - mesh.points[:, :2]
    assert float(np.hypot(*shift.T).mean()) < 3.0  # pixels


def test_a_mesh_lies_on_the_face(meshes: MeshProgram) -> None:
    (mesh,) = fitted(meshes, photo("astronaut"))
    assert mesh.score > 0.95
    assert near(mesh.points[[33, 133]].mean(axis=0), EYES[0], 5)
    assert near(mesh.points[[263, 362]].mean(axis=0), EYES[1], 5)
    assert near(mesh.points[[13, 14]].mean(axis=0), MOUTH, 5)
    assert mesh.points[1, 2] < mesh.points[454, 2]  # the nose is closer to the camera than an ear
    assert (mesh.x, mesh.y) == pytest.approx(tuple(mesh.points[:, :2].min(axis=0)))
    assert abs(mesh.pose.yaw) < 10
    assert abs(mesh.pose.roll - 3) < 5


def test_a_turned_picture_has_a_turned_head(meshes: MeshProgram) -> None:
    (upright,) = fitted(meshes, photo("astronaut"))
    (mirrored,) = fitted(meshes, np.ascontiguousarray(photo("astronaut")[:, ::-1]))
    assert mirrored.pose.roll == pytest.approx(-upright.pose.roll, abs=3)
    assert mirrored.pose.pitch == pytest.approx(upright.pose.pitch, abs=3)


def test_two_faces_have_two_meshes(meshes: MeshProgram) -> None:
    head = photo("astronaut")[40:240, 120:320]
    pair = np.concatenate([head, head[:, ::-1]], axis=1)
    assert len(fitted(meshes, pair, limit=4)) == 1  # the cheaper lane looks at one
    one, other = sorted(fitted(meshes, pair, limit=4, lane="face_mesh.4"), key=lambda mesh: mesh.x)
    assert one.x + one.width < 200 < other.x
    assert len(fitted(meshes, pair, limit=1, lane="face_mesh.4")) == 1


@pytest.mark.parametrize("lane", PEOPLE_LANES)
def test_people_are_masked(people: PeopleProgram, lane: str) -> None:
    picture = photo("astronaut")
    (mask,) = PeopleProcessor.read(look(people, lane, [PeopleInput.prepare(picture, lane)])[0], (512, 512), 0.0, 0)
    width, height = PEOPLE_LANES[lane]
    assert mask.pixels.shape == (height, width)
    assert 0.4 < mask.coverage < 0.65
    for x, y, person in ((223, 128, True), (230, 380, True), (420, 60, False), (20, 40, False)):
        assert (mask.pixels[y * height // 512, x * width // 512] > 128) == person


def test_what_is_below_the_threshold_is_left_out_of_a_mask() -> None:
    pixels = np.array([[0, 100, 200, 255]], np.uint8)
    (mask,) = PeopleProcessor.read(pixels, (4, 1), 0.5, 0)
    assert mask.pixels.tolist() == [[0, 0, 200, 255]]
    assert mask.coverage == 0.5


@pytest.mark.parametrize("name", ["faces", "meshes", "people"])
def test_a_row_is_the_same_alone_and_in_company(name: str, request: pytest.FixtureRequest) -> None:
    program: Any = request.getfixturevalue(name)
    lane = program.lanes[-1].name
    processor: Any = {"faces": FaceProcessor, "meshes": MeshProcessor, "people": PeopleProcessor}[name]
    inputs = [processor.prepare(photo(picture), lane) for picture in ("coffee", "astronaut")]
    together, alone = look(program, lane, inputs)[1], look(program, lane, inputs[1:])[0]
    for one, other in zip(parts(together), parts(alone), strict=True):
        np.testing.assert_allclose(one, other, atol=2e-3 if name != "people" else 1)


def parts(row: Any) -> list[Any]:
    """The arrays of a row; of faces only those that are likely."""
    if isinstance(row, np.ndarray):
        return [row.astype(np.int32)]
    arrays = [row.scores, row.points] if hasattr(row, "points") else [row.scores[:5], row.faces[:5]]
    return [np.asarray(array) for array in arrays]


def test_what_is_not_finite_fails_alone(faces: FaceProgram) -> None:
    fine = FaceInput.prepare(photo("astronaut"))
    bad = FaceInput(np.full_like(fine.pixels, np.nan), fine.window)
    rows = look(faces, LANE, [bad, fine])
    assert isinstance(rows[0], FloatingPointError)
    assert len(FaceProcessor.read(rows[1], (512, 512), 0.0, 0)) == 1
    assert len(rows) <= MAX_BATCH


def test_a_run_that_is_given_up_leaves_no_trace(meshes: MeshProgram) -> None:
    before = fitted(meshes, photo("astronaut"))[0].points
    with torch.inference_mode():
        run = meshes.start("face_mesh.4", meshes.sample("face_mesh.4", 1))
        for _ in range(20):
            next(run)
        run.close()
    np.testing.assert_array_equal(fitted(meshes, photo("astronaut"))[0].points, before)
