"""Whether a model fits, before anything large is read: about what its weights and its KV cache take."""

import os
from dataclasses import replace
from math import prod

import torch

from models.gguf.four_bit import PARTS as FOUR_BIT
from models.language import integers
from models.language.checkpoints.checkpoint import Checkpoint
from models.language.number_formats import NumberFormats


def fitted(
    formats: NumberFormats, checkpoint: Checkpoint, positions: int, device: torch.device, limit: int | None
) -> NumberFormats:
    """The number formats for a KV cache of `positions`, without the dense copy for prompts where only that fits.

    `limit` is in bytes; None: what the device has. MemoryError, with the mend, if nothing fits.
    """
    if not any(tensor.kind.values > 1 for tensor in checkpoint.tensors.values()):
        formats = replace(formats, packed=False)  # whoever ships floats wants their precision
    room = _room(device) if limit is None else limit
    cache = positions * position_bytes(formats, checkpoint)
    if room is None or weight_bytes(formats, checkpoint, device) + cache <= room:
        return formats
    if formats.packed:
        formats = replace(formats, dense_prompts=False)
    weights = weight_bytes(formats, checkpoint, device)
    if weights + cache > room:
        raise MemoryError(
            f"{checkpoint.name} takes {_mib(weights)}, and {_mib(cache)} for {positions:,} tokens of conversations, "
            f"where {_mib(room)} may be used; choose fewer slots, a shorter context or a smaller model"
        )
    return formats


def weight_bytes(formats: NumberFormats, checkpoint: Checkpoint, device: torch.device) -> int:
    """Memory of the weights, to some percent."""
    total, eight_bits = 0, integers.available(device)
    for name, shape in checkpoint.architecture.tensors():
        stored, values = checkpoint.tensor(name), prod(shape)
        dense, four_bits = values * formats.dense.itemsize, stored.kind.name in FOUR_BIT
        is_table = name in ("token_embd.weight", "output.weight")
        packed = int(stored.blocks.nbytes) if four_bits else values
        if not formats.packed or stored.kind.values == 1 or not (four_bits or eight_bits):
            total += dense  # one copy for prompts and steps
        elif is_table and device.type != "cpu":
            total += dense
        elif is_table:
            multiplied = name == "output.weight" or checkpoint.architecture.tied
            total += int(stored.blocks.nbytes) + packed * multiplied
        else:
            total += packed + dense * formats.dense_prompts
    return total


def position_bytes(formats: NumberFormats, checkpoint: Checkpoint) -> int:
    """Memory of a token's keys and values."""
    architecture = checkpoint.architecture
    return 2 * architecture.layers * architecture.keys_width * formats.cache.itemsize


def _room(device: torch.device) -> int | None:
    """Memory that the device has for models; None if the platform does not say."""
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None


def _mib(number: int) -> str:
    return f"{number / 2**20:,.0f} MiB"
