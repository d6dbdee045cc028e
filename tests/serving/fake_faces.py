"""Quick models of faces and people, with known answers."""

from collections.abc import Generator, Sequence
from typing import Any

import numpy as np

from models.program import Lane
from models.recognition.faces.faces import FaceCandidates, FaceInput
from models.recognition.mesh.meshes import LANES as MESH_LANES
from models.recognition.mesh.meshes import MeshInput, RawMeshes
from models.recognition.people.masks import LANES as PEOPLE_LANES
from models.recognition.people.masks import PeopleInput


class FakeFaces:
    """Sees one face in the middle of every picture."""

    name, version, resident_bytes = "faces", "fake-faces-1", 1
    lanes: tuple[Lane, ...] = (Lane("faces.128", 1, 1),)

    def start(self, lane: str, inputs: Sequence[Any]) -> Generator[None, None, Sequence[Any]]:
        yield
        face = [0.25, 0.25, 0.75, 0.75, 0.4, 0.4, 0.6, 0.4, 0.5, 0.5, 0.5, 0.6, 0.3, 0.42, 0.7, 0.42]
        return [FaceCandidates(np.array([face], np.float32), np.array([0.9], np.float32)) for _ in inputs]

    def sample(self, lane: str, batch: int) -> Sequence[Any]:
        return [FaceInput.prepare(np.zeros((8, 8, 3), np.uint8))] * batch

    def close(self) -> None:
        pass


class FakeMesh:
    """Sees as many faces as a lane may, each a point alone."""

    name, version, resident_bytes = "face_mesh", "fake-mesh-1", 1
    lanes: tuple[Lane, ...] = tuple(Lane(lane, 1, 1) for lane in MESH_LANES)

    def start(self, lane: str, inputs: Sequence[Any]) -> Generator[None, None, Sequence[Any]]:
        yield
        faces = MESH_LANES[lane]
        points = np.full((faces, 468, 3), 0.5, np.float32)
        return [RawMeshes(points, np.linspace(0.9, 0.6, faces, dtype=np.float32)) for _ in inputs]

    def sample(self, lane: str, batch: int) -> Sequence[Any]:
        return [MeshInput.prepare(np.zeros((8, 8, 3), np.uint8))] * batch

    def close(self) -> None:
        pass


class FakePeople:
    """Sees people in the left half of every picture, and doubtful ones in the last column."""

    name, version, resident_bytes = "people", "fake-people-1", 1
    lanes: tuple[Lane, ...] = tuple(Lane(lane, 1, 1) for lane in PEOPLE_LANES)

    def start(self, lane: str, inputs: Sequence[Any]) -> Generator[None, None, Sequence[Any]]:
        yield
        width, height = PEOPLE_LANES[lane]
        mask = np.zeros((height, width), np.uint8)
        mask[:, : width // 2], mask[:, -1] = 255, 51
        return [mask for _ in inputs]

    def sample(self, lane: str, batch: int) -> Sequence[Any]:
        return [PeopleInput.prepare(np.zeros((8, 8, 3), np.uint8), lane)] * batch

    def close(self) -> None:
        pass
