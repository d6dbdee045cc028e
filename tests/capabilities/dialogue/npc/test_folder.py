"""Files of NPCs that change while the server runs: read again, and kept as they were if they are wrong."""

import logging
import os
from pathlib import Path

import pytest

from bridge.capabilities.dialogue import state
from bridge.capabilities.dialogue.npc.npcs import Npcs
from bridge.errors import InvalidRequest
from tests.capabilities.dialogue.npc.scenes import said, talking, tell
from tests.capabilities.dialogue.npc.test_bad_input import FILE
from tests.conftest import Run
from tests.serving.client import until_done


def write(folder: Path, name: str, text: str) -> None:
    """Write a file of a time of its own: two writes may come within one tick of the file system's clock."""
    file = folder / f"{name}.toml"
    later = file.stat().st_mtime_ns + 1_000_000_000 if file.exists() else None
    file.write_text(text)
    if later is not None:
        os.utime(file, ns=(later, later))


def mara(say: str = "Come in.") -> str:
    return FILE.format(id="mara").replace("Come in.", say)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, "mara", mara())
    write(tmp_path, "tobin", FILE.format(id="tobin"))
    return tmp_path


def says(npcs: Npcs, name: str) -> str:
    return npcs.named(name).npc.lines[0].say[0]


def test_a_file_that_changes_is_read_again_and_the_others_stay(folder: Path) -> None:
    npcs = Npcs(str(folder), 1024)
    first, other = npcs.named("mara"), npcs.named("tobin")
    assert not npcs.refresh()
    write(folder, "mara", mara("Out!"))
    assert npcs.refresh()
    assert says(npcs, "mara") == "Out!"
    assert first.npc.lines[0].say[0] == "Come in."
    assert npcs.named("tobin") is other
    assert not npcs.refresh()


def test_files_come_and_go(folder: Path) -> None:
    npcs = Npcs(str(folder), 1024)
    write(folder, "olaf", FILE.format(id="olaf"))
    (folder / "tobin.toml").unlink()
    assert npcs.refresh()
    assert [*npcs.names] == ["mara", "olaf"]
    for ask in (npcs.check, npcs.named):
        with pytest.raises(InvalidRequest, match="there are mara, olaf"):
            ask("tobin")


def test_a_file_that_is_wrong_keeps_what_it_had_and_is_logged_once(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    npcs = Npcs(str(folder), 1024)
    write(folder, "mara", mara("Hi {playr}."))
    with caplog.at_level(logging.ERROR, "framebridge.npc"):
        assert not npcs.refresh()
        assert not npcs.refresh()
    assert [one.message for one in caplog.records] == [
        (
            f"{folder}/mara.toml: lines[0].say[0]: unknown slot '{{playr}}'; did you mean 'player'?; "
            "what was read before is kept"
        )
    ]
    assert says(npcs, "mara") == "Come in."
    write(folder, "mara", mara("Hi {player}."))
    assert npcs.refresh()
    assert says(npcs, "mara") == "Hi {player}."


def test_an_id_that_is_taken_is_free_once_the_other_has_changed(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    npcs = Npcs(str(folder), 1024)
    write(folder, "zoe", FILE.format(id="tobin"))
    with caplog.at_level(logging.ERROR, "framebridge.npc"):
        assert not npcs.refresh()
        assert not npcs.refresh()
    assert len(caplog.records) == 1
    assert "zoe.toml: id: 'tobin' is already that of tobin.toml" in caplog.records[0].message
    write(folder, "tobin", FILE.format(id="olaf"))
    assert npcs.refresh()
    assert sorted(npcs.names) == ["mara", "olaf", "tobin"]


def test_a_folder_that_is_gone_takes_nobody_along(folder: Path) -> None:
    npcs = Npcs(str(folder), 1024)
    folder.rename(folder.with_name("elsewhere"))
    assert not npcs.refresh()
    assert says(npcs, "mara") == "Come in."


def test_a_server_says_what_its_files_say_now(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "WATCH_SECONDS", 0.01)

    async def scenario() -> None:
        async with talking(npcs_folder=str(folder)) as (_, _, call):
            await call.write(tell("hello", npc_id="mara"))
            assert said(await until_done(call)) == [("AUTHORED", "Come in.")]
            write(folder, "mara", mara("Out!"))
            for turn in range(2, 400):
                await call.write(tell("hello", turn, npc_id="mara"))
                if said(await until_done(call)) == [("AUTHORED", "Out!")]:
                    return
            raise AssertionError("the file was not read again")

    run(scenario())
