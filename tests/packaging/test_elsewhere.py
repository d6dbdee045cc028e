"""A server that is installed from the wheels, in a folder that knows nothing of the checkout."""

import json
from pathlib import Path

from tests.packaging.venvs import Venv

FILES = {"summary.json", "server.log"}


def test_it_imports_what_was_installed(elsewhere: Venv, tmp_path: Path) -> None:
    code = "import bridge.server, models.program as program; print(bridge.__file__); print(program.__file__)"
    done = elsewhere.run("python", "-c", code, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert all(Path(line).is_relative_to(elsewhere.site) for line in done.stdout.splitlines())


def test_the_doctor_finds_nothing(elsewhere: Venv, tmp_path: Path) -> None:
    """Versions, weights and fetched wheels are all there."""
    done = elsewhere.run("framebridge", "doctor", "--json", "--port", 0, cwd=tmp_path)
    told = json.loads(done.stdout)
    assert [finding for finding in told["findings"] if finding["fault"]] == []
    assert {finding["name"] for finding in told["findings"]} >= {"torch", "grpc", "version", "weights", "wheels"}


def test_all_models_are_there(elsewhere: Venv, tmp_path: Path) -> None:
    done = elsewhere.run("framebridge", "models", "fetch", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "all weights are installed\n")


def test_it_serves_and_plays_the_demo(elsewhere: Venv, tmp_path: Path) -> None:
    done = elsewhere.run("framebridge", "demo", "--seconds", 3, "--no-view", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    out = tmp_path / "demo_out"
    assert {path.name for path in out.iterdir()} >= FILES
    assert json.loads((out / "summary.json").read_text(encoding="utf-8"))["ok"] is True
