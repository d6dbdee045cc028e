"""The examples as somebody runs them who has just installed the project: whole processes against a live server."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from bridge.assets import __file__ as assets
from tests.serving.server import FakeServer

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(path.stem for path in (ROOT / "examples").glob("*.py"))
PICTURE = Path(assets).with_name("astronaut.jpg")
MOST_LINES = 60
_SECONDS = 120.0  # for a process that hangs


def run_example(name: str, target: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "examples" / f"{name}.py"), "--target", target, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )


def output_of(server: FakeServer, name: str, *arguments: object) -> str:
    done = run_example(name, f"127.0.0.1:{server.port}", *arguments)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


def test_an_avatars_frame_is_saved(fake: FakeServer, tmp_path: Path) -> None:
    out = tmp_path / "frame.png"
    said = output_of(fake, "avatar", "--seed", 3, "--frames", 4, "--out", out)
    assert said.count("frame ") == 4
    assert "avatar.64" in said
    with Image.open(out) as picture:
        assert (picture.format, picture.mode, picture.size) == ("PNG", "RGBA", (64, 64))


def test_a_reply_is_printed_as_it_is_spoken(fake: FakeServer) -> None:
    said = output_of(fake, "dialogue", "well met")
    assert said.startswith("You said: well met\n(4 tokens, the first of them after ")


def test_a_picture_is_recognized(fake: FakeServer) -> None:
    lines = output_of(fake, "recognition", PICTURE).splitlines()
    whole, objects = (place for place, line in enumerate(lines) if not line.startswith(" "))
    assert lines[whole].startswith("classify, ")
    assert "Egyptian cat" in lines[whole + 1]
    assert lines[objects].startswith("detect, ")
    assert "cat at " in lines[objects + 1]


def test_a_file_that_is_no_picture_is_named(fake: FakeServer, tmp_path: Path) -> None:
    done = run_example("recognition", f"127.0.0.1:{fake.port}", tmp_path / "nothing.jpg")
    assert done.returncode == 1
    assert "nothing.jpg' cannot be read" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", EXAMPLES)
def test_without_a_server_one_sentence_says_so(name: str) -> None:
    done = run_example(name, "127.0.0.1:1", *([PICTURE] if name == "recognition" else []))
    assert done.returncode == 1
    assert done.stderr.strip() == (f"{name}: no server answers at 127.0.0.1:1; start one with `framebridge serve`")


def test_they_are_small_and_all_in_the_list() -> None:
    listed = (ROOT / "examples" / "README.md").read_text(encoding="utf-8")
    for name in EXAMPLES:
        assert f"examples/{name}.py" in listed
        assert len((ROOT / "examples" / f"{name}.py").read_text(encoding="utf-8").splitlines()) <= MOST_LINES
