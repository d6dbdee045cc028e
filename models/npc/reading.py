"""Reads the file of an NPC: TOML in, an `Npc` out, or all that is wrong with it at once."""

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from models.npc import schema, slots
from models.npc.character import (
    ACTION_SECONDS,
    UNSAID,
    Action,
    Currency,
    Hours,
    Line,
    Lore,
    Npc,
    Rate,
    Refusal,
    Relation,
    Rule,
    Statement,
    Ware,
)
from models.npc.english import is_plural, plural
from models.npc.toml_table import Table, shown

MOST_BYTES = 4 << 20
MOST_PROBLEMS = 100
MOST_WARES, MOST_FACTS, MOST_LORE, MOST_FEW = 256, 2_000, 10_000, 64
MOST_SECONDS = 60  # that the game may take for an action
POLICIES = ("queue", "replace", "drop")
NAME, SHORT, SENTENCE, PASSAGE = 64, 160, 400, 2_000  # characters

_T = TypeVar("_T")
_ID = re.compile(r"[a-z0-9-]{1,64}")
_WORD = re.compile(r"[a-z][a-z0-9_]{0,63}")


class NpcError(ValueError):
    """What is wrong with the file of an NPC: one sentence for each problem, with its place."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def read(path: Path) -> Npc:
    """The NPC in a file. NpcError names the file, and in it the place and the mend of every problem."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise NpcError((f"{path}: larger than {MOST_BYTES >> 20} MiB; shorten it",))
        data = path.read_bytes()
    except FileNotFoundError:
        raise NpcError((f"{path}: no such file",)) from None
    except OSError as error:
        what = "a folder; name the file in it" if path.is_dir() else f"cannot be read ({error.strerror})"
        raise NpcError((f"{path}: {what}",)) from None
    try:
        return parse(data.decode("utf-8-sig"), str(path))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise NpcError((f"{path}: not UTF-8 (at line {line}); save it as UTF-8",)) from None


def parse(text: str, origin: str) -> Npc:
    """The NPC in a text of TOML; `origin` is what problems begin with. NpcError as of `read`."""
    if len(text) > MOST_BYTES:
        raise NpcError((f"{origin}: larger than {MOST_BYTES >> 20} MiB; shorten it",))
    try:
        found = tomllib.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise NpcError((f"{origin}: not valid TOML: {error}",)) from None
    return of_table(found, origin)


def of_table(found: Mapping[str, Any], origin: str) -> Npc:
    """The NPC in a table as TOML gives it, numbers with a fraction as Decimal. NpcError as of `read`."""
    problems: list[str] = []
    npc = _npc(Table(found, "", problems))
    problems += _collisions(npc)
    if problems:
        more = len(problems) - MOST_PROBLEMS
        told = [f"{origin}: {problem}" for problem in problems[:MOST_PROBLEMS]]
        raise NpcError((*told, f"{origin}: and {more} more") if more > 0 else tuple(told))
    return npc


def _npc(top: Table) -> Npc:
    identity = top.text("id", NAME, example="mara")
    if identity and not _ID.fullmatch(identity):
        top.wrong("id", f"is {shown(identity)}; use small letters, digits and -, at most 64")
    name = top.text("name", NAME, example="Mara Quill")
    trade = top.text("trade", NAME, example="innkeeper")
    place = top.text("place", SHORT, required=False, example="the Drowned Lantern in Saltmere")
    persona = top.text("persona", PASSAGE, example="Mara ran away from a fishing family. She is brisk and kind.")
    style = top.text("style", SHORT, required=False, example="short sentences, dry humour")
    voice = top.text("voice", NAME, required=False, example="warm-alto")
    goals = top.texts("goals", 8, SHORT, example="fill the rooms before the fair")
    currency = _currency(top, "currency")
    npc = Npc(
        identity,
        name,
        trade,
        persona,
        place,
        style,
        voice,
        goals,
        currency,
        wares=_each(top, "wares", MOST_WARES, lambda table: _ware(table, currency)),
        rates=_each(top, "rates", MOST_FEW, _rate),
        hours=_each(top, "hours", MOST_FEW, _hours),
        relations=_each(top, "relations", MOST_WARES, _relation),
        rules=_each(top, "rules", MOST_FEW, _rule),
        facts=_each(top, "facts", MOST_FACTS, _statement),
        lore=_each(top, "lore", MOST_LORE, _lore),
        lines=_each(top, "lines", MOST_FEW, _line),
        actions=_each(top, "actions", MOST_FEW, _action),
        refusals=_each(top, "refusals", MOST_FEW, _refusal),
    )
    top.close()
    return npc


def _each(top: Table, key: str, most: int, build: Callable[[Table], _T]) -> tuple[_T, ...]:
    built = []
    for table in top.tables(key, most):
        built.append(build(table))
        table.close()
    return tuple(built)


def _currency(table: Table, key: str) -> Currency | None:
    one = table.text(key, NAME, required=False, example="silver")
    many = table.text(f"{key}_plural", NAME, required=False, example="crowns")
    if many and not one:
        table.wrong(f"{key}_plural", f"has no {key} beside it")
    return Currency(one, many or one) if one else None


def _ware(table: Table, currency: Currency | None) -> Ware:
    item = table.text("item", NAME, example="room")
    several = table.text("plural", NAME, required=False, example="rooms")
    unit = table.text("unit", NAME, required=False, example="a night")
    price = table.amount("price", example=7)
    priced_in = _currency(table, "currency") or currency
    if priced_in is None:
        table.wrong("currency", 'is missing here and at the top of the file; write currency = "silver" at the top')
    stock = table.whole("stock", example=3)
    if item.lower().startswith(("a ", "an ")):
        table.wrong("item", f"is {shown(item)}; leave out the article")
    ware = Ware(item, several or plural(item), price or Decimal(0), priced_in or Currency("", ""), unit, stock)
    if ware.unique and stock is not None and stock > 1:
        table.wrong("stock", f"is {stock}, but {shown(item)} is one of a kind; leave out 'the', or use 0 or 1")
    return ware


def _rate(table: Table) -> Rate:
    one, of = _currency(table, "one"), _currency(table, "of")
    if one is None:
        table.wrong("one", 'is missing; write what is exchanged, such as one = "gold"')
    if of is None:
        table.wrong("of", 'is missing; write what it is exchanged for, such as of = "silver"')
    worth = table.amount("worth", example=20)
    if worth == 0:
        table.wrong("worth", "is 0; use a number above 0")
    nothing = Currency("", "")
    return Rate(one or nothing, worth or Decimal(1), of or nothing)


def _hours(table: Table) -> Hours:
    what = table.text("what", NAME, example="the kitchen")
    opens = table.text("opens", SHORT, required=False, example="noon")
    closes = table.text("closes", SHORT, required=False, example="an hour after dark")
    closed = table.texts("closed", 14, SHORT, example="Moonday")
    why = table.text("why", SENTENCE, required=False, example="the cook rests")
    several = table.flag("plural")
    if not (opens or closes or closed):
        table.wrong("opens", "is missing, and so are closes and closed; write at least one of them")
    if why and not closed:
        table.wrong("why", "says why it is closed, but closed is missing; write when it is closed")
    return Hours(what, opens, closes, closed, why.rstrip("."), is_plural(what) if several is None else several)


def _relation(table: Table) -> Relation:
    who = table.text("who", NAME, example="Tobin")
    role = table.text("is", SHORT, example="brother")
    return Relation(who, role, table.text("note", SENTENCE, required=False, example="he mends nets"))


def _rule(table: Table) -> Rule:
    rule = table.text("rule", SENTENCE, example="never serves elves")
    who = table.texts("who", 16, NAME, example="elves")
    return Rule(rule, who, table.text("why", SENTENCE, required=False, example="they burned the old inn").rstrip("."))


def _statement(table: Table) -> Statement:
    about = table.text("about", SHORT, example="the cellar door")
    return Statement(about, table.text("text", SENTENCE, example="The cellar door is locked at dusk because of rats."))


def _lore(table: Table) -> Lore:
    return Lore(table.text("title", SHORT, example="The flood"), table.text("text", PASSAGE))


def _line(table: Table) -> Line:
    intent = table.text("intent", NAME, example="greeting")
    if intent and not _WORD.fullmatch(intent):
        table.wrong("intent", f"is {shown(intent)}; use small letters, digits and _")
    least = 0 if intent in UNSAID else 1  # nobody says something that these answer
    examples = table.texts("examples", 32, SHORT, least=least, example="good evening to you")
    return Line(intent, examples, _said(table))


def _refusal(table: Table) -> Refusal:
    topic = table.text("topic", SHORT, example="the smugglers")
    examples = table.texts("examples", 32, SHORT, least=1, example="who brings the brandy in at night")
    return Refusal(topic, examples, _said(table))


def _said(table: Table) -> tuple[str, ...]:
    say = table.texts("say", 32, SENTENCE, least=1, example="Evening, {player}.")
    for number, line in enumerate(say):
        for problem in slots.problems_of(line):
            table.wrong(f"say[{number}]", problem)
    return say


def _action(table: Table) -> Action:
    name = table.text("name", NAME, example="open_shop")
    if name and not _WORD.fullmatch(name):
        table.wrong("name", f"is {shown(name)}; use small letters, digits and _")
    description = table.text("description", SENTENCE, example="Shows the wares to the player.")
    found = table.table("parameters")
    parameters = {"type": "object"} if found is None else found
    problems = list(schema.problems_of(parameters, table.at("parameters")))
    if parameters.get("type") in schema.KINDS and parameters["type"] != "object":
        problems.append(f"{table.at('parameters')}.type: is {shown(parameters['type'])}; use object")
    table.problems += problems
    made = "{}" if problems else json.dumps(schema.plain(parameters))
    examples = table.texts("examples", 32, SHORT, example="let me see what you have")
    return Action(name, description, made, _allowed(table), examples, _timeout(table), _policy(table))


def _timeout(table: Table) -> float:
    seconds = None if table.either("timeout") is None else table.amount("timeout", example=5)
    if seconds is None:
        return ACTION_SECONDS
    if not 0 < seconds <= MOST_SECONDS:
        table.wrong("timeout", f"is {seconds} seconds; use up to {MOST_SECONDS}, above 0")
    return float(seconds)


def _policy(table: Table) -> str:
    policy = table.text("policy", NAME, required=False, example="queue")
    if policy and policy not in POLICIES:
        table.wrong("policy", f"is {shown(policy)}; use {', '.join(POLICIES)}")
    return policy or POLICIES[0]


def _allowed(table: Table) -> tuple[str, ...]:
    who = table.either("who")
    if who == "anyone" or who is None:
        return ()
    if isinstance(who, str):
        table.wrong("who", f'is {shown(who)}; use "anyone" or an array of roles, such as who = ["{who[:NAME]}"]')
        return ()
    return table.texts("who", 16, NAME, least=1, example="friend")


def _collisions(npc: Npc) -> Iterator[str]:
    """What is there twice, where one name has to mean one thing."""
    named: dict[str, list[tuple[str, str]]] = {
        "wares": [(f"wares[{number}].item", ware.item) for number, ware in enumerate(npc.wares)],
        "lines": [(f"lines[{number}].intent", line.intent) for number, line in enumerate(npc.lines)],
        "actions": [(f"actions[{number}].name", action.name) for number, action in enumerate(npc.actions)],
        "refusals": [(f"refusals[{number}].topic", refusal.topic) for number, refusal in enumerate(npc.refusals)],
    }
    for places in named.values():
        first: dict[str, str] = {}
        for place, name in places:
            if name and first.setdefault(name.lower(), place) != place:
                yield f"{place}: {shown(name)} is already at {first[name.lower()]}; keep one of them"
