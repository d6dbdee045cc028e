"""The examples as somebody runs them who has just installed the project: whole processes against a live server."""

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from bridge.assets import __file__ as assets
from bridge.config import Config
from bridge.server import Server
from bridge.sources.loading import declared
from tests.conftest import Run
from tests.interop.conftest import by_triton
from tests.interop.server import OwnServer
from tests.serving.server import FakeServer

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(path.stem for path in (ROOT / "examples").glob("*.py"))
SERVED = "5_own_model"  # no program but models for a server
PICTURE = Path(assets).with_name("astronaut.jpg")
MOST_LINES = 65
_SECONDS = 120.0  # for a process that hangs


def run_example(name: str, target: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    if name == "6_triton_client":
        return by_triton(ROOT / "examples" / f"{name}.py", "--target", target, *arguments)
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
    said = output_of(fake, "1_frame", "--seed", 3, "--frames", 4, "--out", out)
    assert said.count("frame ") == 4
    assert "avatar.64" in said
    with Image.open(out) as picture:
        assert (picture.format, picture.mode, picture.size) == ("PNG", "RGBA", (64, 64))


def test_a_reply_is_printed_as_it_is_spoken(fake: FakeServer) -> None:
    said = output_of(fake, "2_talk", "well met")
    assert said.startswith("You said: well met\n(4 tokens, the first of them after ")


def test_a_picture_is_recognized(fake: FakeServer) -> None:
    lines = output_of(fake, "3_camera", PICTURE).splitlines()
    whole, objects = (place for place, line in enumerate(lines) if not line.startswith(" "))
    assert lines[whole].startswith("classify, ")
    assert "Egyptian cat" in lines[whole + 1]
    assert lines[objects].startswith("detect, ")
    assert "cat at " in lines[objects + 1]


def test_a_game_is_played_and_says_how_each_answer_came(fake: FakeServer) -> None:
    said = output_of(fake, "4_game_loop", "--seconds", 1).splitlines()
    counts = Counter[str]()
    for line in said:
        work, count, how = re.fullmatch(r"(\w+): (\d+) by (.+)", line).groups()  # type: ignore[union-attr]
        counts[work] += int(count)
        counts[how] += int(count)
    assert (counts["texture"], counts["detect"]) == (60, 5)
    assert counts["avatar.64"] > 0


def test_models_of_one_s_own_are_served_and_asked(run: Run) -> None:
    server = Server(Config(port=0, models=("edges", "erosion")), models=declared(f"{ROOT}/examples/{SERVED}.py:MODELS"))
    port = run(server.start())
    try:
        done = run_example("5_ask_own_model", f"127.0.0.1:{port}")
    finally:
        run(server.stop(0.0))
    assert (done.returncode, done.stderr) == (0, "")
    edges, terrain = done.stdout.splitlines()
    assert edges.startswith("edges float32 [1, 256, 256], up to 1, ")
    assert terrain.startswith("height float32 [64, 64], up to 0.9")


def test_tritons_client_gets_an_answer_or_the_servers_sentence(own: OwnServer) -> None:
    target = f"127.0.0.1:{own.port}"
    done = run_example("6_triton_client", target, "--model", "painter")
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    scores, features, counts = done.stdout.splitlines()
    assert scores.startswith("scores: FP32 [1, 10], mean ")
    assert features.startswith("features: FP32 [1, 4, 8, 8], mean ")
    assert counts.partition(" ")[2].startswith("rows answered so far")
    done = run_example("6_triton_client", target, "--model", "oracle")
    assert done.returncode == 1
    assert done.stderr.startswith("6_triton_client: no model 'oracle' takes tensors; there are formats, ")


def test_a_file_that_is_no_picture_is_named(fake: FakeServer, tmp_path: Path) -> None:
    done = run_example("3_camera", f"127.0.0.1:{fake.port}", tmp_path / "nothing.jpg")
    assert done.returncode == 1
    assert "nothing.jpg' cannot be read" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name != SERVED])
def test_without_a_server_one_sentence_says_so(name: str) -> None:
    done = run_example(name, "127.0.0.1:1", *([PICTURE] if name == "3_camera" else []))
    assert done.returncode == 1
    assert done.stderr.strip() == (f"{name}: no server answers at 127.0.0.1:1; start one with `framebridge serve`")


def test_they_are_small_and_all_in_the_list() -> None:
    listed = (ROOT / "examples" / "README.md").read_text(encoding="utf-8")
    for name in EXAMPLES:
        assert f"examples/{name}.py" in listed
        assert len((ROOT / "examples" / f"{name}.py").read_text(encoding="utf-8").splitlines()) <= MOST_LINES
