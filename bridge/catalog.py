"""The models that this server knows: a literal table. A model declares its rungs here and nowhere else.

Imports of torch wait until a model is loaded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.config import Config

if TYPE_CHECKING:
    import torch

    from models.program import Program


@dataclass(frozen=True, slots=True)
class Entry:
    """One model: what it serves, how it is loaded, and its ways to answer from best to cheapest."""

    name: str
    capability: str  # "avatar", "dialogue" or "recognition"
    load: Callable[[torch.device, Config], Program]
    rungs: tuple[str, ...]  # lanes, "/cheaper" for one in a cheaper texture format; without a dot: no lane
    holds: bool = True  # whether a fuller batch may be waited for


def _avatar(device: torch.device, config: Config) -> Program:
    from models.avatar.program import AvatarProgram

    return AvatarProgram.load(device)


def _dialogue(device: torch.device, config: Config) -> Program:
    from models.dialogue.program import DialogueProgram

    return DialogueProgram.load(device, slots=config.dialogue_slots, context=config.dialogue_context)


def _classifier(device: torch.device, config: Config) -> Program:
    from models.recognition.classifier_program import ClassifierProgram

    return ClassifierProgram.load(device)


def _detector(device: torch.device, config: Config) -> Program:
    from models.recognition.detector_program import DetectorProgram

    return DetectorProgram.load(device)


CATALOG = {
    entry.name: entry
    for entry in (
        Entry("avatar", "avatar", _avatar, ("avatar.64", "avatar.64/cheaper", "avatar.32/cheaper", "repeat")),
        Entry("dialogue", "dialogue", _dialogue, ("dialogue.prefill", "fewer"), holds=False),
        Entry("classifier", "recognition", _classifier, ("classifier.224", "repeat")),
        Entry("detector", "recognition", _detector, ("detector.416", "detector.320", "carry")),
    )
}
