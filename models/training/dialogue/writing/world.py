"""One of the settings, as one side of the split sees it: where the words of slots come from."""

from collections.abc import Callable, Sequence

from models.npc.character import Currency
from models.training.dialogue.writing.draw import Draw
from models.training.dialogue.writing.pools import Noun, People, Setting, Trade, settings, shelves, slots
from models.training.dialogue.writing.split import Side, kept


class World:
    """Implements `template.Source`."""

    def __init__(self, setting: Setting, side: Side) -> None:
        self.setting, self.side = setting, side
        self.money: Currency = setting.money[0]  # of the NPC that is being written
        self._special: dict[str, Callable[[Draw], str]] = {
            "person": lambda draw: self.first(draw) if draw.chance(0.75) else self.full(draw),
            "first": self.first,
            "full": self.full,
            "player": lambda draw: draw.one(draw.one(settings()).first),
            "town": lambda draw: draw.one(self.seen(setting.towns)),
            "site": lambda draw: draw.one(self.seen(setting.sites)),
            "day": lambda draw: draw.one(setting.days),
            "kinds": lambda draw: self.people(draw).many,
            "money": lambda draw: self.money.many,
        }

    @classmethod
    def drawn(cls, side: Side, draw: Draw) -> "World":
        """Any of the settings."""
        return cls(draw.one(settings()), side)

    def word(self, pool: str, draw: Draw) -> str:
        """A word of a pool; KeyError for a pool that does not exist."""
        special = self._special.get(pool)
        return special(draw) if special else draw.one(self.seen(slots()[pool]))

    def seen(self, words: Sequence[str]) -> Sequence[str]:
        """Those of this side."""
        return kept(words, self.side, str)

    def first(self, draw: Draw) -> str:
        return draw.one(self.seen(self.setting.first))

    def he(self, name: str, draw: Draw) -> str:
        """ "he", "she" or, for a name of anybody, either."""
        first = next((one for one in self.setting.neither if name.startswith(one)), name.split()[0])
        if first in self.setting.neither:
            return draw.one(("he", "she"))
        return "she" if first in self.setting.women else "he"

    def last(self, draw: Draw) -> str:
        return draw.one(self.seen(self.setting.last))

    def full(self, draw: Draw) -> str:
        return f"{self.first(draw)} {self.last(draw)}"

    def people(self, draw: Draw) -> People:
        return draw.one(kept(self.setting.kinds, self.side, lambda people: people.many))

    def trade(self, draw: Draw) -> Trade:
        return draw.one(kept(self.setting.trades, self.side, lambda trade: trade.name))

    def noun(self, shelf: str, draw: Draw) -> Noun:
        return draw.one(kept(shelves()[shelf], self.side, lambda noun: noun.noun))
