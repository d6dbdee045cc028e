"""The arguments of an action: what a line of the player leaves open of its schema, and whether arguments may be used.

The schema is narrowed to what the line says: the choices, numbers and wares that it names. Where one possibility is
left nobody has to choose; where there are several, a grammar keeps a model to them.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.npc.character import Action, Npc, Ware
from models.npc.english import by_the_time, counted, joined, plural, sentence, unit_noun
from models.npc.facts import Fact
from models.npc.lemmas import content, stem
from models.npc.numbers import Kind, Number, Token, numbers, tokens
from models.npc.orders import Order, names_of, order_of
from models.npc.words import STOP_WORDS, words

Schema = Mapping[str, Any]

_LEAST_MEANT = 0.3  # of the words of a choice, by how many choices have them
_LONGEST_SPAN = 60  # characters of a line that may be a text
_JOINTS = ("of", "the", "a")  # within what a thing is called: "history of the old kings"
_OF_WARES = frozenset(map(stem, ("item", "ware", "goods", "product", "article")))
_OF_COUNTS = frozenset(map(stem, ("count", "quantity", "amount", "number", "many", "items", "people", "persons")))
_OF_PLAYERS = frozenset(map(stem, ("name", "player", "customer", "guest", "visitor")))
_REQUESTS = words(
    "want need like give get let tak bring show tell ask find mak put help worth look something anything know hav use"
)  # stems of what a request is made of, and no thing
_TAKEN_BACK = re.compile(
    r"\b(?:forget|never mind|leave out|leave off|scrap|cancel|not|without) (?:about )?(?:the|that|those|"
    r"these) ([\w-]+?)s?\b(?!-)",
    re.IGNORECASE,
)
_LITTLE = frozenset(("the", "a", "an", "of"))
_CALLED = re.compile(r"\b(?:my name is|my name's|i am called|call me|for|i am|i'm)\s+((?:[A-Z][\w'-]*\s?){1,3})")


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A schema with no more than a line says. `missing`: required parameters of which it says nothing; `outside`: the
    fact that it asks for more than is allowed. With either there is no call.
    """

    schema: dict[str, Any]
    missing: tuple[str, ...] = ()
    outside: Fact | None = None

    @property
    def settled(self) -> dict[str, Any] | None:
        """The arguments, where one possibility is left; None where there are several, or there is no call."""
        properties = self.schema["properties"]
        if self.missing or self.outside or any(len(inside.get("enum", ())) != 1 for inside in properties.values()):
            return None
        return {name: inside["enum"][0] for name, inside in properties.items()}


def narrowed(npc: Npc, action: Action, said: str, player: str = "", topic: Ware | None = None) -> Narrowed:
    """The schema of an action with what a line says as enumerations: choices, numbers, wares, words of the line.

    Parameters that are not required and of which the line says nothing are left out.
    """
    schema, said = json.loads(action.parameters), _without_what_is_taken_back(said)
    line = _Line(npc, action, said, player, order_of(npc, said, topic))
    required, properties, missing = schema.get("required", []), dict[str, Any](), list[str]()
    outside = None
    for name, inside in schema.get("properties", {}).items():
        options = list(dict.fromkeys(line.options(name, inside)))
        allowed = [value for value in options if not misfit(inside, value)]
        if allowed:
            properties[name] = {"type": inside["type"], "enum": allowed}
        elif options and inside["type"] == "integer":
            outside = outside or Fact(_bounds(action, name, inside), f"action:{action.name}")
        elif name in required:
            missing.append(name)
    made = {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
    return Narrowed(made, tuple(missing), outside)


def _without_what_is_taken_back(said: str) -> str:
    """ "Six turnips and a spade... no, forget the spade" without the spade."""
    back = _TAKEN_BACK.search(said)
    if back is None:
        return said
    thing = re.escape(back[1])
    return re.sub(
        rf"(?:\b(?:and|or|plus) )?(?:\b(?:an?|the|one|some) )?(?:[\w-]+ )?\b{thing}s?\b", "", said[: back.start()]
    )


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the player, asked for one parameter after the other."""

    npc: Npc
    action: Action
    said: str
    player: str
    order: Order

    def options(self, name: str, inside: Schema) -> Iterator[Any]:
        """What the line says for a parameter: nothing, one thing or several."""
        if inside["type"] == "integer":
            return self._counts(name)
        if inside["type"] != "string":
            return iter(())
        if "enum" in inside:
            return self._choices(name, inside["enum"])
        if _OF_PLAYERS & _words_of(name):
            return self._names()
        if _OF_WARES & _words_of(name) and self.order.entries:
            return (entry.ware.item for entry in self.order.entries)
        return self._spans()

    def _choices(self, name: str, choices: Sequence[str]) -> Iterator[str]:
        """Those that the line names, wares too; else the one that it means: "the heather stuff"."""
        named = list(_chosen([one for one in choices if len(one) > 1 or _labelled(name, one, self.said)], self.said))
        wares = [entry.ware.item for entry in self.order.entries if entry.ware.item in choices]
        return iter(named or list(dict.fromkeys(wares)) or meant(choices, self.said))

    def _counts(self, name: str) -> Iterator[int]:
        """Numbers: times where the parameter is named as a unit, counts, or any of the line; one where none is said."""
        entries, named = self.order.entries, _words_of(name)
        timed = [entry for entry in entries if stem(unit_noun(entry.ware) or "-") in named]
        if timed:
            yield from (int(entry.times) for entry in timed if entry.times % 1 == 0)
            return
        counted_ = [int(entry.count) for entry in entries if entry.said and entry.count % 1 == 0]
        if named & _OF_COUNTS and counted_:
            yield from counted_
            return
        read = tokens(self.said)
        paired = any(ware.item.startswith("pair") for ware in self.npc.wares)
        found = [
            int(number.value)
            for number in numbers(read)
            if number.kind is Kind.CARDINAL and number.value % 1 == 0 and not (paired and _is_a_pair(read, number))
        ]
        others = len(set(found)) > 1 and self._takes_a_count
        if others and not named & _OF_COUNTS:
            found = found[1:]  # the first one counts what is wanted
        elif others:
            found = found[:1]
        units = {stem(unit_noun(ware)) for ware in self.npc.wares if unit_noun(ware)}
        yield from found or ([1] if named & (_OF_COUNTS | units) else [])

    @property
    def _takes_a_count(self) -> bool:
        """Whether the action has a parameter for a count, and another number besides."""
        properties = json.loads(self.action.parameters).get("properties", {})
        integers = [name for name, inside in properties.items() if inside["type"] == "integer"]
        return len(integers) > 1 and any(_words_of(name) & _OF_COUNTS for name in integers)

    def _names(self) -> Iterator[str]:
        """The name that a player tells, else the one that the game gives the player."""
        told = _CALLED.search(self.said)
        if told:
            yield told[1].strip()
        elif self.player:
            yield self.player

    def _spans(self) -> Iterator[str]:
        """What the line is about: its longest runs of words that are not in the action's own words."""
        own = content(f"{self.action.name.replace('_', ' ')} {self.action.description}") | _REQUESTS
        found = tokens(self.said)
        counted_ = {at for number in numbers(found) for at in range(number.first, number.end)}
        run: list[Token] = []
        for at, token in enumerate((*found, Token("", 0, 0))):
            if at not in counted_ and _is_of_a_thing(token, own):
                run.append(token)
            elif run and token.word in _JOINTS and any(_is_of_a_thing(one, own) for one in found[at + 1 : at + 3]):
                continue
            elif run:
                if run[-1].end - run[0].start <= _LONGEST_SPAN:
                    yield self.said[run[0].start : run[-1].end]
                run = []


def _is_of_a_thing(token: Token, own: frozenset[str]) -> bool:
    return token.word[:1].isalnum() and token.word not in STOP_WORDS and stem(token.word) not in own


def _is_a_pair(read: Sequence[Token], number: Number) -> bool:
    """Whether a number is "a pair" or "pairs" alone, which a ware may be called."""
    return all(token.word in ("a", "pair", "pairs") for token in read[number.first : number.end])


def _labelled(name: str, choice: str, said: str) -> bool:
    """Whether a choice of one letter stands behind what it is called: "deck A" is no article."""
    return re.search(rf"\b{re.escape(name)}\W+{re.escape(choice)}\b", said, re.IGNORECASE) is not None


def meant(choices: Sequence[str], said: str) -> Iterator[str]:
    """The choice whose rarest words a line has, if it is one: by words that no other choice shares."""
    words_ = content(said)
    stems = {choice: content(choice.replace("_", " ").replace("-", " ")) for choice in choices}
    holders = Counter(word for own in stems.values() for word in own)
    shares = {
        choice: sum(1 / holders[word] for word in own & words_) / sum(1 / holders[word] for word in own)
        for choice, own in stems.items()
        if own
    }
    best = max(shares.values(), default=0.0)
    near = [choice for choice, share in shares.items() if share == best]
    if best >= _LEAST_MEANT and len(near) == 1:
        yield near[0]


def _chosen(choices: Sequence[str], said: str) -> Iterator[str]:
    """The choices that a line names whole; if none, those whose last word it names."""
    spoken = frozenset(stem(token.word) for token in tokens(said))
    stems = {choice: [stem(token.word) for token in tokens(choice.replace("_", " "))] for choice in choices}
    whole = [choice for choice in choices if frozenset(stems[choice]) - _LITTLE <= spoken]
    yield from whole or (choice for choice in choices if stems[choice] and stems[choice][-1] in spoken)


def _bounds(action: Action, name: str, inside: Schema) -> str:
    """What is allowed, as a sentence."""
    low, high = inside.get("minimum"), inside.get("maximum")
    allowed = (
        f"{low} to {high}" if None not in (low, high) else f"at least {low}" if high is None else f"at most {high}"
    )
    if "enum" in inside:
        allowed = joined([str(value) for value in inside["enum"]], "or")
    return sentence(f"{name.replace('_', ' ')} can be {allowed}")


def _words_of(name: str) -> frozenset[str]:
    return frozenset(map(stem, name.lower().replace("-", "_").split("_")))


# -- what may be used --------------------------------------------------------------------------------------------------


def misfit(schema: Schema, value: Any, place: str = "arguments") -> str:
    """Why a value does not fit a schema of `models.npc.schema`'s kind; "" if it does."""
    return next(_misfits(schema, value, place), "")


def _misfits(schema: Schema, value: Any, place: str) -> Iterator[str]:
    kind = schema["type"]
    if not _is_of(kind, value):
        yield f"{place} is no {kind}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{place} is {value!r}, which is none of the choices"
    if kind in ("integer", "number") and not (schema.get("minimum", value) <= value <= schema.get("maximum", value)):
        yield f"{place} is {value}, which is out of bounds"
    low, high = ("minItems", "maxItems") if kind == "array" else ("minLength", "maxLength")
    if kind in ("array", "string") and not (schema.get(low, 0) <= len(value) <= schema.get(high, len(value))):
        yield f"{place} has the length {len(value)}, which is out of bounds"
    if kind == "array" and "items" in schema:
        for at, inside in enumerate(value):
            yield from _misfits(schema["items"], inside, f"{place}[{at}]")
    if kind == "object":
        yield from _of_object(schema, value, place)


def _of_object(schema: Schema, value: Mapping[str, Any], place: str) -> Iterator[str]:
    properties = schema.get("properties", {})
    for name in schema.get("required", []):
        if name not in value:
            yield f"{place}.{name} is missing"
    for name, inside in value.items():
        if name not in properties:
            yield f"{place}.{name} is not declared"
        else:
            yield from _misfits(properties[name], inside, f"{place}.{name}")


def _is_of(kind: str, value: Any) -> bool:
    if kind in ("integer", "number"):
        return isinstance(value, int if kind == "integer" else int | float) and not isinstance(value, bool)
    kinds: Mapping[str, type] = {"object": dict, "array": list, "string": str, "boolean": bool}
    return isinstance(value, kinds[kind])


def contradicted(npc: Npc, found: Mapping[str, Any]) -> Fact | None:
    """The fact that arguments are against: a ware that is not there, or is sold out, or too few of it.

    None if nothing is against them.
    """
    for name, value in found.items():
        if not (isinstance(value, str) and _OF_WARES & _words_of(name)):
            continue
        at = _ware_at(npc, value)
        if at is None:
            return Fact(sentence(f"there is no {value} for sale"), "wares")
        ware, source = npc.wares[at], f"wares[{at}].stock"
        if ware.stock == 0:
            return Fact(sentence(f"{ware.plural} are sold out"), source)
        count = max(_counts_in(found), default=1)
        if ware.stock is not None and count > ware.stock:
            verb = "is" if ware.stock == 1 else "are"
            left = "free" if by_the_time(ware) else "left"
            return Fact(sentence(f"there {verb} only {counted(ware.stock, ware)} {left}"), source)
    return None


def _counts_in(found: Mapping[str, Any]) -> list[int]:
    return [value for name, value in found.items() if isinstance(value, int) and _OF_COUNTS & _words_of(name)]


def _ware_at(npc: Npc, value: str) -> int | None:
    named = tuple(token.word for token in tokens(value))
    for at, ware in enumerate(npc.wares):
        if named in names_of(ware) or value.lower() in (ware.item.lower(), plural(ware.item).lower()):
            return at
    return None


def dumped(found: Mapping[str, Any]) -> str:
    """Arguments as JSON."""
    return json.dumps(found, ensure_ascii=False)
