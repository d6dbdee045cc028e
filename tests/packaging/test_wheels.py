"""What is in the two wheels, and what they say of themselves."""

import re
import tomllib
import zipfile
from email.message import Message
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import bridge
from bridge.capabilities import CAPABILITIES
from bridge.tools.wheels import WHEELS
from tests.packaging.wheels import ROOT, Wheels

MOST_BYTES = 2_000_000  # of the base wheel
WEIGHTS = re.compile(r"\.(safetensors|gguf|pth?|pt2|bin|onnx|npz)$")
MODEL_FILES = [file for capability in CAPABILITIES for model in capability.models for file in model.weights]


def names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def text_of(wheel: Path, end: str) -> str:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(end))
        return archive.read(name).decode("utf-8")


def metadata_of(wheel: Path) -> Message:
    return BytesParser().parsebytes(text_of(wheel, ".dist-info/METADATA").encode())


def requirements(wheel: Path) -> list[str]:
    return metadata_of(wheel).get_all("Requires-Dist") or []


def sources_of(package: str) -> set[str]:
    files = (path.relative_to(ROOT) for path in (ROOT / package).rglob("*.py"))
    return {file.as_posix() for file in files if file.parts[1] != "build"}  # what an earlier `pip wheel` left


def project(folder: Path) -> Any:
    return tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_the_client_is_small_and_without_models(wheels: Wheels) -> None:
    assert wheels.base.stat().st_size <= MOST_BYTES
    assert {name.split("/")[0] for name in names(wheels.base)} == {
        "bridge",
        f"framebridge-{bridge.__version__}.dist-info",
    }
    assert not [name for name in names(wheels.base) if WEIGHTS.search(name)]


def test_the_client_has_every_file_of_the_package(wheels: Wheels) -> None:
    packed = {*names(wheels.base)}
    assert sources_of("bridge") - packed == set()
    assert {"bridge/py.typed", "bridge/assets/astronaut.jpg", "bridge/moderation/english.txt"} <= packed
    assert {"bridge/v1/bridge_pb2.pyi"} <= packed


def test_the_models_have_their_code_and_weights(wheels: Wheels) -> None:
    packed = {*names(wheels.models)}
    assert sources_of("models") - packed == set()
    assert {f"models/weights/{file}" for file in MODEL_FILES} - packed == set()
    assert {f"models/weights/moderation/profanity{end}" for end in (".safetensors", "_words.txt")} <= packed
    assert {"models/py.typed", "models/recognition/coco.txt", "models/recognition/imagenet.txt"} <= packed
    assert {"models/npc/examples/mara.toml", "models/npc/guard/words/common.txt"} <= packed
    assert {name.split("/")[0] for name in packed} == {"models", f"framebridge_models-{bridge.__version__}.dist-info"}
    assert "models/pyproject.toml" not in packed


def test_a_client_needs_three_libraries(wheels: Wheels) -> None:
    needed = [text for text in requirements(wheels.base) if "extra ==" not in text]
    assert sorted(re.split(r"[<>=]", text)[0] for text in needed) == ["grpcio", "numpy", "protobuf"]


def test_there_is_one_version(wheels: Wheels) -> None:
    assert project(ROOT)["version"] == project(ROOT / "models")["version"] == bridge.__version__
    assert f'framebridge-models=={bridge.__version__}; extra == "server"' in requirements(wheels.base)


def test_both_carry_licence_and_notice(wheels: Wheels) -> None:
    for name in ("LICENSE", "NOTICE"):
        told = (ROOT / name).read_text(encoding="utf-8")
        assert (ROOT / "models" / name).read_text(encoding="utf-8") == told, f"copy {name} to models/"
        for wheel in wheels:
            assert text_of(wheel, f"/licenses/{name}") == told
            assert metadata_of(wheel)["License-Expression"] == "Apache-2.0"


def test_what_is_fetched_has_a_hash() -> None:
    for wheel in WHEELS:
        assert re.fullmatch(r"[0-9a-f]{64}", wheel.spec.sha256), wheel.requirement
