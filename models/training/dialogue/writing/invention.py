"""Invents an NPC of one of the worlds, by the number of a stream."""

from dataclasses import replace
from decimal import Decimal

from models.npc.character import Hours, Npc, Relation, Rule, Statement, Ware
from models.npc.english import is_plural, with_article
from models.training.dialogue.writing.draw import Draw
from models.training.dialogue.writing.figure import Figure, Good, Kin, Ruled, Stated, statement
from models.training.dialogue.writing.passages import Passage, passages
from models.training.dialogue.writing.pools import Noun, Voice, goals, voices
from models.training.dialogue.writing.split import Side, kept
from models.training.dialogue.writing.template import Slots
from models.training.dialogue.writing.world import World

FACTS = ("places", "people", "trade", "world")
TITLES = ("Old", "Mother", "Captain", "Brother", "Sister", "Doctor", "Master", "Uncle", "Lady")
MOST_LINES = 44  # below what a prompt takes
WHATS = """the shop; the kitchen; the bar; the market; the gate; the workshop; the baths; the library; the docks
the office
the stall; the counter; the archive; the museum; the bridge; the stables; the mill; the vault; the garden; the bakery
the reading room; the pool; the temple; the school; the tower; the hangar; the clinic; the canteen; the forge
the bank"""
ROLES = {
    "he": "brother; husband; son; uncle; father; nephew; grandfather; stepbrother; godfather; twin brother",
    "she": "sister; wife; daughter; aunt; mother; niece; grandmother; stepsister; godmother; twin sister",
    "": "apprentice; cousin; partner; old friend; rival; neighbour; landlord; boss; mentor; pupil; best customer"
    "; helper; assistant; bodyguard; teacher; debtor; lodger; supplier; cook; pilot; first mate; accountant"
    "; sworn enemy",
}

_MEN, _WOMEN = (ROLES[he].split("; ") for he in ("he", "she"))
OF_WOMEN_AND_MEN = {**dict(zip(_MEN, _WOMEN, strict=True)), **dict(zip(_WOMEN, _MEN, strict=True))}


def invent(side: Side, draw: Draw) -> Figure:
    """An NPC of whom everything is drawn."""
    world = World.drawn(side, draw)
    figure = _person(world, draw)
    room = draw.weighted([(6, 1.5), (12, 3), (20, 3.5), (30, 2), (MOST_LINES, 0.8)])  # lines of facts
    trade_shelves = figure.slots.values["shelves"].split(";")
    shelves = [shelf for shelf in trade_shelves if shelf]
    if shelves and draw.chance(0.93):
        figure.goods = _goods(figure, shelves, draw.within(1, max(1, min(11, room // 3))), draw)
    figure.hours = _hours(draw.weighted([(0, 4), (1, 4), (2, 2), (3, 1)]), figure, draw)
    figure.kin = _kin(draw.weighted([(0, 3), (1, 3), (2, 2), (3, 1), (4, 1)]), figure, draw)
    figure.rules = _rules(draw.weighted([(0, 3), (1, 4), (2, 2), (3, 1)]), figure, draw)
    used = sum(1 + (good.ware.stock is not None) for good in figure.goods)
    used += len(figure.hours) + len(figure.kin) + len(figure.rules)
    figure.stated = stated(figure, draw.within(0, max(1, room - used)), draw)
    figure.npc = _npc(figure)
    return figure


def stated(figure: Figure, number: int, draw: Draw) -> list[Stated]:
    """Facts of different passages. One in eight is never trained on: kinds of fact that tests have."""
    found = [passage for name in FACTS for passage in passages(f"facts/{name}.txt")]
    if figure.world.side is Side.TRAIN or draw.chance(0.7):
        found = list(kept(found, Side.TRAIN, _passage, 8))
    else:
        found = list(kept(found, Side.TEST, _passage, 8))
    chosen, abouts = [], set()
    for passage in draw.some(found, number):
        slots = figure.known()
        text = slots.sentence(passage.fact)
        about = slots.fill(passage.about)
        if about not in abouts:
            chosen.append(Stated(passage, slots, text))
            abouts.add(about)
    return chosen


def _passage(passage: Passage) -> str:
    return passage.fact


def _person(world: World, draw: Draw) -> Figure:
    trade = world.trade(draw)
    first = world.first(draw)
    name = first if draw.chance(0.12) else f"{first} {world.last(draw)}"
    if draw.chance(0.08):
        name = f"{draw.one(TITLES)} {first}"
    site, town = draw.one(world.seen(world.setting.sites)), draw.one(world.seen(world.setting.towns))
    world.money = draw.one(world.setting.money)
    voice = draw.one(voices())
    known = {
        "name": name,
        "first": first,
        "trade": trade.name,
        "site": site,
        "town": town,
        "shelves": ";".join(trade.shelves),
    }
    known |= {
        "here": f"at {site} in {town}",
        "he": world.he(first, draw),
        "a trade": with_article(trade.name),
    }
    slots = Slots(world, draw, known)
    figure = Figure(Npc("x", name, trade.name, ""), world, voice, slots, site=site, town=town)
    count = draw.weighted([(1, 3), (2, 4), (3, 2)])
    for passage in draw.some(passages("facts/persona.txt"), count):
        if passage.about not in [one.passage.about for one in figure.persona]:
            inner = figure.known()
            figure.persona.append(Stated(passage, inner, inner.sentence(passage.fact)))
    figure.npc = _bare(figure, voice, draw)
    return figure


def _bare(figure: Figure, voice: Voice, draw: Draw) -> Npc:
    style = draw.one(kept(voice.styles, figure.world.side, str)) if draw.chance(0.85) else ""
    wanted = draw.some(kept(goals(), figure.world.side, str), draw.weighted([(0, 3), (1, 4), (2, 1)]))
    values = figure.slots.values
    return Npc(
        "x",
        values["name"],
        values["trade"],
        " ".join(one.text for one in figure.persona),
        f"{figure.site} in {figure.town}",
        style,
        goals=tuple(wanted),
        currency=figure.world.money,
    )


def _goods(figure: Figure, shelves: list[str], number: int, draw: Draw) -> list[Good]:
    """Wares of the trade's shelves, many of them kinds of the same thing."""
    goods: list[Good] = []
    decimals, least = draw.chance(0.1), draw.one((1, 1, 2, 5, 20, 100))
    nouns: list[Noun] = []
    for _ in range(number):
        alike = nouns and draw.chance(0.4)
        noun = draw.one(nouns) if alike else figure.world.noun(draw.one(shelves), draw)
        nouns.append(noun)
        good = Good(_ware(noun, figure, least, decimals, draw), noun)
        if good.ware.item not in [other.ware.item for other in goods]:
            goods.append(good)
    return goods


def _ware(noun: Noun, figure: Figure, least: int, decimals: bool, draw: Draw) -> Ware:
    kind = "" if noun.bare and draw.chance(0.25) else draw.one(noun.kinds)
    item, many = kinds_of(noun, kind)
    price = Decimal(draw.magnitude(least, least * draw.one((10, 50, 200))))
    if decimals:
        price += Decimal(draw.one(("0.50", "0.25", "0.75", "0.99", "0.20", "0.80")))
    currency = draw.one(figure.world.setting.money) if draw.chance(0.08) else figure.world.money
    stock = draw.weighted([(None, 4), (0, 1.2), (1, 0.8), (draw.within(2, 12), 3), (draw.magnitude(13, 400), 1.2)])
    unit = noun.unit if draw.chance(0.9) or item == many else ""
    if not unit and draw.chance(0.1):
        unit = "each"
    return Ware(item, many, price, currency, unit, stock)


def kinds_of(noun: Noun, kind: str) -> tuple[str, str]:
    """The item and its plural; what comes in bowls and mugs has none of its own."""
    item = f"{kind} {noun.noun}".strip()
    if noun.plural.endswith(f" of {noun.noun}"):
        return item, item
    return item, f"{kind} {noun.plural}".strip()


def _hours(number: int, figure: Figure, draw: Draw) -> list[Hours]:
    made = []
    whats = [what.strip() for what in WHATS.replace("\n", ";").split(";")]
    for what in draw.some(kept(whats, figure.world.side, str), number):
        slots = figure.known()
        opens = slots.fill("{morning}" if draw.chance(0.7) else "{noon}") if draw.chance(0.85) else ""
        closes = slots.fill("{evening}") if not opens or draw.chance(0.8) else ""
        closed = tuple(draw.some(figure.world.setting.days, draw.weighted([(0, 4), (1, 5), (2, 1)])))
        why = ""
        if closed and draw.chance(0.7):
            why = slots.fill(draw.one(CLOSED_WHY))
        made.append(Hours(what, opens, closes, closed, why, is_plural(what)))
    return made


CLOSED_WHY = (
    "the {machine} is cleaned",
    "{person} is away",
    "the {animal+} are fed",
    "everybody goes to {site1}",
    "the guild meets",
    "the cook rests",
    "{office} comes to inspect",
    "it is a holy day",
    "the {goods} arrive then",
    "nobody comes anyway",
    "{name} sleeps late",
    "the floor is washed",
    "there is a market in {town1}",
    "the staff play {game}",
    "the law says so",
    "the accounts are done",
    "of the noise",
    "a {animal} died on that day",
    "the baker does not deliver",
    "{name} goes fishing",
)


def _kin(number: int, figure: Figure, draw: Draw) -> list[Kin]:
    made: list[Kin] = []
    notes = [passage for passage in passages("talk/relations.txt") if passage.about == "note"]
    notes = list(kept(notes, figure.world.side, _passage, 8))
    roles = draw.some([(he, role.strip()) for he, listed in ROLES.items() for role in listed.split(";")], number)
    for he, role in roles:
        who = figure.world.first(draw) if draw.chance(0.7) else figure.world.full(draw)
        is_he = figure.world.he(who, draw)
        if who.split()[0] in figure.npc.name or any(who.split()[0] in kin.relation.who for kin in made):
            continue
        if he and he != is_he:
            role = OF_WOMEN_AND_MEN[role]
            if any(role == kin.relation.role for kin in made):
                continue
        slots = figure.known({"who": who, "role": role, "he": is_he})
        note = draw.one(notes) if draw.chance(0.75) else None
        made.append(Kin(Relation(who, role, slots.fill(note.fact) if note else ""), slots, note))
    return made


def _rules(number: int, figure: Figure, draw: Draw) -> list[Ruled]:
    made: list[Ruled] = []
    found = [passage for passage in passages("talk/rules.txt") if passage.fact]
    reasons = sections_why()
    for passage in draw.some(kept(found, figure.world.side, _passage, 8), number):
        people = figure.world.people(draw) if passage.about == "kind" else None
        known = {"kind": people.many, "kind/one": people.one, "kind/a": with_article(people.one)} if people else {}
        slots = figure.known(known)
        why = slots.fill(draw.one(kept(reasons, figure.world.side, str))) if draw.chance(0.65) else ""
        text = slots.fill(passage.fact)
        who = (people.many, people.one) if people else ()
        slots.values["why"] = why
        made.append(Ruled(Rule(text, who, why), passage, slots, people))
    return made


def sections_why() -> list[str]:
    """The reasons that rules have."""
    return next(passage.lines for passage in passages("talk/rules.txt") if passage.about == "why")


def _npc(figure: Figure) -> Npc:
    statements: list[Statement] = [statement(one) for one in figure.stated]
    return replace(
        figure.npc,
        wares=tuple(good.ware for good in figure.goods),
        hours=tuple(figure.hours),
        relations=tuple(kin.relation for kin in figure.kin),
        rules=tuple(ruled.rule for ruled in figure.rules),
        facts=tuple(statements),
    )
