"""`framebridge npc`: files are checked, and a talk shows what each sentence rests on."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from bridge import cli
from bridge.client import Npc
from bridge.tools.npc.talk import Options, converse
from models.npc.reading import read
from tests.conftest import Run
from tests.serving.server import serving

EXAMPLES = Path(__file__).parents[2] / "models/npc/examples"
MARA = EXAMPLES / "mara.toml"


def test_files_that_are_right_are_described(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["npc", "check", str(EXAMPLES), str(MARA)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert len(told) == len(list(EXAMPLES.glob("*.toml"))) + 1
    assert told[-1].startswith(f"{MARA}: Mara Quill, innkeeper: 20 facts, 2 lore passages, ")


def test_every_problem_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "x.toml"
    file.write_text('id = "x"\nname = "X"\n[[wares]]\nprize = 1\n')
    assert cli.main(["npc", "check", str(file), str(tmp_path / "y.toml")]) == 1
    told = capsys.readouterr().out
    assert f"{file}: wares[0]: unknown key 'prize'; did you mean 'price'?" in told
    assert f"{tmp_path / 'y.toml'}: no such file" in told
    assert told.splitlines()[-1] == f"{len(told.splitlines()) - 1} problems"


def test_a_talk_needs_one_file_that_is_right(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["npc", "talk", str(MARA), str(MARA)]) == 2
    assert "takes one file" in capsys.readouterr().err
    assert cli.main(["npc", "talk", str(tmp_path / "y.toml")]) == 2
    assert "no such file" in capsys.readouterr().err


SMALL = """
id = "mara"
name = "Mara Quill"
trade = "innkeeper"
persona = "She is brisk."
currency = "silver"
[[wares]]
item = "room"
unit = "a night"
price = 7
[[lines]]
intent = "greeting"
examples = ["hello"]
say = ["Come in."]
[[actions]]
name = "hand_over_key"
description = "Gives the player the key to a room."
examples = ["give me the key to a room"]
[actions.parameters]
type = "object"
required = ["nights"]
[actions.parameters.properties.nights]
type = "integer"
minimum = 1
"""


def talked(run: Run, file: Path, lines: Sequence[str], scripts: Sequence[str]) -> str:
    """What a talk of these lines shows; the model says what the scripts say."""
    shown: list[str] = []
    left = list(lines)
    file.write_text(SMALL)

    async def ask(prompt: str) -> str | None:
        shown.append(f"{prompt}{left[0] if left else ''}")
        return left.pop(0) if left else None

    async def scenario() -> None:
        async with serving() as server:
            server.fakes.dialogue.scripts += scripts
            options = Options(file, player="Joan", roles=["friend"])
            await converse(f"127.0.0.1:{server.port}", read(file), Npc.read(file), options, shown.append, ask)

    run(scenario())
    return "\n".join(shown)


def test_a_talk_shows_what_each_sentence_rests_on(run: Run, tmp_path: Path) -> None:
    lines = ["What would a room cost me for three nights?", "", "unheard"]
    told = talked(run, tmp_path / "mara.toml", lines, ["That is 20 silver.", "A room costs 7 silver a night."])
    for wanted in (
        "Mara: A room costs 7 silver a night.",
        "    the model",
        "      wares[0].price: A room costs 7 silver a night.",
        "    known for this line: A room for 3 nights costs 21 silver. (sum)",
        "    not said: That is 20 silver. (",
        "and written again",
        "to the first words",
    ):
        assert wanted in told, told
    assert "unheard" not in told.replace("> unheard", "")


def test_who_talks_says_what_the_game_answers(run: Run, tmp_path: Path) -> None:
    lines = ["Give me the key to a room for two nights.", "It hangs on the hook."]
    told = talked(run, tmp_path / "mara.toml", lines, ["There it is."])
    assert "    it does hand_over_key(nights = 2)" in told
    assert "known for this line: It hangs on the hook. (action:hand_over_key)" in told
    assert "taken for actions[0]: hand_over_key" in told


def test_what_the_server_does_not_take_is_said(run: Run, tmp_path: Path) -> None:
    told = talked(run, tmp_path / "mara.toml", ["x" * 20_000, "hello"], [])
    assert "send at most 16,384" in told
    assert "the author's line" in told
