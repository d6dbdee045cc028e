"""Which program answers for a language model's name: the one place where another kind of name enters."""

from collections.abc import Mapping
from pathlib import Path

import torch

from models.dialogue.dialogue_program import DialogueProgram

SHIPPED = "shipped"  # in place of an adapter's folder: the embedded model's for NPCs
NPC_ADAPTER = Path(__file__).parents[1] / "weights" / "dialogue" / "npc"


def load(
    device: torch.device,
    *,
    model: str | None = None,
    slots: int = 24,
    context: int = 1024,
    memory: int | None = None,
    adapters: Mapping[str, str] | None = None,
) -> DialogueProgram:
    """The program of `model`: None for the embedded one, a .gguf file, or a folder with config.json and safetensors.

    `slots` conversations of `context` tokens share the KV cache; `memory` is the limit in bytes of all that it holds.
    `adapters` are LoRA adapters by name, each the folder that PEFT saved, or SHIPPED. ValueError or MemoryError, in a
    sentence, if that cannot be.
    """
    folders = {name: NPC_ADAPTER if folder == SHIPPED else Path(folder) for name, folder in (adapters or {}).items()}
    return DialogueProgram.load(device, model=model, slots=slots, context=context, memory=memory, adapters=folders)
