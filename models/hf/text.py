"""Encoders of texts: one vector of length 1 for each."""

from typing import Any

import torch.nn.functional as F
from torch import Tensor, nn

from models.hf.checkpoint import Checkpoint
from models.hf.pooling import takes_first


class Embedding(nn.Module):
    """The projection if there is one, else the mean over a text's tokens, or its first where the folder says so."""

    def __init__(self, model: Any, padding: int | None, first: bool) -> None:
        super().__init__()
        self.model, self._padding, self._first = model, padding, first

    @classmethod
    def of(cls, model: Any, checkpoint: Checkpoint) -> "Embedding":
        """Of a loaded model. ValueError for a pooling or a further layer that is not known here."""
        if hasattr(model.config, "use_cache"):
            model.config.use_cache = False
        return cls(model, model.config.get_text_config().pad_token_id, takes_first(checkpoint))

    def forward(self, input_ids: Tensor) -> dict[str, Tensor]:
        """`embedding`, [batch, width], of token numbers, [batch, tokens]. Padding is not attended to."""
        mask = (input_ids != self._padding).long() if self._padding is not None else input_ids.new_ones(input_ids.shape)
        answer = self.model(input_ids=input_ids, attention_mask=mask)
        found = getattr(answer, "text_embeds", None)  # of CLIP: the projection
        if found is None:
            hidden = answer.last_hidden_state.float()
            found = hidden[:, 0] if self._first else mean(hidden, mask)
        return {"embedding": F.normalize(found.float(), dim=-1)}


def mean(hidden: Tensor, mask: Tensor) -> Tensor:
    """[batch, width], over the tokens that the mask keeps, of [batch, tokens, width]."""
    kept = mask[..., None].to(hidden.dtype)
    return (hidden * kept).sum(1) / kept.sum(1).clamp(min=1)
