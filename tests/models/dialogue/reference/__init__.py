"""What `transformers` made of the same file: written by make_reference.py, read here."""

import json
from dataclasses import dataclass
from pathlib import Path

from safetensors import safe_open
from torch import Tensor

from models.dialogue.chat import Message, Role

PATH = Path("models/weights/dialogue/reference.safetensors")


@dataclass(frozen=True)
class Chat:
    """A conversation, its tokens, and at every position the likeliest tokens, their logits and the log of the sum."""

    messages: list[Message]
    ids: list[int]
    tokens: Tensor  # [positions, likeliest]
    logits: Tensor  # [positions, likeliest]
    total: Tensor  # [positions]


def read() -> tuple[list[Chat], dict[str, list[int]]]:
    """The conversations, and tricky texts with their tokens."""
    with safe_open(PATH, "pt") as file:
        metadata = file.metadata()
        chats = [
            Chat(
                [Message(Role(message["role"]), message["content"]) for message in messages],
                file.get_tensor(f"{number}.ids").tolist(),
                file.get_tensor(f"{number}.tokens").long(),
                file.get_tensor(f"{number}.logits"),
                file.get_tensor(f"{number}.total"),
            )
            for number, messages in enumerate(json.loads(metadata["chats"]))
        ]
    return chats, json.loads(metadata["texts"])


CHATS, TEXTS = read()
