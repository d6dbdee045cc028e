"""A capability that there is not is added to a scratch copy: how many files have to change, and what follows by itself.

ARCHITECTURE.md ("Adding a capability") names these files.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bridge.capabilities import CAPABILITIES
from tests.packaging.venvs import PROTOC
from tests.unity.conftest import Dotnet, dotnet, said  # noqa: F401

ROOT = Path(__file__).parents[2]
TOY = Path(__file__).parent / "toy"
MOST_FILES = 10
CORE = "unity_plugin/Runtime/Core"
NEW = {
    "protos/bridge/v1/toy.proto": "toy.proto",
    "models/toy/program.py": "program.py",
    "bridge/capabilities/toy/capability.py": "capability.py",
    "bridge/capabilities/toy/service.py": "service.py",
    "bridge/client/toy.py": "client.py",
    f"{CORE}/Toy/ToyStream.cs": "ToyStream.cs",
}
# file, a piece of it, and what stands in its place
EDITS = [
    (
        "protos/bridge/v1/bridge.proto",
        "CAPABILITY_INFERENCE = 4;",
        "CAPABILITY_INFERENCE = 4;\n  CAPABILITY_TOY = 5;",
    ),
    (
        "bridge/capabilities/__init__.py",
        "from bridge.device.catalog import",
        "from bridge.capabilities.toy.capability import TOY\nfrom bridge.device.catalog import",
    ),
    ("bridge/capabilities/__init__.py", "DIALOGUE, INFERENCE)", "DIALOGUE, INFERENCE, TOY)"),
    ("bridge/client/client.py", "import Probe\n", "import Probe\nfrom bridge.client.toy import Toy\n"),
    (
        "bridge/client/client.py",
        "    def probe(self)",
        "    def toy(self) -> Toy:\n        return Toy(self._connection)\n\n    def probe(self)",
    ),
    (
        f"{CORE}/Values/Capability.cs",
        "Recognition = 3,",
        "Recognition = 3,\n\n        /// <summary>A toy.</summary>\n        Toy = 4,",
    ),
    (
        f"{CORE}/Transport/BridgeStream.cs",
        "Recognition = 2,",
        "Recognition = 2,\n\n        /// <summary>ToyService.Turn.</summary>\n        Toy = 3,",
    ),
    (
        f"{CORE}/Transport/StreamKind.cs",
        "                Renumber = Renumbering.ForPicture,\n            },\n",
        (
            "                Renumber = Renumbering.ForPicture,\n            },\n"
            "            new StreamKind\n            {\n                Stream = BridgeStream.Toy,\n"
            "                Capability = Capability.Toy,\n"
            '                Service = "bridge.v1.ToyService",\n                Method = "Turn",\n'
            "                OpenedField = 1,\n"
            "                NewAnswerIndex = ToyStream.NewAnswerIndex,\n            },\n"
        ),
    ),
    (
        f"{CORE}/Connection/BridgeClient.cs",
        "options, Statistics.Recognition);\n",
        (
            "options, Statistics.Recognition);\n"
            "            Toy = new ToyStream(_connection, options, Statistics.Of(Capability.Toy));\n"
        ),
    ),
    (
        f"{CORE}/Connection/BridgeClient.cs",
        "        public RecognitionStream Recognition { get; }\n",
        (
            "        public RecognitionStream Recognition { get; }\n\n"
            "        /// <summary>The toy.</summary>\n        public ToyStream Toy { get; }\n"
        ),
    ),
]


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository with the toy in it."""
    folder = tmp_path_factory.mktemp("toy")
    for name in ("bridge", "models", "protos", "unity_plugin"):
        shutil.copytree(
            ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "obj", "bin", "artifacts")
        )
    for name, source in NEW.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(TOY / source, folder / name)
    for package in ("models/toy", "bridge/capabilities/toy"):
        (folder / package / "__init__.py").write_text('"""A toy."""\n')
    for name, old, new in EDITS:
        text = (folder / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{name} has {text.count(old)} of {old!r}"
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")
    protos = sorted(str(path.relative_to(folder / "protos")) for path in (folder / "protos").glob("bridge/v1/*.proto"))
    protoc = [str(PROTOC.scripts / "python"), "-m", "grpc_tools.protoc"]
    command = [*protoc, "-I", str(folder / "protos"), f"--python_out={folder}"]
    subprocess.run([*command, f"--grpc_python_out={folder}", *protos], check=True, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def played(scratch: Path) -> Any:
    environment = {**os.environ, "PYTHONPATH": str(scratch), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, str(TOY / "play.py")]
    done = subprocess.run(
        command, cwd=scratch, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_few_files_change() -> None:
    files = {name for name, _, _ in EDITS}
    assert len(files) <= MOST_FILES, files
    told = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").partition("## Adding a capability")[2]
    listed = told.partition("Existing files")[2].partition(". ")[0]
    named = re.findall(r"`([\w./]+\.(?:py|cs|proto))`", listed)
    assert sorted(next(file for file in files if file.endswith(f"/{name}")) for name in named) == sorted(files)


def test_it_is_served(played: Any) -> None:
    assert played["words"] == ["nni", "drows", "tac naitpygE"]
    assert played["health"] == "SERVING"
    assert played["capabilities"] == ["CAPABILITY_TOY"]


def test_what_follows_from_its_one_line(played: Any) -> None:
    kinds = {work.name for capability in CAPABILITIES for work in capability.work}
    assert played["work"] == dict.fromkeys(kinds, 0) | {"toy": 3}
    assert played["answers"] == 3
    assert played["of client"] == ["toy"]
    assert played["rungs"] == ["toy.run"]
    assert (played["budget"], played["help"], played["listed"]) == (2.0, True, True)
    assert not played["lacks"]


def test_it_compiles_in_csharp(scratch: Path, dotnet: Dotnet) -> None:  # noqa: F811
    project = scratch / "unity_plugin/Tests~/Core/FrameBridge.Core.csproj"
    switches = ("-p:UseSharedCompilation=false", "-p:RunAnalyzers=false", f"-p:ArtifactsPath={scratch / 'artifacts'}")
    said([dotnet.program, "build", str(project), "-v", "q", *switches])
