"""`framebridge serve --model` as people start it, in a folder with modules that are called as FrameBridge's are."""

import asyncio
import os
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.export import save

import bridge
from bridge.client import BridgeClient
from bridge.v1 import bridge_pb2
from tests.own.conftest import Write
from tests.own.sources import HEAD, INPUTS, NETS

MODULE = (sys.executable, "-m", "bridge.cli")
SCRIPT = (str(Path(sysconfig.get_path("scripts")) / "framebridge"),)
STYLE = f'STYLE = ModuleModel("style", load=Style, {INPUTS}, max_batch=2)'
READY_SECONDS = 120
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join(filter(None, (str(Path(bridge.__file__).parents[1]), os.environ.get("PYTHONPATH")))),
}


@contextmanager
def server(command: tuple[str, ...], folder: Path, *words: str) -> Iterator[str]:
    """A server in a process of its own; yields its address."""
    whole = [*command, "serve", "--port", "0", "--device", "cpu", "--models", "none", *words]
    log = folder / "server.log"
    with (
        log.open("w") as errors,
        subprocess.Popen(
            whole, cwd=folder, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as process,
    ):
        watchdog = threading.Timer(READY_SECONDS, process.kill)
        watchdog.start()
        try:
            assert process.stdout is not None
            said = []
            for line in process.stdout:
                said.append(line)
                if line.startswith("serving at "):
                    break
            else:
                pytest.fail(f"no server: {said} {log.read_text()}")
            yield said[-1].removeprefix("serving at ").strip()
        finally:
            watchdog.cancel()
            process.terminate()
            process.communicate()


def listed(address: str) -> dict[str, Any]:
    async def ask() -> dict[str, Any]:
        async with BridgeClient(address) as client:
            return {model.name: model for model in await client.list_models()}

    return asyncio.run(ask())


def ready(models: dict[str, Any]) -> set[str]:
    return {name for name, model in models.items() if model.state == bridge_pb2.MODEL_STATE_READY}


def fails(command: tuple[str, ...], folder: Path, *words: str) -> str:
    done = subprocess.run(
        [*command, "serve", "--port", "0", *words],
        cwd=folder,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    return done.stderr


def hostile_folder(write: Write) -> None:
    """A current folder whose modules would break the server, if it imported them."""
    for name in ("models", "numpy", "torch", "grpc"):
        write(f"{name}.py", f"raise RuntimeError('this {name} is not yours')")


def test_models_are_served_whatever_lies_in_the_current_folder(write: Write, folder: Path) -> None:
    hostile_folder(write)
    write("bridge.py", "raise RuntimeError('this bridge is not yours')")
    write("nets/portraits.py", HEAD, "from strokes import Style", STYLE)
    write("nets/strokes.py", *NETS)
    write("my_pkg/__init__.py", HEAD, *NETS, STYLE.replace('"style"', '"depth"'))
    words = ("--model", "./nets/portraits.py:STYLE", "--model", "my_pkg:STYLE", "--model-option", "style.max-batch=1")
    with server(SCRIPT, folder, *words) as address:
        models = listed(address)
        assert ready(models) == {"style", "depth"}
        assert {"avatar", "detector"} <= models.keys()
        assert models["style"].rungs == ["style", "repeat"]
        assert (models["style"].max_batch, models["depth"].max_batch) == (1, 2)
        words = ("models", "unload", "style", "--server", address)
        subprocess.run([*SCRIPT, *words], cwd=folder, env=ENVIRONMENT, check=True, stdout=subprocess.DEVNULL)
        assert ready(listed(address)) == {"depth"}
        words = ("models", "load", "style", "--server", address)
        subprocess.run([*SCRIPT, *words], cwd=folder, env=ENVIRONMENT, check=True, stdout=subprocess.DEVNULL)
        assert ready(listed(address)) == {"style", "depth"}


def test_a_module_called_models_does_not_break_python_m_either(write: Write, folder: Path) -> None:
    write("models.py", "raise RuntimeError('this models is not yours')")
    write("portraits.py", HEAD, *NETS, STYLE)
    write("framebridge.toml", '[models]\nown = ["./portraits.py:STYLE"]', "[models.style]", "compile = false")
    with server(MODULE, folder, "--config", "framebridge.toml") as address:
        assert ready(listed(address)) == {"style"}


def test_a_model_file_called_models_and_an_exported_program_are_served(write: Write, folder: Path) -> None:
    write("models.py", HEAD, *NETS, STYLE)
    batch = torch.export.Dim("batch", min=1, max=4)
    program = torch.export.export(torch.nn.Conv2d(3, 3, 1), (torch.zeros(2, 3, 4, 4),), dynamic_shapes=({0: batch},))
    save(program, folder / "Blur 3.pt2")
    with server(MODULE, folder, "--model", "./models.py:STYLE", "--model", "Blur 3.pt2") as address:
        models = listed(address)
        assert ready(models) == {"style", "blur-3"}
        (taken,) = models["blur-3"].inputs
        assert [size.most for size in taken.dimensions] == [3, 4, 4]
        assert models["blur-3"].max_batch == 4
    assert "Blur 3.pt2 is one slice" in (folder / "server.log").read_text()


@pytest.mark.parametrize("command", [MODULE, SCRIPT], ids=["python -m", "script"])
def test_a_module_that_would_be_mistaken_stops_the_start(write: Write, folder: Path, command: tuple[str, ...]) -> None:
    write("models.py", "open('ran', 'w').close()")
    write("portraits.py", "open('ran', 'w').close()", "from models import Style", HEAD, STYLE)
    said = fails(command, folder, "--model", "./portraits.py:STYLE")
    assert f"line 2, imports 'models', which finds FrameBridge's package of that name and not your {folder}" in said
    assert not (folder / "ran").exists()


def test_a_source_that_fails_stops_the_start_in_one_line(write: Write, folder: Path) -> None:
    path = write("portraits.py", "1 / 0")
    said = fails(SCRIPT, folder, "--model", "portraits.py:STYLE")
    failure = f"{path}, line 1, raises ZeroDivisionError: division by zero; mend it there"
    assert said == f"framebridge: --model {path}:STYLE: {failure}\n"


def test_the_checkout_is_a_folder_to_start_in(write: Write, folder: Path) -> None:
    path = write("portraits.py", HEAD, "from models.program import Lane", *NETS, STYLE)
    done = subprocess.run(
        [*MODULE, "config", "--model", f"{path}:STYLE"],
        cwd=Path(bridge.__file__).parents[1],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "[models.style]" in done.stdout
