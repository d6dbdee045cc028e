"""Every model's answers on the device, compared with float32 on the CPU.

Each model runs twice on the device: in float32, with TF32 off, which must agree closely, and in the format that a
server would use there. Each figure is written beside its tolerance. Inputs are eight avatars, three photographs and a
conversation.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from faces import on_device
from numpy.typing import NDArray
from PIL import Image

from gpu import agreement, pieces
from gpu.stage import Findings, Settings
from gpu.timing import rows
from models.avatar.avatar_program import AvatarProgram
from models.recognition.classes import ClassifierInput
from models.recognition.classifier_program import ClassifierProgram
from models.recognition.detections import LANES, DetectorInput
from models.recognition.detector_program import DetectorProgram

_ROOT = Path(__file__).resolve().parents[2]
_PHOTOS = ("bridge/assets/astronaut.jpg", "tests/models/recognition/coffee.jpg", "tests/models/recognition/chelsea.jpg")
CPU = torch.device("cpu")

Figures = Mapping[str, float]
Limits = Mapping[str, float]  # the most that each figure may be
Format = torch.dtype | None  # None: as served

AVATAR: Mapping[str, Limits] = {  # of 255
    "float32": {"worst_difference": 2.0, "mean_difference": 0.05},
    "served": {"worst_difference": 16.0, "mean_difference": 1.0},
}
CLASSIFIER: Mapping[str, Limits] = {  # probabilities; `top_class_below_best`: how much likelier the exact top class is
    "float32": {"worst_difference": 1e-3, "top_class_below_best": 1e-3},
    "served": {"worst_difference": 0.05, "top_class_below_best": 0.02},
}
DETECTOR: Mapping[str, Limits] = {  # `unmatched`: clear objects with no box of their class at IoU 0.8
    "float32": {"score_difference": 2e-3, "unmatched": 0},
    "served": {"score_difference": 0.05, "unmatched": 0},
}


def measure(settings: Settings, findings: Findings) -> None:
    """Compare all models and the texture encoders."""
    torch.backends.cudnn.allow_tf32 = False
    device = torch.device(settings.device)
    checks: dict[str, tuple[Mapping[str, Limits], Callable[[torch.device, Format], Figures]]] = {
        "avatar": (AVATAR, avatar),
        "classifier": (CLASSIFIER, classifier),
        "detector": (DETECTOR, detector),
        "dialogue": (agreement.DIALOGUE, agreement.dialogue),
    }
    with torch.inference_mode():
        for name, (limits, check) in checks.items():
            for form, dtype in (("float32", torch.float32), ("served", None)):
                with findings.part(f"{name}, {form}"):
                    pieces.weights(name)
                    judge(findings, f"{name}, {form}", check(device, dtype), limits[form])
        for name, look in on_device.CHECKS.items():
            with findings.part(name):
                judge(findings, name, look(device, photos()), on_device.LIMITS[name])
        for form in agreement.FORMATS:
            with findings.part(f"texture {form.value}"):
                judge(findings, f"texture {form.value}", agreement.texture(device, form), agreement.TEXTURE)
        with findings.part("own module"):
            judge(findings, "own module", agreement.module(device), agreement.MODULE)


def judge(findings: Findings, name: str, figures: Figures, limits: Limits) -> None:
    """Keep figures beside what they may be; the stage fails for one that is above, or not a number."""
    findings.add(name, {key: {"is": round(float(value), 6), "at_most": limits[key]} for key, value in figures.items()})
    for key, value in figures.items():
        findings.require(value <= limits[key], f"{name}: {key} is {value:.4g}, at most {limits[key]:g} is allowed")


def photos() -> list[NDArray[np.uint8]]:
    """Three photographs, uint8 [H, W, 3]."""
    return [np.asarray(Image.open(_ROOT / name).convert("RGB")) for name in _PHOTOS]


def avatar(device: torch.device, dtype: Format) -> Figures:
    """Both lanes, eight avatars each."""
    exact, other = AvatarProgram.load(CPU, torch.float32), AvatarProgram.load(device, dtype)
    gaps: list[NDArray[Any]] = []
    for lane in exact.lanes:
        inputs = exact.sample(lane.name, lane.max_batch)
        pictures = (np.stack(rows(program.start(lane.name, inputs))).astype(int) for program in (exact, other))
        gaps.append(abs(np.subtract(*pictures)).ravel())
    worst, mean = (max(float(measure(gap)) for gap in gaps) for measure in (np.max, np.mean))
    return {"worst_difference": worst, "mean_difference": mean}


def classifier(device: torch.device, dtype: Format) -> Figures:
    """Probabilities of photographs."""
    exact, other = ClassifierProgram.load(CPU, torch.float32), ClassifierProgram.load(device, dtype)
    inputs = [ClassifierInput.prepare(photo) for photo in photos()]
    lane = exact.lanes[0].name
    true, found = (np.stack(rows(program.start(lane, inputs))) for program in (exact, other))
    chosen = np.take_along_axis(true, found.argmax(1)[:, None], 1)[:, 0]
    return {
        "worst_difference": float(abs(true - found).max()),
        "top_class_below_best": float((true.max(1) - chosen).max()),
    }


def detector(device: torch.device, dtype: Format) -> Figures:
    """Objects in photographs, in all lanes."""
    exact, other = DetectorProgram.load(CPU, torch.float32), DetectorProgram.load(device, dtype)
    unmatched, worst = 0, 0.0
    for lane in LANES:
        for photo in photos():
            inputs = [DetectorInput.prepare(photo, lane)]
            (true,), (found,) = (rows(program.start(lane, inputs)) for program in (exact, other))
            for one, another in ((true, found), (found, true)):
                missed, difference = agreement.objects(one, another)
                unmatched, worst = unmatched + missed, max(worst, difference)
    return {"score_difference": worst, "unmatched": unmatched}
