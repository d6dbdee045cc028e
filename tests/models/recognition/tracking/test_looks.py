"""Looks: what is of one colour is alike wherever it is, and cheap to tell from another."""

import numpy as np
import pytest

from models.recognition.colours import SIDE, colours
from models.recognition.tracking.looks import SIZE, looks

BOXES = np.array([[0.1, 0.2, 0.3, 0.8], [0.6, 0.2, 0.8, 0.8]])


def picture(left: tuple[int, int, int], right: tuple[int, int, int]) -> np.ndarray:
    pixels = np.full((120, 160, 3), 128, np.uint8)
    pixels[24:96, 16:48], pixels[24:96, 96:128] = left, right
    return pixels


def test_a_look_is_of_length_one_and_knows_its_colours() -> None:
    red_blue = looks(picture((200, 20, 20), (20, 20, 200)), BOXES)
    blue_red = looks(picture((20, 20, 200), (200, 20, 20)), BOXES)
    assert red_blue.shape == (2, SIZE)
    assert np.linalg.norm(red_blue, axis=1) == pytest.approx(1)
    assert red_blue @ blue_red.T == pytest.approx(np.array([[0, 1], [1, 0]]), abs=1e-6)


def test_where_on_the_body_a_colour_is_matters() -> None:
    pixels = picture((200, 20, 20), (20, 20, 200))
    pixels[60:96, 16:48], pixels[24:60, 96:128] = (20, 20, 200), (200, 20, 20)
    pixels[60:96, 96:128] = (20, 20, 200)
    alike = looks(pixels, BOXES)
    assert alike[0] @ alike[1] == pytest.approx(1)
    pixels[24:60, 96:128], pixels[60:96, 96:128] = (20, 20, 200), (200, 20, 20)
    turned = looks(pixels, BOXES)
    assert turned[0] @ turned[1] == pytest.approx(0, abs=1e-6)


def test_boxes_at_and_beyond_the_edge_have_looks() -> None:
    boxes = np.array([[-0.2, -0.1, 1.2, 1.4], [0.999, 0.999, 1.0, 1.0], [0.5, 0.5, 0.5, 0.5]])
    assert np.isfinite(looks(picture((1, 2, 3), (4, 5, 6)), boxes)).all()
    assert looks(picture((1, 2, 3), (4, 5, 6)), np.zeros((0, 4))).shape == (0, SIZE)


def test_a_picture_is_made_small_and_owns_its_memory() -> None:
    large = np.zeros((720, 1280, 3), np.uint8)
    assert colours(large).shape == (108, SIDE, 3)
    part = large[:90, :160]
    kept = colours(part)
    assert kept.shape == part.shape
    assert kept.base is None
