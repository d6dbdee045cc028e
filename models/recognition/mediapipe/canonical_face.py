"""MediaPipe's canonical face (geometry_pipeline_metadata_landmarks.binarypb): the mesh of an average face, in
centimetres, and which of its points hardly move with the expression. A reader of the few protobuf fields needed.
"""

import struct
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

_MESH, _BASIS = 1, 2  # fields of the file
_VERTICES, _TRIANGLES = 3, 4  # of the mesh
_POINT, _WEIGHT = 1, 2  # of an entry of the basis
_VARINT, _BYTES, _FLOAT = 0, 2, 5  # wire types

Value = int | float | bytes


def canonical_face(data: bytes) -> dict[str, Tensor]:
    """`vertices` [468, 3] in the axes of a picture (right, down, away from the camera), `triangles` [898, 3], and
    `weights` [468], 0 for points that move. ValueError for another file.
    """
    fields = list(_fields(data))
    (mesh,) = (_inside(value) for number, value in fields if number == _MESH)
    numbers = np.array([value for number, value in mesh if number == _VERTICES], np.float32)
    triangles = np.array([value for number, value in mesh if number == _TRIANGLES], np.int32)
    if numbers.size != 468 * 5 or triangles.size != 898 * 3:
        raise ValueError(f"the mesh has {numbers.size} numbers and {triangles.size} corners, not 2340 and 2694")
    vertices = numbers.reshape(468, 5)[:, :3] * np.array([1, -1, -1], np.float32)  # the rest is where a texture goes
    weights = np.zeros(468, np.float32)
    for entry in (_inside(value) for number, value in fields if number == _BASIS):
        point = dict(entry)
        weights[int(point[_POINT])] = point[_WEIGHT]
    arrays = {"vertices": vertices, "triangles": triangles.reshape(898, 3), "weights": weights}
    return {name: torch.from_numpy(np.ascontiguousarray(array)) for name, array in arrays.items()}


def _inside(value: Value) -> list[tuple[int, Value]]:
    if not isinstance(value, bytes):
        raise ValueError("a field that should be a message is a number")
    return list(_fields(value))


def _fields(data: bytes) -> Iterator[tuple[int, Value]]:
    """The fields of a message, in order: number and value."""
    place = 0
    while place < len(data):
        key, place = _varint(data, place)
        number, kind = key >> 3, key & 7
        if kind == _VARINT:
            value, place = _varint(data, place)
            yield number, value
        elif kind == _FLOAT and place + 4 <= len(data):
            yield number, struct.unpack_from("<f", data, place)[0]
            place += 4
        elif kind == _BYTES:
            length, place = _varint(data, place)
            yield number, data[place : place + length]
            place += length
        else:
            raise ValueError(f"field {number} of wire type {kind} cannot be read")


def _varint(data: bytes, place: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where it ends."""
    value = shift = 0
    while place < len(data) and shift < 64:
        byte = data[place]
        value |= (byte & 127) << shift
        place, shift = place + 1, shift + 7
        if byte < 128:
            return value, place
    raise ValueError("the file ends inside a number; is it complete?")
