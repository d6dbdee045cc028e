"""Faces, face meshes and masks of people, read from the server's messages."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bridge.errors import ContractBroken
from bridge.v1 import recognition_pb2

MESH_POINTS = 468
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class HeadPose:
    """How a head is turned against the camera's axis, in degrees. Yaw is positive where the face looks to the picture's
    right, pitch where it looks up, roll where it leans clockwise in the picture.
    """

    yaw: float
    pitch: float
    roll: float


@dataclass(frozen=True, slots=True)
class Face:
    """A face in pixels from the picture's top left corner. Left and right are the person's. Points may lie outside of
    the picture.
    """

    score: float
    x: float
    y: float
    width: float
    height: float
    right_eye: Point
    left_eye: Point
    nose: Point
    mouth: Point
    right_ear: Point
    left_ear: Point
    head: HeadPose


@dataclass(frozen=True, slots=True, eq=False)
class FaceMesh:
    """A face as the 468 points of MediaPipe's canonical face, and their box."""

    score: float
    x: float
    y: float
    width: float
    height: float
    points: NDArray[np.float32]  # [468, 3]: x, y and depth in pixels; less depth is closer to the camera
    head: HeadPose


@dataclass(frozen=True, slots=True, eq=False)
class PeopleMask:
    """Which part of a picture shows people. It spans the whole picture, whatever its shape."""

    pixels: NDArray[np.uint8]  # [H, W], 255 for certain, top row first
    coverage: float  # share of the picture that more likely shows people than not


def faces_of(result: recognition_pb2.RecognitionResult) -> tuple[Face, ...]:
    """The faces of a result, best first."""
    return tuple(
        Face(
            score=face.score,
            x=face.x,
            y=face.y,
            width=face.width,
            height=face.height,
            right_eye=_point(face.right_eye),
            left_eye=_point(face.left_eye),
            nose=_point(face.nose),
            mouth=_point(face.mouth),
            right_ear=_point(face.right_ear),
            left_ear=_point(face.left_ear),
            head=_head(face.head),
        )
        for face in result.faces
    )


def meshes_of(result: recognition_pb2.RecognitionResult) -> tuple[FaceMesh, ...]:
    """The face meshes of a result. ContractBroken if one has another number of points."""
    return tuple(_mesh(mesh) for mesh in result.face_meshes)


def mask_of(result: recognition_pb2.RecognitionResult) -> PeopleMask | None:
    """The mask of a result, if it has one. ContractBroken if its bytes do not fit its size."""
    if not result.HasField("people"):
        return None
    mask = result.people
    pixels = np.frombuffer(mask.data, np.uint8)
    if pixels.size != mask.width * mask.height:
        raise ContractBroken(f"a mask of {mask.width} x {mask.height} has {pixels.size} bytes; update server or client")
    return PeopleMask(pixels.reshape(mask.height, mask.width), mask.coverage)


def _mesh(mesh: recognition_pb2.FaceMesh) -> FaceMesh:
    points = np.array(mesh.points, np.float32)
    if points.size != MESH_POINTS * 3:
        raise ContractBroken(f"a face mesh has {points.size} numbers, not {MESH_POINTS * 3}; update server or client")
    shaped = points.reshape(MESH_POINTS, 3)
    return FaceMesh(mesh.score, mesh.x, mesh.y, mesh.width, mesh.height, shaped, _head(mesh.head))


def _point(point: recognition_pb2.FacePoint) -> Point:
    return point.x, point.y


def _head(pose: recognition_pb2.HeadPose) -> HeadPose:
    return HeadPose(pose.yaw_degrees, pose.pitch_degrees, pose.roll_degrees)
