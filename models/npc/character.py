"""What an NPC is: one file's contents, checked and frozen. `reading` makes it; everything else reads it."""

from dataclasses import dataclass
from decimal import Decimal

ACTION_SECONDS = 5.0  # that a game may take for an action, where the author says nothing


@dataclass(frozen=True, slots=True)
class Currency:
    """What prices are in: "crown" and "crowns"; the same twice for "silver"."""

    one: str
    many: str


@dataclass(frozen=True, slots=True)
class Ware:
    """Something with a price. `stock` counts items, or units of what cannot be counted; None: nobody keeps count."""

    item: str
    plural: str
    price: Decimal
    currency: Currency
    unit: str = ""  # "a night", "a sack", "each"
    stock: int | None = None

    @property
    def countable(self) -> bool:
        """Whether there is a plural of its own: rooms, but not flour."""
        return self.item != self.plural

    @property
    def unique(self) -> bool:
        """Whether there is but one: "the Sword of Dawn"."""
        return self.item.lower().startswith("the ")


@dataclass(frozen=True, slots=True)
class Rate:
    """One of a currency is worth `worth` of another."""

    one: Currency
    worth: Decimal
    of: Currency


@dataclass(frozen=True, slots=True)
class Hours:
    """When something is open, in words as said: "noon", "an hour after dark"."""

    what: str
    opens: str = ""
    closes: str = ""
    closed: tuple[str, ...] = ()
    why: str = ""  # why it is closed then
    plural: bool = False  # "the docks open"


@dataclass(frozen=True, slots=True)
class Relation:
    """Somebody the NPC knows: "Tobin" "is" the "brother"; `note` is a clause or a sentence."""

    who: str
    role: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """What the NPC always or never does, in the third person: it follows the name. `who`: whom it concerns."""

    rule: str
    who: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """A fact in the author's own sentence."""

    about: str
    text: str


@dataclass(frozen=True, slots=True)
class Lore:
    """A passage that is retrieved when it fits what the player says."""

    title: str
    text: str


UNKNOWN, HELD = "unknown", "held"  # intents of lines that are said where nothing true, or nothing allowed, is there
UNSAID = (UNKNOWN, HELD)


@dataclass(frozen=True, slots=True)
class Line:
    """What the author has the NPC say to an intent, with the slots of `slots.py`; `examples` are what players say."""

    intent: str
    examples: tuple[str, ...]
    say: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """Something the NPC may do in the game. `parameters` is the JSON schema of an object, as JSON.

    `who` are the roles that a player needs one of; empty: anyone. `examples` are what players say when they want it.
    The game may take `timeout` seconds. `policy` says what becomes of a call while another one of the NPC is open:
    "queue" it, "replace" that one, or "drop" it.
    """

    name: str
    description: str
    parameters: str
    who: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    timeout: float = ACTION_SECONDS
    policy: str = "queue"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A topic that the NPC does not talk about, with what it says instead."""

    topic: str
    examples: tuple[str, ...]
    say: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Npc:
    """A character, complete."""

    id: str
    name: str
    trade: str
    persona: str
    place: str = ""
    style: str = ""
    voice: str = ""
    goals: tuple[str, ...] = ()
    currency: Currency | None = None
    wares: tuple[Ware, ...] = ()
    rates: tuple[Rate, ...] = ()
    hours: tuple[Hours, ...] = ()
    relations: tuple[Relation, ...] = ()
    rules: tuple[Rule, ...] = ()
    facts: tuple[Statement, ...] = ()
    lore: tuple[Lore, ...] = ()
    lines: tuple[Line, ...] = ()
    actions: tuple[Action, ...] = ()
    refusals: tuple[Refusal, ...] = ()
