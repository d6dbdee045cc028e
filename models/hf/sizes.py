"""How large a model's pictures and how long its texts are, by its files. Pictures are never resized here."""

from typing import Any

from models.hf.checkpoint import Checkpoint
from models.hf.reference import Reference

_MOST_TOKENS = 512  # unless the operator says more: each power of two is measured at warm-up
_MOST_PIXELS = 8192  # of an edge


def picture_size(checkpoint: Checkpoint, reference: Reference) -> tuple[int, int]:
    """Height and width. ValueError if neither the operator nor a file says them."""
    if reference.size is not None:
        return reference.size
    found = checkpoint.json("preprocessor_config.json")
    crop = found.get("crop_size") if found.get("do_center_crop") else None
    for said in (crop, found.get("size"), checkpoint.config.get("image_size")):
        if size := _edges(said):
            return size
    raise ValueError(
        f"the files of {checkpoint.folder} do not say how large its pictures are; say it, as in "
        f"hf:{reference.place}?size=480x640 (height x width)"
    )


def longest_text(checkpoint: Checkpoint, reference: Reference) -> int:
    """Tokens of the longest text that is served."""
    if reference.tokens is not None:
        return reference.tokens
    said = (
        checkpoint.config.get("max_position_embeddings"),
        checkpoint.json("tokenizer_config.json").get("model_max_length"),
        checkpoint.json("sentence_bert_config.json").get("max_seq_length"),
    )
    return min([_MOST_TOKENS, *(tokens for tokens in said if isinstance(tokens, int) and tokens > 0)])


def _edges(said: Any) -> tuple[int, int] | None:
    """Height and width of what a file says: a number, two, or named ones.

    A shortest edge alone is a square. With a longest edge a picture keeps its shape; the frame of a game is taken to be
    4:3, as far as that edge allows.
    """
    match said:
        case {"height": int(height), "width": int(width)}:
            size = height, width
        case {"shortest_edge": int(shortest), "longest_edge": int(longest)}:
            size = shortest, min(shortest * 4 // 3, longest)
        case {"shortest_edge": int(edge)} | int(edge):
            size = edge, edge
        case [int(height), int(width)]:
            size = height, width
        case _:
            return None
    return size if all(1 <= edge <= _MOST_PIXELS for edge in size) else None
