"""Small models of an operator's own, for the suites that talk to a real server."""

import torch
from torch import nn

from bridge import Dim, ModuleModel, Tensor

SIDE = 64
_LEAST, _MOST = 1 << 16, 1 << 21  # bytes


class Invert(nn.Module):
    """The negative of a picture from 0 to 1, and its mean."""

    def forward(self, image: torch.Tensor) -> dict[str, torch.Tensor]:
        return {"image": 1 - image, "mean": image.mean((1, 2, 3))[:, None]}


class Mask(nn.Module):
    """255 less each byte, where `keep` is not set."""

    def forward(self, bytes_: torch.Tensor, keep: torch.Tensor) -> dict[str, torch.Tensor]:
        return {"bytes": torch.where(keep[:, None], bytes_, 255 - bytes_)}


OWN_MODELS = (
    ModuleModel("invert", load=Invert, inputs={"image": Tensor("float32", (3, SIDE, SIDE))}, budget=5.0),
    ModuleModel(
        "mask",
        load=Mask,
        inputs={"bytes": Tensor("uint8", (Dim(_LEAST, _MOST),)), "keep": Tensor("bool", ())},
        max_batch=1,
        budget=20.0,
    ),
)
