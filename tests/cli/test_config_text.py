"""What `framebridge config` prints: it reads back as the same, and the example file is it."""

import argparse
import re
import string
import subprocess
import sys
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge import cli
from bridge.capabilities import CAPABILITIES, MODELS
from bridge.config import Config
from bridge.config_text import text_of
from bridge.flag import Flag
from bridge.flags import ALL_FLAGS, FLAGS, LIMITS, add_flags, arguments_of, located
from bridge.sources.options import OPTIONS
from bridge.value_kinds import (
    ADAPTERS,
    FILE,
    FOLDER,
    MEBIBYTES,
    MILLIS,
    MODEL,
    NAMES,
    NUMBER,
    OUTCOMES,
    SOURCES,
    SWITCH,
    TEXT,
    WHOLE,
    ValueKind,
)
from tests.cli.reading import read

EXAMPLE = Path(__file__).parents[2] / "examples" / "framebridge.example.toml"


def test_the_effective_configuration_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "framebridge.toml"
    file.write_text("port = 1\nslice-ms = 2.5\n")
    assert cli.main(["config", "--config", str(file), "--port", "2"]) == 0
    printed = tomllib.loads(capsys.readouterr().out)
    assert (printed["port"], printed["slice-ms"], printed["drain"]) == (2, 2.5, 5)
    assert printed["models"]["dialogue"] == {
        "slots": 24,
        "context": 1024,
        "requests": 16,
        "timeout": 30,
        "adapters": {},
    }


def test_unknown_models_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["config", "--models", "oracle"]) == 2
    assert "--models oracle: not known" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--drain", "inf"), "--drain inf"),
        (("--drain", "-1"), "--drain -1"),
        (("--avatar-budget-ms", "-5"), "--avatar-budget-ms -5"),
        (("--avatar-budget-ms", "nan"), "--avatar-budget-ms nan"),
        (("--limit", "budget_seconds=inf"), "--limit budget_seconds=inf"),
        (("--trace", "\udce9.jsonl"), r"--trace '\udce9.jsonl'"),
    ],
)
def test_what_no_file_can_hold_is_refused(
    words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["config", *words]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert "cannot be written to a file" in told


def test_printing_needs_no_torch() -> None:
    code = (
        "import sys; from bridge.cli import main; assert main(['config']) == 0; "
        "assert not {'torch', 'grpc', 'numpy'} & set(sys.modules), 'slow'"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


def numbers(least: float, most: float) -> st.SearchStrategy[str]:
    whole = st.integers(int(least) + 1, int(most)).map(str)
    return whole | st.floats(least, most, exclude_min=True).map(repr)


TEXTS: dict[ValueKind, st.SearchStrategy[str]] = {
    TEXT: st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1),
    FILE: st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1),
    WHOLE: st.integers(1, 1 << 70).map(str),
    NUMBER: numbers(0, 1e9),
    MILLIS: numbers(0, 1e6),
    MEBIBYTES: numbers(256, 1e6),
    NAMES: st.lists(st.sampled_from(MODELS)).map(lambda names: ",".join(names) or "none"),
    MODEL: st.sampled_from(["./a b.gguf", "/x/ä", "../net/", "~/models/qwen.gguf", "~nobody/a.gguf", "qwen"]),
    SOURCES: st.sampled_from(["./a b.py:STYLE", "/x/ä.py:A.B", "../net.pt2", "my_pkg.nets:ALL", "stylised"]),
    FOLDER: st.sampled_from(["./npc", "/x/ä", "../a b"]),
    ADAPTERS: st.sampled_from(["npc=./a b", "smith-2=/x/ä=y", "x_1=../lora"]),
    SWITCH: st.just(""),
    OUTCOMES: st.dictionaries(
        st.sampled_from(["threat", "self_harm", "x"]), st.sampled_from(["pass", "mark", "hold"])
    ).map(lambda outcomes: ",".join(f"{kind}={outcome}" for kind, outcome in outcomes.items()) or "none"),
}
RANGES = {
    "port": st.integers(0, 50000).map(str),
    "metrics_port": st.integers(50001, 65535).map(str),
    "dialogue_slots": st.integers(1, 256).map(str),
    "dialogue_context": st.integers(128, 131_072).map(str),
    "dialogue_requests": st.integers(1, 1024).map(str),
    "dialogue_timeout": numbers(0.1, 600),
    "limits.history_lines": st.integers(1, 480).map(str),
    "moderation_score": numbers(0, 1),
    "moderation_lines_per_minute": numbers(0.1, 6000),
    "moderation_burst": st.integers(1, 1000).map(str),
    "slice_seconds": numbers(0.5, 100),
}


OPTION_TEXTS = {
    "max-batch": st.integers(1, 256).map(str),
    "dtype": st.sampled_from(["float32", "float16", "bfloat16"]),
    "memory-format": st.just("channels_last"),
    "compile": st.sampled_from(["true", "false"]),
    "slices": st.sampled_from(["true", "false"]),
    "budget-ms": numbers(1, 60000),
}


@st.composite
def command_lines(draw: st.DrawFn) -> list[str]:
    words = ["--insecure"]  # any host
    for flag in draw(st.lists(st.sampled_from(ALL_FLAGS), unique=True)):
        if flag.kind is SWITCH:
            continue
        text = draw(RANGES.get(flag.field, TEXTS[flag.kind]))
        words.append(f"--limit={flag.key[-1]}={text}" if flag in LIMITS else f"{flag.name}={text}")
        if flag.kind is ADAPTERS:
            words.append(f"{flag.name}=other=./folder")
        elif flag.repeats:
            words.append(f"{flag.name}=another")
            options = draw(st.lists(st.sampled_from(OPTIONS), unique=True))
            words += [f"--model-option=style.{option.key}={draw(OPTION_TEXTS[option.key])}" for option in options]
    return words


@given(words=command_lines())
def test_what_is_printed_reads_back_as_the_same(words: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    config = read(*words)
    text = text_of(config)
    assert text.isascii()
    file = tmp_path_factory.getbasetemp() / "printed.toml"
    file.write_text(text, encoding="ascii")
    again = read("--config", str(file))
    assert again == config
    assert text_of(again) == text


@given(words=command_lines())
def test_a_child_gets_the_same_configuration(words: list[str]) -> None:
    config = read(*(word for word in words if not word.startswith("--limit") and "=-" not in word))
    assert read(*arguments_of(config)) == config


# -- the example -------------------------------------------------------------------------------------------------------


def example() -> str:
    return EXAMPLE.read_text(encoding="utf-8")


def completed() -> str:
    """The example with the keys set that it only shows."""
    return re.sub(r"^# (?=[\w-]+ = )", "", example(), flags=re.MULTILINE)


def found(text: str, flag: Flag) -> Any:
    table: Any = tomllib.loads(text, parse_float=Decimal)
    for name in flag.key:
        table = table[name]
    return table


def test_the_example_is_what_is_printed() -> None:
    assert example() == text_of(Config()), "run `framebridge config > examples/framebridge.example.toml`"


def test_the_example_is_the_default() -> None:
    assert read("--config", str(EXAMPLE)) == Config()
    for flag in ALL_FLAGS:
        if flag.default is not None:
            assert flag.kind.loaded(found(example(), flag)) == flag.default


def test_what_the_example_only_shows_is_valid(tmp_path: Path) -> None:
    shown = [flag for flag in FLAGS if flag.default is None]
    assert shown
    for flag in shown:
        assert flag.kind.loaded(found(completed(), flag)) == flag.sample
    file = tmp_path / "framebridge.toml"
    file.write_text(completed(), encoding="utf-8")
    assert read("--config", str(file)) == Config(
        **{flag.field: located(flag.kind, flag.sample, tmp_path) for flag in shown}
    )


def test_every_flag_is_in_the_example() -> None:
    parser = argparse.ArgumentParser(add_help=False)
    add_flags(parser)
    names = {action.option_strings[0] for action in parser._actions} - {"--config", "--model-option"}
    assert names == {flag.name for flag in ALL_FLAGS}
    for flag in ALL_FLAGS:
        found(completed(), flag)
        line = rf"^(# )?{flag.key[-1]} = "
        assert len(re.findall(line, example(), re.MULTILINE)) == 1
        default = flag.unset if flag.default is None else flag.kind.dumped(flag.default)
        if flag.help:
            assert f"# {flag.help} (default: {default})\n" in example()
        else:
            assert f"{flag.key[-1]} = {default}  # default: {default}\n" in example()


def test_tables_of_models_are_of_models() -> None:
    assert {flag.key[1] for flag in ALL_FLAGS if flag.key[0] == "models" and len(flag.key) > 2} <= set(MODELS)
    assert "load" not in MODELS, "a model of this name could have no table"


def test_keys_are_distinct_and_simple() -> None:
    keys = [flag.key for flag in ALL_FLAGS]
    assert len(set(keys)) == len(keys)
    assert all(set(name) <= set(string.ascii_lowercase + string.digits + "-_") for key in keys for name in key)
    budgets = [work for capability in CAPABILITIES for work in capability.work]
    assert {(f"{work.flag}-ms",) for work in budgets} <= set(keys)
