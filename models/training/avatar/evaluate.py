"""Evaluates the generator as shipped: through the program, with float16 weights and 8-bit pictures.

On held-out combinations of parts, against their true renders and by an independent judge.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from models.avatar.avatar_program import FULL_LANE, MAX_BATCH, AvatarProgram
from models.avatar.look import Conditions
from models.avatar.processor import AvatarInput
from models.training.avatar.dataset import Pictures, as_tensor
from models.training.avatar.judge import Judge, accuracies


@dataclass(frozen=True, slots=True)
class Report:
    """Results of an evaluation; PSNR in dB over premultiplied RGBA, accuracies per attribute."""

    pictures: int
    psnr_mean: float
    psnr_p5: float
    psnr_min: float
    attributes_made: dict[str, float]
    attributes_true: dict[str, float]

    def meets_bars(self) -> bool:
        """Whether every figure meets the project's bar for 64-pixel avatars."""
        made, true = min(self.attributes_made.values()), min(self.attributes_true.values())
        return self.psnr_mean >= 31 and self.psnr_p5 >= 27.5 and made >= 0.97 and true >= 0.985


def evaluate(made: Pictures, truth: Pictures, rows: Sequence[Conditions], judge: Judge) -> Report:
    """Compare pictures `made` from the conditions `rows` with the `truth`, all in the same order."""
    decibels = psnr(made, truth)
    conditions = torch.from_numpy(np.stack(rows))
    return Report(
        pictures=len(truth),
        psnr_mean=round(float(decibels.mean()), 3),
        psnr_p5=round(float(np.percentile(decibels, 5)), 3),
        psnr_min=round(float(decibels.min()), 3),
        attributes_made=accuracies(judge, as_tensor(made), conditions),
        attributes_true=accuracies(judge, as_tensor(truth), conditions),
    )


@dataclass(frozen=True, slots=True)
class ExitReport:
    """Results of an evaluation of the smaller lane; PSNR in dB over premultiplied RGBA, at half the size.

    `averaged_mean` is the PSNR of full-size pictures averaged down: the upper bound for the exit.
    """

    pictures: int
    psnr_mean: float
    psnr_p5: float
    psnr_min: float
    averaged_mean: float


def evaluate_exit(small: Pictures, made: Pictures, truth: Pictures) -> ExitReport:
    """Compare the `small` pictures, and full-size ones `made` of the same looks, with the averaged-down `truth`."""
    target = averaged_down(truth)
    decibels = psnr(small, target)
    return ExitReport(
        pictures=len(truth),
        psnr_mean=round(float(decibels.mean()), 3),
        psnr_p5=round(float(np.percentile(decibels, 5)), 3),
        psnr_min=round(float(decibels.min()), 3),
        averaged_mean=round(float(psnr(averaged_down(made), target).mean()), 3),
    )


def averaged_down(pictures: Pictures) -> NDArray[np.float64]:
    """Pictures [N, S, S, 4] to [N, S/2, S/2, 4], each pixel the unrounded mean of four: correct because
    premultiplied.
    """
    count, size, _, channels = pictures.shape
    averaged: NDArray[np.float64] = pictures.reshape(count, size // 2, 2, size // 2, 2, channels).mean(axis=(2, 4))
    return averaged


def psnr(made: Pictures | NDArray[np.float64], truth: Pictures | NDArray[np.float64]) -> NDArray[np.float64]:
    """PSNR of each picture in dB, [N], over all four premultiplied channels."""
    error = ((made.astype(np.float64) - truth) ** 2).mean(axis=(1, 2, 3))
    decibels: NDArray[np.float64] = 10 * np.log10(255**2 / np.maximum(error, 1e-9))
    return decibels


def paint(program: AvatarProgram, rows: Sequence[Conditions], lane: str = FULL_LANE) -> Pictures:
    """Pictures of all `rows`, in full batches. Raises a failed row's exception."""
    pictures: list[NDArray[np.uint8]] = []
    for start in range(0, len(rows), MAX_BATCH):
        for output in run_to_end(program, [AvatarInput(row) for row in rows[start : start + MAX_BATCH]], lane):
            if isinstance(output, Exception):
                raise output
            pictures.append(output)
    return np.stack(pictures)


@torch.inference_mode()
def run_to_end(
    program: AvatarProgram, inputs: Sequence[AvatarInput], lane: str = FULL_LANE
) -> Sequence[NDArray[np.uint8] | Exception]:
    """Step one run through all of its stages, without interruption."""
    run = program.start(lane, inputs)
    while True:
        try:
            next(run)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
