"""Street scenes as a detector would report them: the true boxes with noise, drops and gaps."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

RATE = 25.0  # frames a second of both clips
NOISE = 0.04  # standard deviation of centre and sides, in sides
DROPS = 0.1  # share of boxes that are missing by themselves
GAP, GAP_EVERY = 10, 40  # each person is hidden for so many frames in each so many that it is there


class Person(NamedTuple):
    """A true box."""

    id: int
    box: NDArray[np.float64]  # x1, y1, x2, y2


@dataclass(frozen=True)
class Frame:
    """What is there, what is detected of it, and who is in a gap."""

    truth: list[Person]
    boxes: NDArray[np.float64]  # [N, 4]
    scores: NDArray[np.float64]  # [N]
    hidden: frozenset[int]


def frames_of(rows: list[list[float]]) -> list[list[Person]]:
    """Rows of frame, person, x1, y1, x2, y2 by frame; frames without anybody are in it."""
    frames: list[list[Person]] = [[] for _ in range(int(max(row[0] for row in rows)))]
    for frame, person, *box in rows:
        frames[int(frame) - 1].append(Person(int(person), np.array(box)))
    return frames


def noisy(truth: list[list[Person]], seed: int) -> list[Frame]:
    """The same scene through a detector, another one for each seed.

    A person who is covered by one in front (whose feet are lower) has a lower score.
    """
    random = np.random.default_rng(seed)
    hidden = _gaps(truth, random)
    frames = []
    for number, people in enumerate(truth):
        there = [person for person in people if (number, person.id) not in hidden and random.random() >= DROPS]
        boxes = np.array([_shaken(person.box, random) for person in there]).reshape(-1, 4)
        covered = np.array([max((_covered(one.box, other.box) for other in people), default=0.0) for one in there])
        scores = np.clip(0.85 - 0.5 * covered + random.normal(0, 0.07, len(there)), 0.05, 1.0)
        out = frozenset(person.id for person in people if (number, person.id) in hidden)
        frames.append(Frame(people, boxes, scores.reshape(-1), out))
    return frames


def _gaps(truth: list[list[Person]], random: np.random.Generator) -> set[tuple[int, int]]:
    """(frame, person) of all frames in gaps; none at the beginning or the end of a person's time."""
    times: dict[int, list[int]] = {}
    for number, people in enumerate(truth):
        for person in people:
            times.setdefault(person.id, []).append(number)
    hidden = set()
    for person, there in times.items():
        for start in range(0, len(there) - GAP_EVERY + 1, GAP_EVERY):
            first = start + int(random.integers(5, GAP_EVERY - GAP - 1))
            hidden |= {(number, person) for number in there[first : first + GAP]}
    return hidden


def _shaken(box: NDArray[np.float64], random: np.random.Generator) -> NDArray[np.float64]:
    sides = box[2:] - box[:2]
    centre = (box[:2] + box[2:]) / 2 + random.normal(0, NOISE, 2) * sides
    half = sides * np.exp(random.normal(0, NOISE, 2)) / 2
    return np.concatenate([centre - half, centre + half])


def _covered(box: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """The share of a box that another one in front of it covers."""
    if other[3] <= box[3]:
        return 0.0
    shared = np.maximum(np.minimum(box[2:], other[2:]) - np.maximum(box[:2], other[:2]), 0).prod()
    return float(shared / (box[2:] - box[:2]).prod())
