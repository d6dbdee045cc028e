"""A Kalman filter of constant velocity over many boxes at once: centre and sides, each with its own velocity.

The four are filtered apart, so a covariance is three numbers: of position, of position and velocity, of velocity.
Noise is measured in the box's own sides, so the unit of length does not matter.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]  # [N, 4]: centre x, centre y, width, height


@dataclass(frozen=True, slots=True)
class Noise:
    """How exact boxes are and how unsteadily objects move, as shares of a box's sides."""

    box: float = 0.06  # standard deviation of a detected coordinate
    push: float = 0.5  # of the change of a centre's velocity within a second, in sides a second
    growth: float = 0.15  # the same of a side's
    first_speed: float = 1.5  # of a new object's velocity, in sides a second
    first_growth: float = 0.3  # of the change of its sides


NOISE = Noise()
_LEAST_SIDE = 0.1  # of a side that shrinks, so that none becomes negative


@dataclass(frozen=True, slots=True)
class Motion:
    """Where N boxes are and how they move at one time."""

    numbers: NDArray[np.float64]  # [5, N, 4]: place, speed, variance of the place, covariance, variance of the speed

    @classmethod
    def of(cls, place: Values, speed: Values, variance: Values, covariance: Values, speed_variance: Values) -> "Motion":
        """From its parts, each [N, 4]."""
        return cls(np.stack([place, speed, variance, covariance, speed_variance]))

    def __len__(self) -> int:
        return int(self.numbers.shape[1])

    @property
    def place(self) -> Values:
        """Centres and sides."""
        return np.asarray(self.numbers[0])

    @property
    def speed(self) -> Values:
        """Of centres and sides, per second."""
        return np.asarray(self.numbers[1])

    @property
    def variance(self) -> Values:
        """Of the place."""
        return np.asarray(self.numbers[2])

    @property
    def boxes(self) -> Values:
        """As corners [N, 4]: x1, y1, x2, y2."""
        return corners(self.place)

    def chosen(self, rows: NDArray[np.intp]) -> "Motion":
        """Some of the boxes."""
        return Motion(self.numbers[:, rows])

    def replaced(self, rows: NDArray[np.intp], others: "Motion") -> "Motion":
        """With others in place of some of the boxes."""
        numbers = self.numbers.copy()
        numbers[:, rows] = others.numbers
        return Motion(numbers)

    def joined(self, others: "Motion") -> "Motion":
        """These, then the others."""
        return Motion(np.concatenate([self.numbers, others.numbers], axis=1))


NOTHING = Motion(np.zeros((5, 0, 4)))


def corners(values: Values) -> Values:
    """[N, 4] of centre and sides to corners."""
    half = values[:, 2:] / 2
    return np.concatenate([values[:, :2] - half, values[:, :2] + half], axis=1)


def values(boxes: NDArray[np.floating]) -> Values:
    """[N, 4] of corners to centre and sides."""
    low, high = boxes[:, :2].astype(float), boxes[:, 2:].astype(float)
    return np.concatenate([(low + high) / 2, high - low], axis=1)


def begun(boxes: Values, noise: Noise = NOISE) -> Motion:
    """Boxes seen for the first time: they may move in any direction."""
    place = values(boxes)
    sides, zeros = _sides(place), np.zeros_like(place)
    first = np.array([noise.first_speed] * 2 + [noise.first_growth] * 2)
    return Motion.of(place, zeros, (noise.box * sides) ** 2, zeros, (first * _scale(sides)) ** 2)


def later(motion: Motion, seconds: float, noise: Noise = NOISE) -> Motion:
    """The boxes some time later, unless something has pushed them."""
    before, speed, variance, covariance, speed_variance = motion.numbers
    push = np.array([noise.push] * 2 + [noise.growth] * 2)
    density = (push * _scale(_sides(before))) ** 2
    place = before + speed * seconds
    place[:, 2:] = np.maximum(place[:, 2:], _LEAST_SIDE * before[:, 2:])
    return Motion.of(
        place,
        speed,
        variance + seconds * (2 * covariance + seconds * speed_variance) + density * seconds**3 / 3,
        covariance + seconds * speed_variance + density * seconds**2 / 2,
        speed_variance + density * seconds,
    )


def corrected(motion: Motion, boxes: Values, noise: Noise = NOISE) -> Motion:
    """The motion with a detected box [N, 4] of each at the same time taken in."""
    place, speed, variance, covariance, speed_variance = motion.numbers
    seen = values(boxes)
    total = variance + (noise.box * _sides(seen)) ** 2
    gain, speed_gain = variance / total, covariance / total
    surprise = seen - place
    return Motion.of(
        place + gain * surprise,
        speed + speed_gain * surprise,
        variance * (1 - gain),
        covariance * (1 - gain),
        speed_variance - speed_gain * covariance,
    )


def _sides(place: Values) -> Values:
    """The side along each of the four values: width, height, width, height; never 0."""
    return np.maximum(np.tile(place[:, 2:], 2), 1e-6)


def _scale(sides: Values) -> Values:
    """For centres the geometric mean of both sides, as a narrow object is not slower; for sides the side."""
    mean = np.sqrt(sides[:, :1] * sides[:, 1:2])
    return np.concatenate([mean, mean, sides[:, 2:]], axis=1)
