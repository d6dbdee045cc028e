"""`framebridge moderation`, and [moderation] of a configuration."""

import subprocess
import sys
from pathlib import Path

import pytest

from bridge import cli
from bridge.config import Config
from bridge.errors import ConfigError
from bridge.moderation.reading import DEFAULT
from tests.cli.reading import read

LIST = "[words foe]\nork\n[slur: hold]\n<foe> | orkish\n[oath: pass]\nidiot\n"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules.txt"
    path.write_text(LIST, encoding="utf-8")
    return path


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    assert cli.main(["moderation", *words]) == 0
    return capsys.readouterr().out.splitlines()


def test_a_text_is_checked_with_the_rules_that_fire(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, *reasons = printed(capsys, "check", "an 0rk!", "--list", str(rules))
    assert first.startswith("hold 0.")
    assert first.endswith("  an 0rk!")
    assert reasons == ["    slur: hold  '0rk' by rules.txt:4  <foe> | orkish"]


def test_a_score_that_marks_is_shown(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, rule, score = printed(capsys, "check", "you idiot", "--list", str(rules))
    assert first == "mark 1.00  you idiot"
    assert rule == "    oath: pass  'idiot' by rules.txt:6  idiot"
    assert score == "    score: mark  score 1.00"


def test_each_line_of_a_file_is_checked_and_counted(
    rules: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = tmp_path / "lines.txt"
    lines.write_text("an ork\n\ngood day\nidiot\n", encoding="utf-8")
    told = printed(capsys, "check", str(lines), "--list", str(rules))
    assert told[-1] == "1 pass, 1 mark, 1 hold"


def test_a_configuration_is_applied(rules: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "framebridge.toml"
    config.write_text(f'[moderation]\nlist = "{rules.as_posix()}"\noutcomes = {{ slur = "pass" }}\n', encoding="utf-8")
    assert printed(capsys, "check", "orkish", "--config", str(config))[0].startswith("pass")


def test_the_list_that_ships_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["moderation", "list"]) == 0
    assert capsys.readouterr().out == DEFAULT.read_text(encoding="utf-8")


def test_what_is_wrong_with_a_list_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["moderation", "check", "x", "--list", str(tmp_path / "none.txt")]) == 2
    assert "no such file; `framebridge moderation list` prints one" in capsys.readouterr().err


def test_checking_needs_neither_torch_nor_grpc() -> None:
    code = (
        "import sys; from bridge.cli import main; assert main(['moderation', 'check', 'hello']) == 0; "
        "assert not {'torch', 'grpc', 'sklearn', 'joblib'} & set(sys.modules), 'slow'"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


def test_flags_and_file_say_the_same(tmp_path: Path) -> None:
    config = tmp_path / "framebridge.toml"
    config.write_text(
        '[moderation]\ninput = false\noutput = true\nlist = "a.txt"\noutcomes = { threat = "mark", slur = "hold" }\n'
        'score = 0.5\nlines-per-minute = 30\nburst = 3\naudit = "a.jsonl"\naudit-text = true\n'
    )
    given = {"input": "false", "output": "true", "list": "a.txt", "outcomes": "threat=mark,slur=hold", "score": "0.5"}
    given |= {"lines-per-minute": "30", "burst": "3", "audit": "a.jsonl", "audit-text": "true"}
    flags = [word for key, value in given.items() for word in (f"--moderation-{key}", value)]
    assert read(*flags) == read("--config", str(config)) != Config()
    assert read(*flags).moderation_outcomes == ("threat=mark", "slur=hold")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (
            'outcomes = { threat = "block" }',
            "moderation.outcomes has to say pass, mark or hold for each class, such as",
        ),
        ("outcomes = { threat = 1 }", "moderation.outcomes has to say pass, mark or hold for each class"),
        ('outcomes = "threat"', "moderation.outcomes is a string; use a table of pass, mark or hold for each class"),
        ("score = 1.5", "moderation.score 1.5 is out of range; use 0 to 1"),
        ("lines-per-minute = 0.01", "moderation.lines-per-minute 0.01 is out of range; use 0.1 to 6000"),
        ("burst = 0", "moderation.burst 0 is out of range; use 1 to 1000"),
        ("inputs = true", "moderation.inputs: no such key; did you mean moderation.input?"),
    ],
)
def test_what_is_wrong_is_said_with_its_key(tmp_path: Path, text: str, wrong: str) -> None:
    config = tmp_path / "framebridge.toml"
    config.write_text(f"[moderation]\n{text}\n")
    with pytest.raises(ConfigError) as refusal:
        read("--config", str(config))
    assert wrong in str(refusal.value)


def test_a_class_has_one_outcome(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["config", "--moderation-outcomes", "slur=mark,slur=hold"])
    assert "'slur=mark,slur=hold' is not CLASS=OUTCOME" in capsys.readouterr().err
