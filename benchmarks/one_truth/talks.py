"""Conversations to hold: characters with a persona in common or alone, players' lines, and how replies are sampled."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from models.dialogue.chat import Message, Role
from models.dialogue.sampling import Sampling

_NAMES = ("Mira", "Borin", "Selka", "Odo", "Tamsin", "Radek", "Ilse", "Wenzel")
_TRADES = ("innkeeper", "smith", "ferryman", "healer", "baker", "fletcher")
_WARES = ("bread", "arrows", "lamp oil", "rope", "salted fish", "honey", "candles", "boots", "apples", "nails")
_LINES = (
    "Good evening! Who are you?",
    "What do you sell here?",
    "What does the {ware} cost?",
    "I need {ware} before the night. Can you help me?",
    "Did you hear what happened at the mill?",
    "Hm.",
    "Tell me something about {name}, please. They say that you are friends, or at least that you were once.",
    "Why?",
    "Goodbye, and thank you!",
)


@dataclass(eq=False)
class Talk:
    """One conversation; `replies` are those given so far."""

    name: str
    persona: str
    lines: Sequence[str]
    samplings: Sequence[Sampling]
    replies: list[str] = field(default_factory=list)

    @property
    def over(self) -> bool:
        return len(self.replies) == len(self.lines)

    @property
    def sampling(self) -> Sampling:
        """How the next reply is sampled."""
        return self.samplings[len(self.replies)]

    @property
    def history(self) -> list[Message]:
        """What has been said."""
        said = [Message(Role.SYSTEM, self.persona)]
        for line, reply in zip(self.lines, self.replies, strict=False):
            said += [Message(Role.USER, line), Message(Role.ASSISTANT, reply)]
        return said

    @property
    def messages(self) -> list[Message]:
        """The next prompt."""
        return [*self.history, Message(Role.USER, self.lines[len(self.replies)])]


def persona(name: str, trade: str, facts: int) -> str:
    """A character; some 25 tokens a fact."""
    wares = [f"{ware} for {price} copper" for price, ware in enumerate(_WARES, 3)]
    known = [f"The {trade}'s house sells {wares[i % len(wares)]}, {i + 2} pieces are left." for i in range(facts)]
    return " ".join([f"You are {name}, the {trade} of a village by the sea. Answer in one sentence.", *known])


def talks(number: int, turns: int, tokens: int, seed: int = 1) -> list[Talk]:
    """`number` conversations of `turns` turns. A third of them shares a persona with others. Always the same ones."""
    chance, made = random.Random(seed), []
    for index in range(number):
        own = index % 3
        name = f"{_NAMES[index % len(_NAMES)]} {index if own else ''}".strip()
        lines = [
            chance.choice(_LINES).format(ware=chance.choice(_WARES), name=chance.choice(_NAMES)) for _ in range(turns)
        ]
        samplings = [
            Sampling(
                temperature=chance.choice((0, 0.5, 1.0)),
                seed=chance.randrange(1, 2**31),
                max_new_tokens=chance.randint(tokens // 2, tokens),
            )
            for _ in range(turns)
        ]
        made.append(
            Talk(f"talk {index}", persona(name, _TRADES[index % len(_TRADES)], 2 + index % 3), lines, samplings)
        )
    return made
