"""Draws what the models of faces and people see in two photographs: boxes, points and pose, mesh, mask."""

import math
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from safetensors.numpy import load_file

from faces.pictures import finished, pictures
from models.recognition.faces.faces import LANE, Face
from models.recognition.faces.head_pose import WEIGHTS, HeadPose
from models.recognition.faces.processor import FaceProcessor
from models.recognition.faces.program import FaceProgram
from models.recognition.mesh.meshes import Mesh
from models.recognition.mesh.processor import MeshProcessor
from models.recognition.mesh.program import MeshProgram
from models.recognition.people.masks import Mask
from models.recognition.people.processor import PeopleProcessor
from models.recognition.people.program import PeopleProgram

RESULT = Path(__file__).parents[2] / "docs" / "faces.png"
_SIDE, _LABEL, _GAP = 384, 40, 8
_GREEN, _YELLOW, _RED, _INK = (60, 230, 90), (255, 220, 40), (240, 60, 60), (20, 20, 20)
_POINTS = ("right_eye", "left_eye", "nose", "mouth", "right_ear", "left_ear")
_COLOURS = 128  # keep the file small

Pixels = NDArray[np.uint8]


def faces_of(picture: Pixels) -> list[Face]:
    """What "faces" answers."""
    row = finished(FaceProgram.load(torch.device("cpu")).start(LANE, [FaceProcessor.prepare(picture, LANE)]))[0]
    return FaceProcessor.read(row, (picture.shape[1], picture.shape[0]), 0.0, 0)


def meshes_of(picture: Pixels) -> list[Mesh]:
    """What "face_mesh" answers."""
    lane = "face_mesh.1"
    row = finished(MeshProgram.load(torch.device("cpu")).start(lane, [MeshProcessor.prepare(picture, lane)]))[0]
    return MeshProcessor.read(row, (picture.shape[1], picture.shape[0]), 0.0, 0)


def mask_of(picture: Pixels) -> Mask:
    """What "people" answers."""
    lane = "people.256"
    row = finished(PeopleProgram.load(torch.device("cpu")).start(lane, [PeopleProcessor.prepare(picture, lane)]))[0]
    return PeopleProcessor.read(row, (picture.shape[1], picture.shape[0]), 0.0, 0)[0]


def with_faces(picture: Pixels) -> tuple[Image.Image, str]:
    """Boxes, points and the direction in which the face looks."""
    image, label = Image.fromarray(picture), "no face"
    draw = ImageDraw.Draw(image)
    for face in faces_of(picture):
        draw.rectangle((face.x, face.y, face.x + face.width, face.y + face.height), outline=_GREEN, width=3)
        for name in _POINTS:
            x, y = getattr(face, name)
            draw.ellipse((x - 4, y - 4, x + 4, y + 4), fill=_YELLOW, outline=_INK)
        label = f"faces: {face.score:.2f}, {words(face.pose)}"
    return image, label


def with_mesh(picture: Pixels) -> tuple[Image.Image, str]:
    """The edges of the mesh's triangles, enlarged, and the head's three axes."""
    (mesh,) = meshes_of(picture)
    side = 1.35 * max(mesh.width, mesh.height)
    left, top = mesh.x + mesh.width / 2 - side / 2, mesh.y + mesh.height / 2 - side / 2
    box = round(left), round(top), round(left + side), round(top + side)
    image = Image.fromarray(picture).crop(box).resize((2 * _SIDE, 2 * _SIDE), Image.Resampling.BICUBIC)
    points = (mesh.points[:, :2] - box[:2]) * (2 * _SIDE / (box[2] - box[0]))
    draw = ImageDraw.Draw(image)
    for triangle in load_file(WEIGHTS)["triangles"]:
        corners = [tuple(points[corner]) for corner in triangle]
        draw.line([*corners, corners[0]], fill=_GREEN, width=1)
    nose = points[1]
    ahead = nose + _SIDE * np.array([math.sin(math.radians(mesh.pose.yaw)), -math.sin(math.radians(mesh.pose.pitch))])
    draw.line([tuple(nose), tuple(ahead)], fill=_RED, width=5)
    return image, f"face_mesh: {mesh.score:.2f}, {words(mesh.pose)}"


def with_mask(picture: Pixels) -> tuple[Image.Image, str]:
    """What is no person, darkened."""
    mask = mask_of(picture)
    shape = Image.fromarray(mask.pixels).resize((picture.shape[1], picture.shape[0]), Image.Resampling.BILINEAR)
    share = np.asarray(shape, np.float32)[..., None] / 255
    shown = picture * share + (picture * 0.25 + np.array((0, 0, 90))) * (1 - share)
    return Image.fromarray(shown.astype(np.uint8)), f"people: {mask.coverage:.0%} of the picture"


def words(pose: HeadPose) -> str:
    """A pose in words."""
    return f"yaw {pose.yaw:+.0f}, pitch {pose.pitch:+.0f}, roll {pose.roll:+.0f}"


def sheet() -> Image.Image:
    """A row a photograph."""
    rows = [[draw(picture) for draw in (with_faces, with_mesh, with_mask)] for picture in pictures().values()]
    width, height = 3 * (_SIDE + _GAP) + _GAP, len(rows) * (_SIDE + _LABEL) + _GAP
    page = Image.new("RGB", (width, height), "white")
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(17)
    for row, cells in enumerate(rows):
        for column, (image, label) in enumerate(cells):
            image.thumbnail((_SIDE, _SIDE))
            left, top = _GAP + column * (_SIDE + _GAP), _GAP + row * (_SIDE + _LABEL)
            page.paste(image, (left + (_SIDE - image.width) // 2, top))
            draw.text((left, top + _SIDE + 8), label, fill=_INK, font=font)
    return page


def draw(path: Path) -> None:
    """Draw the sheet into a file."""
    sheet().quantize(_COLOURS).save(path, optimize=True)
