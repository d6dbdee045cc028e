"""A number of a sentence with what it counts."""

from dataclasses import dataclass
from decimal import Decimal

from models.npc.character import Currency
from models.npc.guard import lexicon
from models.npc.numbers import Kind


@dataclass(frozen=True, slots=True)
class Amount:
    """A number of a sentence and what it counts: a currency, or the stems of the words after it."""

    value: Decimal
    kind: Kind
    text: str
    at: int  # its first token in the sentence
    end: int
    unit: tuple[str, ...] = ()
    currency: Currency | None = None
    clock: bool = False  # at seven, 7:30
    each: str = ""  # "night" of "a night"; "each"
    whole: bool = False  # "of the forty": what there is to do, not what is done
    loose: bool = False  # "a week", which often says nothing
    converted: bool = False  # from another currency
    paired: bool = False  # "eleven thirty": 1130, which may be half past eleven, or 11.30

    @property
    def counts(self) -> bool:
        """Whether it counts things, which may then be priced: "two rooms and an ale come to sixteen"."""
        return bool(self.unit) and not self.currency and not self.clock

    def same(self, other: "Amount") -> bool:
        """Whether both say the same number of things that may be the same."""
        if self.value != other.value or (self.kind is Kind.ORDINAL) is not (other.kind is Kind.ORDINAL):
            return False
        labels = lexicon.LABELS & {*self.unit, *other.unit}  # level ten is not ten
        if labels and not labels & set(self.unit) & set(other.unit):
            return False
        if self.currency or other.currency:
            return self.currency == other.currency
        return not self.unit or not other.unit or bool(set(self.unit) & set(other.unit))
