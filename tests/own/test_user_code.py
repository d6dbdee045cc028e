"""Modules and files of the operator's: loaded as others load them, and what is wrong with one is a sentence."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from bridge.config import Config
from bridge.errors import ConfigError
from bridge.sources import loading, prefixes
from bridge.sources.loading import declared, own_models
from tests.own.conftest import Write
from tests.own.sources import DEPTH, HEAD, INPUTS, NETS, STYLE


def names(*sources: str) -> list[str]:
    return [model.name for model in own_models(Config(sources=sources))]


def refused(source: str) -> str:
    with pytest.raises(ConfigError) as error:
        names(source)
    start = f"--model {source}: "
    assert str(error.value).startswith(start)
    return str(error.value).removeprefix(start)


# -- what is loaded ----------------------------------------------------------------------------------------------------


def test_a_file_is_loaded_with_its_siblings(write: Write, folder: Path) -> None:
    write("nets/portraits.py", HEAD, "from strokes import WIDTH", STYLE)
    write("nets/strokes.py", "WIDTH = 3")
    assert names("nets/portraits.py:STYLE") == ["style"]
    assert "portraits" not in sys.modules, "a private name, which shadows nothing"
    assert sys.path[-1] == str(folder / "nets")


def test_a_file_may_use_dataclasses_and_pickle(write: Write) -> None:
    write(
        "portraits.py",
        "from __future__ import annotations",
        "import dataclasses, pickle, typing",
        HEAD,
        "@dataclasses.dataclass",
        "class Look:",
        "    seed: typing.ClassVar[int] = 7",
        "    morph: int = 3",
        "assert pickle.loads(pickle.dumps(Look(4))) == Look(4)",
        "assert typing.get_type_hints(Look)['morph'] is int",
        STYLE,
    )
    assert names("./portraits.py:STYLE") == ["style"]


def test_a_module_of_the_current_folder_is_found_and_shadows_nothing(write: Write, folder: Path) -> None:
    write("my_pkg/__init__.py", "import json", "assert hasattr(json, 'dumps')")
    write("my_pkg/nets.py", HEAD, "class Nets:", f"    {STYLE}", f"    {DEPTH}", "    BOTH = [STYLE, DEPTH]")
    write("json.py", "raise RuntimeError('shadowed')")
    assert names("my_pkg.nets:Nets.STYLE", "my_pkg.nets:Nets.DEPTH") == ["style", "depth"]
    assert names("my_pkg.nets:Nets.BOTH") == ["style", "depth"]
    assert sys.path[-1] == str(folder)
    assert sys.path.count(str(folder)) == 1


def test_two_models_of_one_file_run_it_once(write: Write) -> None:
    write("portraits.py", HEAD, STYLE, DEPTH, "with open('runs', 'a') as runs: runs.write('x')")
    assert names("./portraits.py:STYLE", "./portraits.py:DEPTH", "./portraits.py:STYLE") == ["style", "depth"]
    assert Path("runs").read_text() == "x"


def test_a_prefix_s_function_gets_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr(loading, "PREFIXES", {"hf": "tests.own.made:model"})
    monkeypatch.setattr("bridge.sources.reference.PREFIXES", {"hf": "tests.own.made:model"})
    monkeypatch.setattr(
        loading, "imported", lambda path: lambda rest: seen.append((path, rest)) or SimpleNamespace(name="vit")
    )
    assert names("hf:owner/vit") == ["vit"]
    assert seen == [("tests.own.made:model", "owner/vit")]
    assert isinstance(prefixes.PREFIXES, dict)


# -- what is not there -------------------------------------------------------------------------------------------------


def test_a_file_that_is_not_there(write: Write) -> None:
    write("portrait.py", HEAD, STYLE)
    assert refused("./portraits.py:STYLE") == "there is no file portraits.py; in that folder there is portrait.py"
    assert refused("./nets/a.py:STYLE") == "there is no file nets/a.py; there is no folder nets either"


def test_a_module_that_is_not_there(write: Write, folder: Path) -> None:
    assert refused("my_pkg.nets:STYLE") == (
        f"there is no module 'my_pkg', neither installed nor in {folder}; correct the name, start in the folder that "
        "it is in, or name its file, as in ./file.py:ATTRIBUTE"
    )
    write("my_pkg/__init__.py")
    assert refused("my_pkg.nets:STYLE") == "there is no module 'my_pkg.nets'; correct the name"


def test_an_import_that_fails_inside_is_told_apart(write: Write, folder: Path) -> None:
    path = write("my_pkg/__init__.py", "import os", "import my")
    assert refused("my_pkg:STYLE") == (
        f"{path}, line 2, imports 'my', which is not installed; install it, or put it beside that file"
    )


@pytest.mark.parametrize(
    ("lines", "there"),
    [
        ((HEAD, STYLE, DEPTH, "BOTH = (STYLE, DEPTH)", "EMPTY = []"), "there are STYLE, DEPTH, BOTH"),
        ((HEAD, STYLE), "there is STYLE"),
        (("import os",), 'it declares no model: write NAME = ModuleModel("name", load=..., inputs='),
    ],
)
def test_an_attribute_that_is_not_there_lists_those_that_are(write: Write, lines: tuple[str, ...], there: str) -> None:
    write("portraits.py", *lines)
    assert refused("./portraits.py:MODEL").startswith(f"there is no MODEL in it; {there}")


# -- what is something else --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("MODEL = Style()", "MODEL is a Style, which does not say what its inputs are; declare it: ModuleModel("),
        (
            "MODEL = Style",
            'is the class Style, which does not say what its inputs are; declare it: ModuleModel("name", load',
        ),
        ("def MODEL(): pass", "MODEL is a function, which is not called; declare what it makes: ModuleModel("),
        ("class MODEL: pass", "MODEL is the class MODEL, not a declaration; write NAME = ModuleModel("),
        ("MODEL = 'style'", "MODEL is of type str, not a ModuleModel or ProgramModel; write NAME = ModuleModel("),
        ("MODEL = [Style()]", "MODEL is a Style, which does not say what its inputs are"),
        ("MODEL = ()", "MODEL is empty; put a ModuleModel in it"),
    ],
)
def test_what_is_no_declaration_says_how_to_write_one(write: Write, line: str, said: str) -> None:
    write("portraits.py", *NETS, line)
    assert said in refused("./portraits.py:MODEL")


# -- what fails --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            ("import json", "x = json.loads('{')"),
            "line 2, raises json.decoder.JSONDecodeError: Expecting property name",
        ),
        (("def f():", "    return 1 / 0", "f()"), "line 2, raises ZeroDivisionError: division by zero; mend it there"),
        (("x = (",), "line 1, raises SyntaxError: '(' was never closed"),
        (("import sys", "sys.exit(3)"), 'line 2, ends the process; put that under `if __name__ == "__main__":`'),
        (("from .nets import Style",), "line 1, imports relatively, and a file that is named by its path is in no"),
        (("import nowhere.at_all",), "line 1, imports 'nowhere', which is not installed"),
        (
            (HEAD, f'M = ModuleModel("Big", load=None, {INPUTS})'),
            "line 2, declares a model that cannot be served: the model name 'Big' cannot be used",
        ),
    ],
)
def test_what_the_code_raises_comes_with_its_place(write: Write, lines: tuple[str, ...], said: str) -> None:
    path = write("portraits.py", *lines)
    assert refused("./portraits.py:M").startswith(f"{path}, {said}")


def test_the_place_is_the_operator_s_last_line_also_in_a_sibling(write: Write) -> None:
    write("portraits.py", "import nets", HEAD)
    path = write("nets.py", "import json", "def f():", "    json.loads(3)", "f()")
    assert refused("./portraits.py:M").startswith(f"{path}, line 3, raises TypeError: the JSON object must be str")


def test_a_file_that_failed_is_run_again(write: Write) -> None:
    path = write("portraits.py", "1 / 0")
    assert "ZeroDivisionError" in refused("./portraits.py:STYLE")
    path.write_text(f"{HEAD}\n{STYLE}\n")
    assert names("./portraits.py:STYLE") == ["style"]


def test_two_siblings_of_one_name_are_told_apart(write: Write, folder: Path) -> None:
    write("a/style.py", HEAD, "import nets", STYLE)
    write("a/nets.py", "import json")
    write("a/json.py", "raise RuntimeError('shadows nothing')")
    write("a/strokes.py")
    write("b/depth.py", "import strokes", "from nets import WIDTH", HEAD, DEPTH)
    write("b/nets.py", "WIDTH = 3")
    write("b/json.py", "raise RuntimeError('shadows nothing')")
    assert names("a/style.py:STYLE", "a/style.py:STYLE") == ["style"]
    assert refused("b/depth.py:DEPTH") == (
        f"{folder}/b/depth.py, line 2, imports 'nets', which finds {folder}/a/nets.py beside another source and not "
        f"your {folder}/b/nets.py; rename one of them"
    )
    (folder / "a/nets.py").rename(folder / "a/other_nets.py")
    del sys.modules["nets"]
    assert names("b/depth.py:DEPTH") == ["depth"]


# -- names -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("detector", "there is a model 'detector' in FrameBridge; give yours another name"),
        ("none", "'none' has a meaning of its own in a configuration"),
        ("own", "'own' has a meaning of its own in a configuration"),
    ],
)
def test_a_name_that_is_taken_is_refused(write: Write, name: str, said: str) -> None:
    write("portraits.py", HEAD, STYLE.replace('"style"', f'"{name}"'))
    assert refused("./portraits.py:STYLE").startswith(said)


def test_two_models_of_one_name_are_refused(write: Write) -> None:
    write("a.py", HEAD, STYLE, "TWICE = [STYLE, STYLE]")
    write("b.py", HEAD, STYLE)
    assert refused("./a.py:TWICE") == "the model 'style' is declared twice; rename one of them"
    with pytest.raises(ConfigError) as error:
        names("./a.py:STYLE", "./b.py:STYLE")
    said = "--model ./b.py:STYLE: the model 'style' is declared by ./a.py:STYLE too; rename one of them"
    assert str(error.value) == said


def test_what_is_loaded_is_announced_before(write: Write) -> None:
    write("a.py", HEAD, STYLE)
    said: list[str] = []
    own_models(Config(sources=("./a.py:STYLE",)), said.append)
    assert said == ["loading ./a.py:STYLE"]
    assert declared("./a.py:STYLE")[0].max_batch == 4
