"""Which wares a line means, where it does not say their whole name: "the fox with the strings", "moths in a jar"."""

import re
from collections import Counter

from models.npc.answers.kinship import kin
from models.npc.character import Npc, Ware
from models.npc.lemmas import content
from models.npc.numbers import tokens
from models.npc.orders import find_wares

_NOT = ("no", "not", "without")
_WITHOUT = re.compile(r"\b(?:no|not|without) \w+", re.IGNORECASE)
_LEAST = 0.34  # of the words of a name, by how many wares have them


def wares_meant(npc: Npc, said: str) -> tuple[Ware, ...]:
    """The wares that a line names, or the one that has most of its rare words; several that are as near: none."""
    found = tokens(said)
    names = [name for name in find_wares(npc, found) if found[name.first - 1].word not in _NOT or not name.first]
    named = [name.wares[0] for name in names if len(name.wares) == 1]
    if named:
        return tuple(dict.fromkeys(named))
    words = content(_WITHOUT.sub("", said))
    stems = {ware: content(f"{ware.item} {re.sub('-', ' ', ware.item)}") for ware in npc.wares}
    holders = Counter(word for own in stems.values() for word in own)
    shares = {
        ware: sum(1 / holders[word] for word in own if kin(word) & words) / sum(1 / holders[word] for word in own)
        for ware, own in stems.items()
        if own
    }
    best = max(shares.values(), default=0.0)
    near = [ware for ware, share in shares.items() if share == best]
    return (near[0],) if best >= _LEAST and len(near) == 1 else ()
