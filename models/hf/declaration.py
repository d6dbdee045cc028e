"""A model of Hugging Face as it is declared to a server: read from its JSON files, without torch or transformers."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from models.hf import folder, loading
from models.hf.checkpoint import Checkpoint
from models.hf.reference import Reference
from models.hf.sizes import longest_text, picture_size
from models.hf.tasks import Modality, task_of
from models.module.tensors import Dim, Tensor

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True, slots=True)
class HfModel:
    """What a server has to know of it. Its outputs are found by one run."""

    name: str
    load: "Callable[[], nn.Module]"
    inputs: Mapping[str, Tensor]  # of one row
    max_batch: int


def hf_model(text: str) -> HfModel:
    """Declare the model that follows `hf:`. ValueError, with the mend, for one that cannot be served.

    Vision models take `image`, uint8 [height, width, 3] of RGB, in the size that the model's files or `?size` say;
    encoders of texts take `input_ids`, padded with the model's `pad_token_id` or not. Answers by task:

    - classification: `scores`, float32 [labels], which add up to 1;
    - object detection, best first: `boxes`, float32 [n, 4] as left, top, right, bottom in 0..1; `scores`, float32 [n];
      `labels`, int64 [n];
    - depth: `depth`, float32 [height, width], in the model's unit;
    - super-resolution: `image`, uint8 [height, width, 3] of RGB;
    - encoders: `embedding`, float32 [width], of length 1.

    The names of labels are in the folder's config.json (`id2label`).
    """
    reference = Reference.of(text)
    folder.check_installed()
    checkpoint = Checkpoint.read(folder.find(reference))
    task = task_of(checkpoint)
    if task.takes is Modality.PICTURES:
        inputs = {"image": Tensor("uint8", (*picture_size(checkpoint, reference), 3))}
    else:
        inputs = {"input_ids": Tensor("int64", (Dim(1, longest_text(checkpoint, reference)),))}
    return HfModel(_name(reference), partial(loading.load, checkpoint, task), inputs, task.max_batch)


def _name(reference: Reference) -> str:
    """The last part of the folder's or the repository's name, of letters that a model's name may have."""
    place = Path(reference.place).expanduser()
    last = place.resolve().name if place.is_dir() else place.name
    name = re.sub(r"[^a-z0-9_-]+", "-", last.lower()).strip("-_")
    return (name if name[:1].isalpha() else f"hf-{name}".rstrip("-"))[:48]
