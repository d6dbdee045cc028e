"""Objects in a picture, as the family of DETR finds them: a box and a class for each query."""

import torch
from torch import Tensor

from models.hf.checkpoint import WRAP
from models.hf.vision import Vision


class Detection(Vision):
    """The best boxes first; a client takes those whose score is high enough for it."""

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """`boxes`, [batch, queries, 4] as left, top, right, bottom in 0..1; `scores` and `labels`, [batch, queries].

        ValueError for a model that does not answer with boxes and classes of queries.
        """
        answer = self.answer(image)
        logits, boxes = getattr(answer, "logits", None), getattr(answer, "pred_boxes", None)
        if logits is None or boxes is None:
            raise ValueError(
                f"{type(self.model).__name__} does not answer with a box and a class for each query, as DETR does; "
                f"{WRAP}"
            )
        scores, labels, rows = best(logits.float(), self.model.config.num_labels)
        found = corners(boxes.float()).gather(1, rows[..., None].expand(-1, -1, 4))
        return {"boxes": found, "scores": scores, "labels": labels}


def best(logits: Tensor, labels: int) -> tuple[Tensor, Tensor, Tensor]:
    """Scores, labels and rows of as many finds as there are queries, best first, from [batch, queries, classes].

    With one class more than there are labels, the last is "no object" and the others exclude one another; else each
    label is a question of its own, and one query may be two finds, as in transformers.
    """
    queries = logits.shape[1]
    if logits.shape[-1] == labels + 1:
        found, classes = logits.softmax(-1)[..., :-1].max(-1)
        scores, rows = found.sort(dim=-1, descending=True, stable=True)
        return scores, classes.gather(1, rows), rows
    scores, places = logits.sigmoid().flatten(1).topk(queries, dim=-1)
    return scores, places % logits.shape[-1], places // logits.shape[-1]


def corners(boxes: Tensor) -> Tensor:
    """Boxes as left, top, right, bottom, of center, width and height."""
    center, half = boxes[..., :2], boxes[..., 2:] * 0.5
    return torch.cat((center - half, center + half), dim=-1)
