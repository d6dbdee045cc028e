"""Logits of a stored model at every position."""

import torch
from torch import Tensor

from models.language.batch import Batch, Row
from models.language.cache.slots import Lease
from models.language.checkpoints.checkpoint import Checkpoint
from models.language.number_formats import NumberFormats
from models.language.weights import assemble
from tests.models.dialogue.stepping import turn
from tests.models.language.families.cases import TOKENS

CONTEXT = 128
EXACT = NumberFormats(torch.float32, packed=False, cache=torch.float32)


def logits(
    checkpoint: Checkpoint, tokens: list[int] = TOKENS, formats: NumberFormats = EXACT, chunk: int = CONTEXT
) -> Tensor:
    """[tokens, vocabulary], by the decoder for prompts, or that for steps if `chunk` is 1."""
    with torch.inference_mode():
        prompts, steps = assemble(checkpoint, formats, torch.device("cpu"), CONTEXT)
        decoder = steps if chunk == 1 else prompts
        pool, parts = decoder.pool(1, formats.cache), []
        for start in range(0, len(tokens), chunk):
            row = Row(Lease(None, CONTEXT), 0, start, tokens[start : start + chunk], wanted=True)
            batch = Batch([row], pool)
            batch.last = torch.arange(len(row.tokens))
            parts.append(turn(decoder.logits(turn(decoder.read(batch)))).float())
        return torch.cat(parts)
