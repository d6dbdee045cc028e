"""The Unity package reads and writes the files of NPCs as the server does, and finds the same faults in its words."""

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bridge.capabilities.dialogue.npc.message import npc_of
from bridge.v1 import npc_pb2
from models.npc.character import Npc
from models.npc.reading import NpcError, parse, read
from tests.unity.conftest import ROOT, Dotnet

pytestmark = pytest.mark.timeout(900)
EXAMPLES = ROOT / "models/npc/examples"
GOOD = 'id = "mara"\nname = "Mara"\ntrade = "innkeeper"\npersona = "Mara is kind."\ncurrency = "silver"\n'
ACTION = '[[actions]]\nname = "open"\ndescription = "Opens."\n'
# What an author may write and no example has.
UNUSUAL = {
    "strings": GOOD
    + "style = 'a \\ b'\nplace = \"\"\"\n  the \\\n   \"inn\" \\u00e9\\U0001F3AE\"\"\"\nvoice = '''it's'''\n",
    "numbers": GOOD + '[[wares]]\nitem = "ale"\nprice = 1_0.5_0\nstock = +3\n[[wares]]\nitem = "oil"\nprice = 1e1\n',
    "arrays": GOOD + 'goals = [ # why\n  "one",\n  "two", # last\n]\n',
    "inline": GOOD + 'wares = [{ item = "ale", price = 2 }, { "item" = "pie", price = 0.4 }]\n',
    "dotted": GOOD + ACTION + 'parameters.type = "object"\nparameters.properties.n.type = "integer"\n',
    "policy": GOOD + ACTION + 'policy = "replace"\ntimeout = 2.5\nwho = ["friend"]\nexamples = ["open up"]\n',
    "queue": GOOD + ACTION + 'policy = "queue"\nwho = "anyone"\n',
    "nested": GOOD
    + ACTION
    + '[actions.parameters]\ntype = "object"\nrequired = ["x"]\n[actions.parameters.properties.x]\n'
    'type = "array"\nmaxItems = 3\n[actions.parameters.properties.x.items]\ntype = "string"\nenum = ["a", "b"]\n',
    "plurals": GOOD + '[[hours]]\nwhat = "the docks"\nopens = "7"\nplural = false\n[[rates]]\none = "crown"\n'
    'one_plural = "crowns"\nworth = 0.05\nof = "gold"\n',
    "space": GOOD + 'style = "  much \\t space\\n here "\n\n\r\n# end',
    "long": GOOD + f'[[facts]]\nabout = "it"\ntext = "{"a sentence that goes on " * 15}"\n',
}
BROKEN = {
    "nothing": "",
    "kinds": 'id = 3\nname = true\ntrade = ["x"]\npersona = 1.5\nstyle = {}\ngoals = "one"\n',
    "unknown": GOOD + 'colour = "red"\n[[wares]]\nitem = "ale"\nprize = 3\nxyz = 1\n',
    "names": GOOD.replace('"mara"', '"Mara Quill"') + ACTION.replace('"open"', '"Open!"'),
    "articles": GOOD + '[[wares]]\nitem = "an ale"\nprice = 1\n[[wares]]\nitem = "The Sword"\nprice = 1\nstock = 2\n',
    "amounts": GOOD + '[[wares]]\nitem = "ale"\nprice = -1\n[[wares]]\nitem = "pie"\nprice = 1.005\nstock = -2\n'
    '[[wares]]\nitem = "oil"\nprice = "7"\n[[rates]]\none = "a"\nof = "b"\nworth = 0\n',
    "currency": GOOD.replace('currency = "silver"\n', 'currency_plural = "crowns"\n')
    + '[[wares]]\nitem = "ale"\nprice = 1\n',
    "hours": GOOD + '[[hours]]\nwhat = "it"\nwhy = "rest"\n[[rates]]\nworth = 3\n',
    "twice": GOOD + '[[wares]]\nitem = "Ale"\nprice = 1\n[[wares]]\nitem = "ale"\nprice = 1\n' + ACTION + ACTION,
    "slots": GOOD + '[[lines]]\nintent = "Hi"\nexamples = []\nsay = ["{plyer}, hi", "a } b", "{}", ""]\n[[refusals]]\n',
    "roles": GOOD + ACTION + 'who = "friend"\ntimeout = 99\npolicy = "wait"\n',
    "schema": GOOD
    + ACTION
    + '[actions.parameters]\ntype = "string"\nenum = [1]\nminLength = 9\nmaxLength = 2\npattern = "x"\n',
    "object": GOOD
    + ACTION
    + '[actions.parameters]\ntype = "object"\nrequired = ["night", "x"]\nadditionalProperties = true\n'
    '[actions.parameters.properties]\nnights = { type = "integr" }\n"a b" = { type = "array" }\nd = 3\n',
    "bounds": GOOD
    + ACTION
    + '[actions.parameters]\ntype = "object"\n[actions.parameters.properties.n]\ntype = "integer"\n'
    'minimum = "1"\nmaximum = 2\nenum = []\n',
    "long": GOOD + f'style = "{"x" * 161}"\ngoals = [{", ".join(["1"] * 9)}]\nvoice = "{"ß🎮" * 40}"\n',
    "controls": GOOD + 'style = "a\\u0007b"\nplace = "\\u200b"\nvoice = " "\n',
    "tables": GOOD + 'wares = [1, "x"]\nlore = 3\nfacts = { about = "x" }\n',
    "quotes": GOOD.replace('"mara"', "\"it's \\\\ 'so'\""),
}
NO_TOML = {
    "open": 'id = "mara',
    "twice": 'id = "a"\nid = "b"\n',
    "table": GOOD + "[wares]\nx = 1\n[[wares]]\nitem = 1\n",
    "header": "[a]\nb = 1\n[a]\nc = 2\n",
    "closed": "a = { b = 1 }\n[a.c]\nd = 1\n",
    "word": "id = mara\n",
    "number": "stock = 01\n",
    "array": "goals = [1, 2\n",
    "line": 'id = "a" name = "b"\n',
    "escape": 'id = "\\q"\n',
}


@pytest.fixture(scope="module")
def reads(built: Dotnet, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What the package has read, by the name of the file."""
    folder = tmp_path_factory.mktemp("npcs")
    for path in EXAMPLES.glob("*.toml"):
        (folder / path.name).write_bytes(path.read_bytes())
    for kind, texts in (("unusual", UNUSUAL), ("broken", BROKEN), ("none", NO_TOML)):
        for name, text in texts.items():
            (folder / f"{kind}-{name}.toml").write_text(text, encoding="utf-8", newline="")
    lines = built.start("FrameBridge.NpcFiles", str(folder)).splitlines()
    return {found["name"]: found for found in map(json.loads, lines)}


def plain(npc: Npc) -> Npc:
    """With the keys of schemas in one order, which means nothing."""
    actions = (replace(one, parameters=json.dumps(json.loads(one.parameters), sort_keys=True)) for one in npc.actions)
    return replace(npc, actions=tuple(actions))


def problems_of(text: str, origin: str) -> list[str]:
    try:
        parse(text, origin)
    except NpcError as error:
        return list(error.problems)
    return []


def check(found: dict[str, Any], npc: Npc) -> None:
    assert found["problems"] == []
    assert plain(parse(found["again"], "again")) == plain(npc)
    assert plain(npc_of(npc_pb2.Npc.FromString(base64.b64decode(found["wire"])))) == plain(npc)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.stem)
def test_an_example_is_read_written_and_sent_as_it_is(reads: dict[str, dict[str, Any]], path: Path) -> None:
    check(reads[path.name], read(path))


@pytest.mark.parametrize("name", UNUSUAL)
def test_unusual_files_too(reads: dict[str, dict[str, Any]], name: str) -> None:
    check(reads[f"unusual-{name}.toml"], parse(UNUSUAL[name], name))


@pytest.mark.parametrize("name", BROKEN)
def test_the_same_faults_are_found_in_the_same_words(reads: dict[str, dict[str, Any]], name: str) -> None:
    expected = problems_of(BROKEN[name], f"broken-{name}.toml")
    assert expected
    assert reads[f"broken-{name}.toml"]["problems"] == expected


@pytest.mark.parametrize("name", NO_TOML)
def test_what_is_no_toml_is_said(reads: dict[str, dict[str, Any]], name: str) -> None:
    (expected,) = problems_of(NO_TOML[name], f"none-{name}.toml")
    (found,) = reads[f"none-{name}.toml"]["problems"]
    start = f"none-{name}.toml: not valid TOML: "
    assert (expected.startswith(start), found.startswith(start), "(at line" in found) == (True, True, True)
