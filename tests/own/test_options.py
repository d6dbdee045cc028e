"""Options of one's own models: in a file and on the command line, printed so that they read back the same."""

import tomllib
from pathlib import Path

import pytest

from bridge import cli
from bridge.config import Config
from bridge.device.own_models import ModuleModel, ProgramModel
from bridge.errors import ConfigError
from bridge.flags import arguments_of
from bridge.sources.loading import own_models, with_options, with_own
from bridge.sources.options import OPTIONS, options_of
from models.module.tensors import Tensor
from tests.cli.reading import read
from tests.own.conftest import Write
from tests.own.sources import DEPTH, HEAD, STYLE

INPUTS = {"image": Tensor("float32", (3, 4, 4))}
MODULE = ModuleModel("style", load=lambda: None, inputs=INPUTS)  # type: ignore[arg-type,return-value]
PROGRAM = ProgramModel("depth", load=lambda device: None, inputs=INPUTS)  # type: ignore[arg-type,return-value]

FILE = """
[models]
load = []
own = ["./nets/portraits.py:BOTH", "my_pkg:MODEL"]
[models.style]
max-batch = 2
dtype = "bfloat16"
memory-format = "channels_last"
compile = true
slices = false
budget-ms = 16.6
"""
STYLE_OPTIONS = {
    "max_batch": 2,
    "dtype": "bfloat16",
    "memory_format": "channels_last",
    "compile": True,
    "slices": False,
    "budget": 0.0166,
}


@pytest.fixture
def file(write: Write) -> Path:
    write("nets/portraits.py", HEAD, STYLE, DEPTH, "BOTH = [STYLE, DEPTH]", "print('noise')")
    return write("framebridge.toml", FILE.replace(', "my_pkg:MODEL"', ""))


def refused(path: Path, text: str, *words: str) -> str:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        read("--config", str(path), *words)
    return str(error.value).removeprefix(f"{path}: ")


# -- a file and the command line ---------------------------------------------------------------------------------------


def test_a_file_names_sources_from_its_own_folder_and_their_options(folder: Path) -> None:
    path = folder / "here.toml"
    path.write_text(FILE)
    config = read("--config", "here.toml")
    sources = (f"{folder}/nets/portraits.py:BOTH", "my_pkg:MODEL")
    assert config == Config(models=(), sources=sources, model_options={"style": STYLE_OPTIONS})
    assert read(*arguments_of(config)) == config


def test_flags_win_key_by_key(folder: Path) -> None:
    path = folder / "here.toml"
    path.write_text(FILE)
    config = read("--config", str(path), "--model", "./a.py:M", "--model", "b", "--model-option", "style.max-batch=3")
    assert config.sources == (f"{folder}/a.py:M", "b")
    assert config.model_options == {"style": {**STYLE_OPTIONS, "max_batch": 3}}


def test_options_change_what_is_declared() -> None:
    config = Config(model_options={"style": STYLE_OPTIONS, "depth": {"budget": 0.2}})
    style, depth = with_options(config, (MODULE, PROGRAM))
    assert {field: getattr(style, field) for field in STYLE_OPTIONS} == STYLE_OPTIONS
    assert (depth.budget, depth.load) == (0.2, PROGRAM.load)
    assert with_options(Config(), (MODULE, PROGRAM)) == (MODULE, PROGRAM)


def test_a_program_decides_all_but_its_budget() -> None:
    said = "models.depth: max-batch is not an option of a ProgramModel, which decides that itself; its options are budg"
    with pytest.raises(ConfigError, match=said):
        with_options(Config(model_options={"depth": {"max_batch": 2}}), (PROGRAM,))


def test_options_have_the_ranges_of_their_declarations() -> None:
    """What an option accepts a declaration accepts, and what it refuses that refuses too."""
    for option in options_of(MODULE):
        good = [option.sample, *option.choices, *((option.least, option.most) if option.most else ())]
        bad = ["other"] if option.choices else [option.least * 0.9 - 1e-6, option.most * 1.1] if option.most else []
        for value in good:
            assert option.mend(value) == ""
            with_options(Config(model_options={"style": {option.field: value}}), (MODULE,))
        for value in bad:
            assert option.mend(value)
            with pytest.raises(ConfigError):
                with_options(Config(model_options={"style": {option.field: value}}), (MODULE,))
    assert options_of(MODULE) == OPTIONS


def test_own_models_are_loaded_beside_those_that_are_named() -> None:
    assert with_own(Config(), (MODULE,)).models is None
    assert with_own(Config(models=()), (MODULE, PROGRAM)).models == ("style", "depth")
    assert with_own(Config(models=("avatar", "style")), (MODULE,)).models == ("avatar", "style")


# -- what is wrong -----------------------------------------------------------------------------------------------------

OWN = '[models]\nown = ["./portraits.py:BOTH"]\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[models.style]\nmax-batch = 2",
            "models.style: no such key; a model of your own needs its source beside it, such",
        ),
        (OWN + "[models.style]\nmax-bach = 2", "models.style.max-bach: no such key; did you mean max-batch?"),
        (
            OWN + "[models.style]\nspeed = 2",
            "models.style.speed: no such key; there are max-batch, dtype, memory-format",
        ),
        (OWN + "[models.style]\nmax-batch = 0", "models.style.max-batch is out of range; use 1 to 256"),
        (
            OWN + f"[models.style]\nmax-batch = 0x{'f' * 5000}",
            "models.style.max-batch has to be finite and not negative",
        ),
        (
            OWN + "[models.style]\nmax-batch = 2.5",
            "models.style.max-batch is a float; use a whole number, such as max-",
        ),
        (OWN + "[models.style]\nbudget-ms = 0.5", "models.style.budget-ms is out of range; use 1 to 60000"),
        (
            OWN + "[models.style]\ncompile = 'yes'",
            "models.style.compile is a string; use true or false, such as compile",
        ),
        (
            OWN + "[models.style]\ndtype = 'int8'",
            "models.style.dtype is out of range; use float32, float16 or bfloat16",
        ),
        (OWN + "[models.dialogue]\nmax-batch = 2", "models.dialogue.max-batch: no such key"),
        (
            "[models]\nown = './portraits.py:BOTH'",
            'models.own is a string; use an array of strings, such as own = ["./p',
        ),
        ("[models]\nown = [3]", "models.own has a whole number in it; use an array of strings, such as own ="),
        ("[models]\nown = ['a\\u0000']", "models.own: "),
        ("[models]\nload = ['style']", "models.load: 'style' is not a model; there are avatar, classifier"),
    ],
)
def test_what_is_wrong_in_a_file_is_named(folder: Path, text: str, said: str) -> None:
    text = text.replace("'a\\u0000'", '"a\\u0000"')
    said = said if said != "models.own: " else "models.own has a zero character in it; leave it out"
    assert refused(folder / "framebridge.toml", text).startswith(said)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("style.max-bach=2", "no such option; use NAME.KEY=VALUE with a key of max-batch, dtype, memory-format"),
        ("max-batch=2", "no such option; use NAME.KEY=VALUE"),
        ("style.max-batch=many", "'many' is not a whole number"),
        ("style.max-batch=257", "use 1 to 256"),
        ("style.compile=yes", "'yes' is not true or false"),
        ("style.dtype=int8", "use float32, float16 or bfloat16"),
    ],
)
def test_what_is_wrong_in_a_flag_is_named(word: str, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        read("--model-option", word)
    assert str(error.value).startswith(f"--model-option {word}: {said}")


@pytest.mark.parametrize(
    ("table", "words", "said"),
    [
        (
            "[models.styel]\nmax-batch = 2",
            (),
            "FILE: models.styel: there is no model 'styel' of your own; did you mean style?",
        ),
        (
            "",
            ("--model-option", "styel.max-batch=2"),
            "--model-option styel.max-batch: there is no model 'styel' of your",
        ),
        ("", ("--models", "styel"), "--models styel: not known; did you mean style?"),
        ("[models.depth]\ndtype = 'float16'", (), "models.depth: dtype is not an option of a ProgramModel"),
    ],
)
def test_names_are_checked_once_the_models_are_known(
    file: Path, capsys: pytest.CaptureFixture[str], table: str, words: tuple[str, ...], said: str
) -> None:
    file.write_text(file.read_text() + table)
    assert cli.main(["config", "--config", str(file), *words]) == 2
    told = capsys.readouterr().err.partition("framebridge: ")[2]
    assert told.startswith(said.replace("FILE", str(file)))


def test_a_model_to_load_that_is_not_known_is_named_with_its_key(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(file.read_text().replace("load = []", 'load = ["avatar", "stile"]'))
    assert cli.main(["config", "--config", str(file)]) == 2
    assert f"{file}: models.load: 'stile': not known; did you mean style?" in capsys.readouterr().err


def test_an_option_without_any_source_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["config", "--model-option", "style.max-batch=2"]) == 2
    said = "--model-option style.max-batch: there is no model 'style' of your own; name its source with --model"
    assert said in capsys.readouterr().err


# -- what is printed ---------------------------------------------------------------------------------------------------


def test_what_is_in_force_is_printed_and_reads_back(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--config", str(file), "--models", "style,avatar", "--model-option", "style.max-batch=3")
    assert cli.main(["config", *words]) == 0
    printed = capsys.readouterr().out
    assert "# rows in a run (default: 4)\nmax-batch = 3\n" in printed
    assert "[models.depth]\n# budget of requests that set none (default: 100)\n# budget-ms = 100\n" in printed
    assert "noise" not in printed
    tables = tomllib.loads(printed)["models"]
    assert tables["own"] == [str(file.parent / "nets/portraits.py:BOTH")]
    again = file.parent / "elsewhere" / "again.toml"
    again.parent.mkdir()
    again.write_text(printed)
    assert read("--config", str(again)) == read(*words)
    assert cli.main(["config", "--config", str(again)]) == 0
    assert capsys.readouterr().out == printed


def test_a_source_is_shown_with_what_it_declares(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert cli.main(["models", "--model", "./nets/portraits.py:BOTH"]) == 0
    said = capsys.readouterr().out
    for part in ("style", "depth", "image: float32 [3, 4, 4]", "found when it is loaded", "style, repeat"):
        assert part in said


def test_own_models_keep_their_names_for_start(file: Path) -> None:
    config = read("--config", str(file))
    assert [model.name for model in own_models(config)] == ["style", "depth"]
