"""What a model does, by the class that its config.json names."""

from dataclasses import dataclass
from enum import Enum

from models.hf.checkpoint import WRAP, Checkpoint


class Modality(Enum):
    """What a model takes."""

    PICTURES = "pixel_values"  # as transformers calls it
    TEXTS = "input_ids"


@dataclass(frozen=True, slots=True)
class Task:
    """One task: what it takes, and which module gives its answers."""

    takes: Modality
    module: str  # "module:class", imported on load, as it imports torch
    max_batch: int


_CLASSIFICATION = Task(Modality.PICTURES, "models.hf.vision:Classification", 8)
_DETECTION = Task(Modality.PICTURES, "models.hf.detection:Detection", 4)
_DEPTH = Task(Modality.PICTURES, "models.hf.vision:Depth", 4)
_IMAGE = Task(Modality.PICTURES, "models.hf.vision:Image", 4)
_PICTURE_EMBEDDING = Task(Modality.PICTURES, "models.hf.vision:Embedding", 8)
_TEXT_EMBEDDING = Task(Modality.TEXTS, "models.hf.text:Embedding", 8)

_BY_ENDING = {
    "ForImageClassification": _CLASSIFICATION,
    "ForObjectDetection": _DETECTION,
    "ForDepthEstimation": _DEPTH,
    "ForImageSuperResolution": _IMAGE,
}
_ENCODERS = ("Model", "ModelWithProjection")
_LANGUAGE = ("ForCausalLM", "LMHeadModel", "DoubleHeadsModel")


def task_of(checkpoint: Checkpoint) -> Task:
    """The task of a model. ValueError for one that is not served."""
    name = checkpoint.architecture
    if name.endswith(_LANGUAGE):
        raise ValueError(
            f"{name} is a causal language model; these belong to the dialogue capability: name it with --dialogue-model"
        )
    for ending, task in _BY_ENDING.items():
        if name.endswith(ending):
            return task
    if name.endswith(_ENCODERS) and (found := _embedding(checkpoint)):
        return found
    raise ValueError(
        f"{name} is not served; there are classes that end in {', '.join(_BY_ENDING)}, and encoders of pictures or of "
        f"texts that end in Model; else {WRAP}"
    )


def _embedding(checkpoint: Checkpoint) -> Task | None:
    """That of an encoder; None for one of both pictures and texts, of neither, or with a decoder."""
    config = checkpoint.config
    if config.get("is_encoder_decoder") and "Encoder" not in checkpoint.architecture:
        return None
    texts = "vocab_size" in config
    pictures = any(key in config for key in ("image_size", "num_channels", "patch_size"))
    if texts == pictures:
        return None
    return _TEXT_EMBEDDING if texts else _PICTURE_EMBEDDING
