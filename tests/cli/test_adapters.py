"""Adapters of the dialogue model and the folder of NPCs: as flags and in a file, and what is wrong with them."""

from pathlib import Path

import pytest

from bridge import cli
from bridge.capabilities.dialogue.adapters import check_adapters, folders_of, npc_adapter
from bridge.capabilities.dialogue.capability import other_models
from bridge.config import Config
from bridge.errors import ConfigError
from tests.cli.reading import read

TABLE = (
    '[models.dialogue]\n{model}npc-adapter = "npc"\n[models.dialogue.adapters]\nnpc = "lora/npc"\nsmith-2 = "/x/y=z"\n'
)


def test_a_file_names_adapters_by_folders_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "framebridge.toml"
    file.write_text(TABLE.format(model="") + '[npcs]\nfolder = "npc"\n')
    config = read("--config", str(file))
    assert config.dialogue_adapters == (f"npc={tmp_path / 'lora' / 'npc'}", "smith-2=/x/y=z")
    assert config.dialogue_npc_adapter == "npc"
    assert config.npcs_folder == str(tmp_path / "npc")


def test_flags_name_them_by_folders_of_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = read("--dialogue-adapter", "npc=lora", "--dialogue-adapter", "x=y", "--npcs", "npc")
    assert config.dialogue_adapters == (f"npc={tmp_path / 'lora'}", f"x={tmp_path / 'y'}")
    assert config.npcs_folder == str(tmp_path / "npc")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (
            '[models.dialogue.adapters]\n"a b" = "x"',
            "models.dialogue.adapters.a b: is no name of an adapter; use letters",
        ),
        ("[models.dialogue.adapters]\nnpc = 1", "models.dialogue.adapters.npc is a whole number; use the folder"),
        ('[models.dialogue.adapters]\nnpc = ""', "models.dialogue.adapters.npc is empty; use the folder"),
        ('models.dialogue.adapters = "npc"', "models.dialogue.adapters is a string; use a table of folders, such as"),
        ('[models.dialogue.adapters]\nnpc = "\\u0000"', "models.dialogue.adapters has a zero character in it"),
        (TABLE.format(model=""), "models.dialogue.adapters: there is no folder {folder}/lora/npc of adapter 'npc'"),
        (TABLE.format(model='model = "hf:./x"\n'), "adapters: adapter 'npc' cannot be put on a model of transformers"),
        (TABLE.format(model='model = "openai:http://127.0.0.1:1/v1"\n'), "cannot be put on a model at an endpoint"),
        ('[models.dialogue]\nnpc-adapter = "npc"', "npc-adapter: there is no adapter 'npc' for NPCs; none is named"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, wrong: str
) -> None:
    file = tmp_path / "framebridge.toml"
    file.write_text(text)
    assert cli.main(["config", "--config", str(file)]) == 2
    told = capsys.readouterr().err
    assert wrong.format(folder=tmp_path) in told
    assert str(file) in told


def test_a_flag_is_named_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--dialogue-adapter", f"npc={tmp_path}", "--dialogue-npc-adapter", "smith"]
    assert cli.main(["config", *words]) == 2
    assert "--dialogue-npc-adapter: there is no adapter 'smith' for NPCs; there is npc" in capsys.readouterr().err
    words = ["--dialogue-adapter", f"npc={tmp_path}", "--dialogue-adapter", f"npc={tmp_path}"]
    assert cli.main(["config", *words]) == 2
    assert "--dialogue-adapter: there are 2 adapters 'npc'; give each its own name" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "adapter", "folders"),
    [
        ((), "shipped", {"shipped": "shipped"}),
        (("--dialogue-npc-adapter", "none"), None, {}),
        (("--dialogue-adapter", "mine=/x", "--dialogue-npc-adapter", "mine"), "mine", {"mine": "/x"}),
        (("--dialogue-adapter", "mine=/x"), "shipped", {"mine": "/x", "shipped": "shipped"}),
        (("--dialogue-model", "m.gguf"), None, {}),
    ],
)
def test_npcs_speak_with_what_ships_unless_something_else_is_said(
    words: tuple[str, ...], adapter: str | None, folders: dict[str, str]
) -> None:
    config = read(*words)
    assert npc_adapter(config) == adapter
    assert folders_of(config) == folders


def test_the_names_with_a_meaning_are_nobodys() -> None:
    for name in ("none", "shipped"):
        with pytest.raises(ConfigError, match="cannot be called"):
            check_adapters(None, (f"{name}=/x",), None)
    with pytest.raises(ConfigError, match="no adapter 'shipped' for NPCs"):
        check_adapters("m.gguf", (), "shipped")


def test_a_server_made_in_code_refuses_them_too() -> None:
    with pytest.raises(ConfigError, match="cannot be put on a model of transformers"):
        other_models(Config(dialogue_model="hf:./x", dialogue_adapters=("npc=/x",)))
