"""The flags of NPCs: their folder, and the adapters of the model that they speak with."""

from bridge.flag import flag
from bridge.value_kinds import ADAPTERS, FOLDER, TEXT

NPCS = (
    flag(
        "--dialogue-adapter",
        "dialogue_adapters",
        "NAME=FOLDER",
        "a LoRA adapter of the dialogue model, in a folder that PEFT saved; may be repeated",
        ADAPTERS,
        sample=("npc=./adapters/npc",),
        path=("models", "dialogue", "adapters"),
        repeats=True,
    ),
    flag(
        "--dialogue-npc-adapter",
        "dialogue_npc_adapter",
        "NAME",
        'the adapter that NPCs speak with; "none" for none',
        TEXT,
        unset="the one that ships, with the embedded model",
        sample="npc",
        path=("models", "dialogue", "npc-adapter"),
    ),
    flag(
        "--npcs",
        "npcs_folder",
        "FOLDER",
        "folder of NPCs, a file *.toml for each",
        FOLDER,
        unset="none",
        sample="./npc",
        path=("npcs", "folder"),
    ),
)
