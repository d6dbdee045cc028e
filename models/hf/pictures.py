"""Pictures as a game sends them, made into what a model takes, on its device and as its processor says."""

from typing import Any

import torch
from torch import Tensor, nn

from models.hf.checkpoint import WRAP, Checkpoint

# what a processor may ask for: done here, or done to sizes, which are the sender's part
_KNOWN = {"do_rescale", "do_normalize", "do_flip_channel_order", "do_resize", "do_center_crop", "do_pad"}
_KNOWN |= {"do_convert_rgb", "do_convert_annotations", "do_reduce_labels"}  # of nothing that is sent


class Normalise(nn.Module):
    """uint8 [batch, height, width, 3] of RGB to floats [batch, 3, height, width]."""

    mean: Tensor
    std: Tensor

    def __init__(self, factor: float, offset: float, mean: Tensor, std: Tensor, flipped: bool) -> None:
        super().__init__()
        self._factor, self._offset, self._flipped = factor, offset, flipped
        self.register_buffer("mean", mean[:, None, None])
        self.register_buffer("std", std[:, None, None])

    @classmethod
    def of(cls, checkpoint: Checkpoint) -> "Normalise":
        """What the folder's preprocessor_config.json says, with the defaults of its class.

        ValueError if there is none, or it asks for a step that is not known here.
        """
        found = _processor(checkpoint)
        unknown = sorted(
            key for key, value in found.to_dict().items() if key.startswith("do_") and value and key not in _KNOWN
        )
        if unknown:
            raise ValueError(
                f"its pictures need a step that is not done here ({', '.join(unknown)} in "
                f"{checkpoint.folder}/preprocessor_config.json); {WRAP}"
            )
        mean, std = torch.zeros(3), torch.ones(3)
        if found.do_normalize:
            mean, std = _channels(found.image_mean), _channels(found.image_std)
        if getattr(found, "include_top", False):  # of EfficientNet, which divides twice
            std = std * _channels(found.image_std)
        return cls(
            float(found.rescale_factor) if found.do_rescale else 1.0,
            -1.0 if found.do_rescale and getattr(found, "rescale_offset", False) else 0.0,
            mean,
            std,
            bool(getattr(found, "do_flip_channel_order", False)),
        )

    def forward(self, image: Tensor, dtype: torch.dtype) -> Tensor:
        """Computes in float32, in the order in which transformers does."""
        pixels = image.permute(0, 3, 1, 2).to(torch.float32, memory_format=torch.contiguous_format)
        if self._flipped:
            pixels = pixels.flip(1)
        return ((pixels * self._factor + self._offset - self.mean) / self.std).to(dtype)


def _processor(checkpoint: Checkpoint) -> Any:
    from transformers import AutoImageProcessor

    try:
        return AutoImageProcessor.from_pretrained(
            str(checkpoint.folder), local_files_only=True, trust_remote_code=False
        )
    except Exception as error:
        why = str(error).strip().partition("\n")[0]
        raise ValueError(
            f"{checkpoint.folder} does not say how pictures are normalised ({why}); copy preprocessor_config.json from "
            "where the model comes from"
        ) from None


def _channels(numbers: Any) -> Tensor:
    """One number for each of three channels; one alone is for all."""
    return torch.tensor(numbers, dtype=torch.float32).expand(3).clone()
