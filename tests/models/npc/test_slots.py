"""Slots of authored lines."""

from models.npc import slots
from models.npc.reading import parse

MARA = parse(
    'id = "a"\nname = "Mara"\ntrade = "innkeeper"\npersona = "Kind."\ncurrency = "silver"\n'
    "[[wares]]\nitem = 'room'\nunit = 'a night'\nprice = 7\nstock = 3",
    "a",
)


def test_slots_are_filled_with_what_is_asked_about() -> None:
    known = slots.values(MARA, "Robin", MARA.wares[0])
    line = "{player}, I am {name}: a {item} is {price}, {stock} left."
    assert slots.filled(line, known) == "Robin, I am Mara: a room is 7 silver a night, 3 left."


def test_a_line_without_a_value_for_a_slot_is_not_said() -> None:
    assert slots.filled("Evening, {player}.", slots.values(MARA)) is None
    assert slots.filled("Evening.", slots.values(MARA)) == "Evening."


def test_what_a_player_is_called_is_no_slot() -> None:
    assert slots.filled("Evening, {player}.", slots.values(MARA, "{name}")) == "Evening, {name}."
