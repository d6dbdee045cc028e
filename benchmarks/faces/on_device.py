"""Faces, meshes and masks of photographs on a device, compared with the CPU. All of them run in float32 everywhere."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from faces.pictures import finished
from models.recognition.faces.faces import LANE, FaceInput
from models.recognition.faces.program import FaceProgram
from models.recognition.mesh.meshes import LANES as MESH_LANES
from models.recognition.mesh.meshes import MeshInput
from models.recognition.mesh.program import MeshProgram
from models.recognition.people.masks import LANES as PEOPLE_LANES
from models.recognition.people.masks import PeopleInput
from models.recognition.people.program import PeopleProgram

CPU = torch.device("cpu")
Photos = Sequence[NDArray[np.uint8]]
Figures = Mapping[str, float]

LIMITS: Mapping[str, Figures] = {  # shares of the picture, and bytes of a mask
    "faces": {"score_difference": 2e-3, "place_difference": 1e-3},
    "face_mesh": {"score_difference": 2e-3, "point_difference": 1e-3},
    "people": {"worst_difference": 3.0},
}


def faces(device: torch.device, photos: Photos) -> Figures:
    """The likely predictions, which come in the order of their scores."""
    exact, other = FaceProgram.load(CPU), FaceProgram.load(device)
    scores, places = 0.0, 0.0
    for photo in photos:
        one, two = (_row(program, LANE, FaceInput.prepare(photo)) for program in (exact, other))
        likely = int((one.scores > 0.5).sum())
        scores = max(scores, _gap(one.scores[:likely], two.scores[:likely]))
        places = max(places, _gap(one.faces[:1], two.faces[:1]))
    return {"score_difference": scores, "place_difference": places}


def face_mesh(device: torch.device, photos: Photos) -> Figures:
    """All points of the meshes that are there, in all lanes."""
    exact, other = MeshProgram.load(CPU), MeshProgram.load(device)
    scores, points = 0.0, 0.0
    for lane in MESH_LANES:
        for photo in photos:
            one, two = (_row(program, lane, MeshInput.prepare(photo)) for program in (exact, other))
            there = one.scores > 0
            scores = max(scores, _gap(one.scores, two.scores))
            points = max(points, _gap(one.points[there], two.points[there]))
    return {"score_difference": scores, "point_difference": points}


def people(device: torch.device, photos: Photos) -> Figures:
    """Masks, in both lanes."""
    exact, other = PeopleProgram.load(CPU), PeopleProgram.load(device)
    gaps = [
        _gap(*(_row(program, lane, PeopleInput.prepare(photo, lane)) for program in (exact, other)))
        for lane in PEOPLE_LANES
        for photo in photos
    ]
    return {"worst_difference": max(gaps)}


CHECKS: Mapping[str, Callable[[torch.device, Photos], Figures]] = {
    "faces": faces,
    "face_mesh": face_mesh,
    "people": people,
}


def _row(program: Any, lane: str, given: Any) -> Any:
    (row,) = finished(program.start(lane, [given]))
    if isinstance(row, Exception):
        raise row
    return row


def _gap(one: NDArray[Any], other: NDArray[Any]) -> float:
    return float(np.abs(one.astype(np.float64) - other).max(initial=0.0))
