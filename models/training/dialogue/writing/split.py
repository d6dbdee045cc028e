"""What training never sees: a tenth of the trades, nouns, names, slots' words, facts and phrasings, chosen by hash."""

import hashlib
from collections.abc import Callable, Sequence
from enum import Enum
from typing import TypeVar

T = TypeVar("T")


class Side(Enum):
    """Whom a conversation is written for."""

    TRAIN = "train"
    TEST = "test"


def held_out(text: str, one_in: int = 10) -> bool:
    """Whether a text is kept from training."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") % one_in == 0


def kept(choices: Sequence[T], side: Side, name: Callable[[T], str], one_in: int = 10, few: int = 4) -> Sequence[T]:
    """The choices of one side: training's, or those held out. A list shorter than `few` is shared by both."""
    wanted = [choice for choice in choices if held_out(name(choice), one_in) is (side is Side.TEST)]
    return wanted if len(choices) >= few and wanted else choices
