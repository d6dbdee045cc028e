"""The file of an NPC: what is read, and a sentence with a place for everything that is wrong."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from models.npc.character import Currency, Npc, Ware
from models.npc.reading import MOST_PROBLEMS, NpcError, parse, read

PERSONA = "Mara ran away from a fishing family. She is brisk and kind."
LEAST = 'id = "a"\nname = "Ada"\ntrade = "smith"\npersona = "Ada is kind."\n'


def problems(text: str) -> list[str]:
    with pytest.raises(NpcError) as caught:
        parse(text, "a.toml")
    return list(caught.value.problems)


def test_the_least_npc_is_an_npc() -> None:
    npc = parse(LEAST, "a.toml")
    assert npc == Npc("a", "Ada", "smith", "Ada is kind.")


def test_a_ware_takes_currency_and_plural_from_where_they_are() -> None:
    npc = parse(
        LEAST + 'currency = "crown"\ncurrency_plural = "crowns"\n[[wares]]\nitem = "loaf"\nprice = 2\n'
        '[[wares]]\nitem = "flour"\nplural = "flour"\nprice = 2.50\ncurrency = "gold"\nstock = 0',
        "a.toml",
    )
    crown = Currency("crown", "crowns")
    assert npc.wares == (
        Ware("loaf", "loaves", Decimal(2), crown),
        Ware("flour", "flour", Decimal("2.50"), Currency("gold", "gold"), stock=0),
    )


def test_all_problems_are_told_at_once_each_with_its_place() -> None:
    assert problems('id = "A!"\nname = 3\n[[wares]]\nitem = "an ale"\nprize = 3\nstock = -1\n') == [
        "a.toml: id: is 'A!'; use small letters, digits and -, at most 64",
        'a.toml: name: is a whole number; use a string, such as name = "Mara Quill"',
        'a.toml: trade: is missing; write a string, such as trade = "innkeeper"',
        f'a.toml: persona: is missing; write a string, such as persona = "{PERSONA}"',
        "a.toml: wares[0].price: is missing; write a number, such as price = 7",
        'a.toml: wares[0].currency: is missing here and at the top of the file; write currency = "silver" at the top',
        "a.toml: wares[0].stock: is -1; use 0 to 1000000000",
        "a.toml: wares[0].item: is 'an ale'; leave out the article",
        "a.toml: wares[0]: unknown key 'prize'; did you mean 'price'?",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("nonsense = 1", "unknown key 'nonsense'; there are id, name,"),
        ("voise = 'x'", "unknown key 'voise'; did you mean 'voice'?"),
        ("wares = 3", "wares: is a whole number; use an array of tables: [[wares]]"),
        ("wares = [3]", "wares[0]: is a whole number; write it as a table under [[wares]]"),
        ("goals = 'x'", 'goals: is a string; use an array of strings, such as goals = ["fill the rooms'),
        ("goals = ['x', 2]", "goals[1]: is a whole number; use a string"),
        ("goals = ['']", "goals[0]: is empty; write it out or leave the key out"),
        ("style = '" + "x" * 161 + "'", "style: has 161 characters; at most 160 are allowed"),
        ('style = "a\\u202eb"', "style: holds the control character U+202E; leave it out"),
        ("currency_plural = 'crowns'", "currency_plural: has no currency beside it"),
        ("hours = [{what = 'the inn'}]", "hours[0].opens: is missing, and so are closes and closed"),
        ("hours = [{what = 'it', opens = 'noon', why = 'x'}]", "hours[0].why: says why it is closed, but closed is"),
        ("lines = [{intent = 'Hi!', examples = ['x'], say = ['y']}]", "lines[0].intent: is 'Hi!'; use small letters"),
        ("lines = [{intent = 'a', examples = [], say = ['y']}]", "lines[0].examples: has 0 entries; use 1 to 32"),
        ("lines = [{intent = 'a', examples = ['x'], say = ['{plyer}']}]", "unknown slot '{plyer}'; did you mean"),
        ("lines = [{intent = 'a', examples = ['x'], say = ['{']}]", "lines[0].say[0]: a brace has no partner"),
        ("rates = [{one = 'gold', worth = 0, of = 'silver'}]", "rates[0].worth: is 0; use a number above 0"),
        ("actions = [{name = 'a', description = 'b', who = 'all'}]", "actions[0].who: is 'all'; use \"anyone\" or"),
    ],
)
def test_what_is_wrong_is_said_with_a_mend(text: str, problem: str) -> None:
    found = problems(LEAST + text)
    assert any(problem in one for one in found), found


@pytest.mark.parametrize(
    ("price", "problem"),
    [
        ("'7'", "is a string; use a number, such as price = 7"),
        ("true", "is a boolean"),
        ("1.234", "is 1.234; use at most two decimal places"),
        ("-1", "is -1; use 0 to 1000000000"),
        ("nan", "is NaN; use 0 to 1000000000"),
        ("1e400", "use 0 to 1000000000"),
    ],
)
def test_a_price_is_money(price: str, problem: str) -> None:
    (found,) = problems(LEAST + f"currency = 'silver'\n[[wares]]\nitem = 'ale'\nprice = {price}")
    assert "wares[0].price: " in found
    assert problem in found


def test_of_what_is_one_of_a_kind_there_are_no_three() -> None:
    (found,) = problems(LEAST + "currency = 'silver'\n[[wares]]\nitem = 'the Sword'\nprice = 1\nstock = 3")
    assert found == "a.toml: wares[0].stock: is 3, but 'the Sword' is one of a kind; leave out 'the', or use 0 or 1"


def test_two_of_one_name_are_a_problem() -> None:
    ware = "[[wares]]\nitem = 'Ale'\nprice = 1\n"
    (found,) = problems(LEAST + "currency = 'silver'\n" + ware + ware.lower())
    assert found == "a.toml: wares[1].item: 'ale' is already at wares[0].item; keep one of them"


def test_what_is_not_toml_is_said_with_its_line() -> None:
    (found,) = problems("id = \n")
    assert found.startswith("a.toml: not valid TOML: ")
    assert "line 1" in found


def test_deep_nesting_is_no_crash() -> None:
    (found,) = problems("a = " + "[" * 5_000)
    assert found.startswith("a.toml: not valid TOML: ")


def test_a_flood_of_problems_is_cut() -> None:
    found = problems(LEAST + "".join(f"k{number} = 1\n" for number in range(MOST_PROBLEMS + 7)))
    assert len(found) == MOST_PROBLEMS + 1
    assert found[-1] == "a.toml: and 7 more"


@pytest.mark.parametrize(
    ("parameters", "problem"),
    [
        ("{type = 'string'}", "actions[0].parameters.type: is 'string'; use object"),
        ("{type = 'objekt'}", "actions[0].parameters.type: is 'objekt'; use object, array,"),
        ("{type = 'object', propertys = {}}", "unknown key 'propertys' of type object; did you mean 'properties'?"),
        ("{type = 'object', required = ['item']}", "parameters.required: 'item' is not declared; declare it in"),
        ("{type = 'object', properties = {n = {type = 'integer', minimum = 3, maximum = 2}}}", "is above maximum"),
        ("{type = 'object', properties = {n = {type = 'string', enum = [1]}}}", "every choice has to be a string"),
        ("{type = 'object', properties = {'a b' = {type = 'string'}}}", "is no name of a parameter"),
        ("{type = 'object', properties = {a = 3}}", "properties.a: is a whole number; use a table with a type"),
        ("{type = 'object', properties = {a = {type = 'array'}}}", "properties.a.items.type: is missing"),
    ],
)
def test_parameters_are_a_schema_that_can_be_checked(parameters: str, problem: str) -> None:
    found = problems(LEAST + f"[[actions]]\nname = 'a'\ndescription = 'b'\nparameters = {parameters}")
    assert any(problem in one for one in found), found


def test_an_action_takes_nothing_that_is_not_declared() -> None:
    npc = parse(
        LEAST + "[[actions]]\nname = 'sell'\ndescription = 'Sells.'\nwho = ['friend']\n"
        "parameters = {type = 'object', properties = {n = {type = 'number', maximum = 2.5}}}\n"
        "[[actions]]\nname = 'wave'\ndescription = 'Waves.'",
        "a.toml",
    )
    sell, wave = npc.actions
    assert sell.who == ("friend",)
    assert json.loads(sell.parameters) == {
        "type": "object",
        "properties": {"n": {"type": "number", "maximum": 2.5}},
        "additionalProperties": False,
    }
    assert wave.who == ()
    assert json.loads(wave.parameters) == {"type": "object", "properties": {}, "additionalProperties": False}


def test_white_space_of_long_texts_is_collapsed() -> None:
    npc = parse(LEAST.replace('"Ada is kind."', '"""\nAda is\n  kind."""'), "a.toml")
    assert npc.persona == "Ada is kind."


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(NpcError, match="no such file"):
        read(tmp_path / "none.toml")
    with pytest.raises(NpcError, match="a folder; name the file in it"):
        read(tmp_path)
    latin = tmp_path / "latin.toml"
    latin.write_bytes('id = "a"\nname = "Zoë"'.encode("latin-1"))
    with pytest.raises(NpcError, match=r"not UTF-8 \(at line 2\); save it as UTF-8"):
        read(latin)
    marked = tmp_path / "marked.toml"
    marked.write_bytes(b"\xef\xbb\xbf" + LEAST.encode())
    assert read(marked).name == "Ada"
