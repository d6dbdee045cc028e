"""The demo's script: the avatar's looks, and the lines of two players to two characters."""

from dataclasses import dataclass

from bridge.client import Sampling

LOOK_SECONDS = 1.5
MORPH_SECONDS = 0.9

# (seed, expression); the identity follows from the seed.
LOOKS = (
    (11, "neutral"),
    (11, "happy"),
    (11, "surprised"),
    (42, "winking"),
    (42, "laughing"),
    (7, "shy"),
    (7, "sad"),
    (7, "angry"),
    (23, "doubtful"),
    (23, "happy"),
    (5, "laughing"),
    (5, "surprised"),
    (88, "neutral"),
    (88, "winking"),
    (31, "angry"),
    (31, "happy"),
)


@dataclass(frozen=True, slots=True)
class Character:
    """A non-player character and the player's lines to it. `cut_in` is the line whose reply the player interrupts."""

    name: str
    persona: str
    lines: tuple[str, ...]
    cut_in: int | None = None


CHARACTERS = (
    Character(
        "Mira",
        "You are Mira, a friendly innkeeper in a medieval village. You serve soup, bread and cider by a warm fire. "
        "Reply in one or two short sentences.",
        (
            "Good evening! It is snowing outside. May I come in?",
            "What is there to eat tonight?",
            "Tell me a short story about this inn.",
            "Is the road over the pass safe?",
            "I would like to stay the night. What does your best room look like?",
            "Who else is staying here tonight?",
            "What should I see in the village tomorrow?",
            "Thank you, and good night!",
        ),
    ),
    Character(
        "Orin",
        "You are Orin, a proud old blacksmith in a medieval village. You forge swords and shields of steel. "
        "Reply in one or two short sentences.",
        (
            "Hello, master smith. What are you forging today?",
            "How does one make a good sword?",
            "What is the best advice you can give to a young knight?",
            "My shield has a crack. What should I do with it?",
            "Have you ever seen a dragon?",
            "How long have you been a blacksmith?",
            "Which weapon would you take into a dark cave?",
            "Farewell, master Orin!",
        ),
        cut_in=1,
    ),
)
CUT_IN_AFTER_TOKENS = 12
SENTENCES = 3  # the game ends a reply after this many
OVERTIME = 3.0  # seconds after the game that a character may go on speaking
SAMPLING = Sampling(temperature=0.4, top_p=0.85, repetition_penalty=1.15, max_tokens=96, stop=("\n\n",))
