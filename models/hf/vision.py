"""Models of pictures with their pre- and postprocessing, so that games send bytes and receive what they show or use."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.hf.checkpoint import Checkpoint
from models.hf.pictures import Normalise


class Vision(nn.Module):
    """A model of transformers behind the normalisation of its pictures, uint8 [batch, height, width, 3] of RGB."""

    def __init__(self, model: Any, normalise: Normalise) -> None:
        super().__init__()
        self.normalise, self.model = normalise, model

    @classmethod
    def of(cls, model: Any, checkpoint: Checkpoint) -> "Vision":
        """Of a loaded model. ValueError if its folder does not say how pictures are normalised."""
        return cls(model, Normalise.of(checkpoint))

    def answer(self, image: Tensor) -> Any:
        """What transformers calls its output."""
        return self.model(pixel_values=self.normalise(image, self.model.dtype))


class Classification(Vision):
    """How likely each label is."""

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """`scores`, [batch, labels]."""
        return {"scores": self.answer(image).logits.float().softmax(-1)}


class Depth(Vision):
    """How far away everything is, in the model's unit."""

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """`depth`, [batch, height, width], in the picture's size."""
        depth, size = self.answer(image).predicted_depth.float(), tuple(image.shape[1:3])
        if tuple(depth.shape[-2:]) != size:
            depth = F.interpolate(depth[:, None], size, mode="bicubic", align_corners=False)[:, 0]
        return {"depth": depth}


class Image(Vision):
    """A picture for a picture, such as a larger one."""

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """`image`, uint8 [batch, height, width, 3] of RGB. NaN, as of overflown halves, is black."""
        made = self.answer(image).reconstruction.float().nan_to_num(0.0).clamp(0, 1)
        return {"image": (made * 255).round().to(torch.uint8).permute(0, 2, 3, 1)}


class Embedding(Vision):
    """A vector of length 1 for a picture: the projection if there is one, else what is pooled, else the class token."""

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """`embedding`, [batch, width]."""
        answer = self.answer(image)
        found = getattr(answer, "image_embeds", None)
        if found is None:
            found = getattr(answer, "pooler_output", None)
        if found is None:
            found = answer.last_hidden_state[:, 0]
        return {"embedding": F.normalize(found.float().flatten(1), dim=-1)}
