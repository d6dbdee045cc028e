"""The base distribution alone: a bot, a tool or a game without torch."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bridge.extras import NEEDED
from tests.packaging.venvs import Venv
from tests.packaging.wheels import ROOT
from tests.serving.server import FakeServer

MOST_BYTES = 150_000_000  # of the environment, with pip
EXAMPLES = ROOT / "examples"
GAME = ROOT / "tests" / "compat" / "game.py"
PICTURE = ROOT / "bridge" / "assets" / "astronaut.jpg"
WORDS = {  # of a command, if not its name alone
    "models": ["models", "fetch"],
    "moderation": ["moderation", "list"],
    "npc": ["npc", "check", "innkeeper.toml"],
    "train": ["train", "avatar"],
}

_PROTOBUF = "import google.protobuf; print(google.protobuf.__version__.split('.')[0])"


@pytest.fixture(params=["client", "triton"])
def base(request: pytest.FixtureRequest) -> Venv:
    """The base distribution: alone under protobuf 7, and beside Triton's client under protobuf 6."""
    found: Venv = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def address(fake: FakeServer) -> str:
    return f"127.0.0.1:{fake.port}"


def output_of(venv: Venv, *arguments: object, cwd: Path) -> str:
    done = venv.run("python", *arguments, cwd=cwd)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


def test_it_is_small(client: Venv) -> None:
    files = [path for path in client.folder.rglob("*") if path.is_file() and not path.is_symlink()]
    assert sum(path.stat().st_size for path in files) <= MOST_BYTES


def test_there_are_three_libraries_and_no_torch(client: Venv, tmp_path: Path) -> None:
    code = (
        "import sys, importlib.util as u, bridge.client; from importlib import metadata; "
        "print(*sorted(d.name for d in metadata.distributions())); "
        "print(*(name for name in ('torch', 'models', 'PIL', 'grpc_health') if u.find_spec(name)))"
    )
    installed, others = output_of(client, "-c", code, cwd=tmp_path).split("\n")[:2]
    assert {*installed.split()} - {"pip", "setuptools"} == {
        *("framebridge", "grpcio", "numpy", "protobuf", "typing_extensions")
    }
    assert others == ""


@pytest.mark.parametrize("command", NEEDED)
def test_a_command_names_its_extra(client: Venv, command: str, tmp_path: Path) -> None:
    done = client.run("framebridge", *WORDS.get(command, [command]), cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"framebridge: `framebridge {command}` needs an extra that is not installed (no ")
    assert line.endswith(f': pip install "framebridge[{NEEDED[command].name}]"')
    assert list(tmp_path.iterdir()) == []


def test_what_needs_no_extra_works(client: Venv, tmp_path: Path) -> None:
    for words in (["--version"], ["--help"], ["serve", "--help"], ["config"]):
        done = client.run("framebridge", *words, cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout


def test_an_avatar_s_frame_is_saved(base: Venv, address: str, tmp_path: Path) -> None:
    said = output_of(base, EXAMPLES / "1_frame.py", "--target", address, "--frames", 4, cwd=tmp_path)
    assert said.count("frame ") == 4
    with Image.open(tmp_path / "avatar.png") as picture:
        assert (picture.format, picture.mode, picture.size) == ("PNG", "RGBA", (64, 64))
        assert np.asarray(picture).any()


def test_a_reply_is_printed(base: Venv, address: str, tmp_path: Path) -> None:
    said = output_of(base, EXAMPLES / "2_talk.py", "--target", address, "well met", cwd=tmp_path)
    assert said.startswith("You said: well met\n")


def test_a_picture_is_recognized(base: Venv, address: str, tmp_path: Path) -> None:
    said = output_of(base, EXAMPLES / "3_camera.py", "--target", address, PICTURE, cwd=tmp_path)
    assert "Egyptian cat" in said


@pytest.mark.parametrize(("name", "major"), [("client", 7), ("triton", 6)])
def test_a_whole_game_is_played_under_either_protobuf(
    request: pytest.FixtureRequest, name: str, major: int, address: str, tmp_path: Path
) -> None:
    venv: Venv = request.getfixturevalue(name)
    assert output_of(venv, "-c", _PROTOBUF, cwd=tmp_path).strip() == str(major)
    saw = json.loads(output_of(venv, GAME, address, cwd=tmp_path).splitlines()[-1])
    assert saw["frames"] == 30
    assert saw["reply"] == "You said: hello there"
    assert saw["seen"] == [285, ["cat", "dog"]]


def test_triton_s_client_is_in_the_same_process(triton: Venv, address: str, tmp_path: Path) -> None:
    """Both bring generated code to the one descriptor pool."""
    code = (
        "import runpy, sys, tritonclient.grpc; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], None, '__main__')"
    )
    saw = json.loads(output_of(triton, "-c", code, GAME, address, cwd=tmp_path).splitlines()[-1])
    assert saw["frames"] == 30


def test_pillow_is_asked_for_where_it_is_needed(client: Venv, tmp_path: Path) -> None:
    code = (
        "from bridge.client.frames import frame_of; from bridge.v1 import avatar_pb2, media_pb2\n"
        "chunk = avatar_pb2.TextureFrame(width=1, height=1, format=media_pb2.TEXTURE_FORMAT_PNG)\n"
        "try: frame_of(chunk, b'x', 0.0, 0.0).pixels\n"
        "except ImportError as error: print(error)"
    )
    assert output_of(client, "-c", code, cwd=tmp_path).startswith(
        "Pillow is needed to decode a png texture: pip install"
    )
