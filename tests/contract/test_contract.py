"""The committed contract: generated code is current, lint and compatibility hold."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from google.protobuf.descriptor import FieldDescriptor

from bridge.v1 import avatar_pb2, bridge_pb2, dialogue_pb2, error_pb2, media_pb2, npc_pb2, recognition_pb2, timing_pb2
from tests.packaging.venvs import PROTOC

ROOT = Path(__file__).parents[2]
PROTOS = ROOT / "protos"
FILES = (avatar_pb2, bridge_pb2, dialogue_pb2, error_pb2, media_pb2, npc_pb2, recognition_pb2, timing_pb2)


MESSAGES = [message for file in FILES for message in file.DESCRIPTOR.message_types_by_name.values()]


def _buf(*arguments: str) -> subprocess.CompletedProcess[str]:
    buf = shutil.which("buf", path=str(Path(sys.executable).parent)) or shutil.which("buf")
    assert buf, "buf comes with `make`; see pyproject.toml's dev extra"
    return subprocess.run([buf, *arguments], cwd=PROTOS, capture_output=True, text=True)


def test_generated_code_is_current(tmp_path):
    """`make proto` makes what is committed."""
    protos = sorted(str(path.relative_to(PROTOS)) for path in PROTOS.glob("bridge/v1/*.proto"))
    command = [str(PROTOC.scripts / "python"), "-m", "grpc_tools.protoc", "-I", str(PROTOS)]
    outputs = [f"--{kind}_out={tmp_path}" for kind in ("python", "pyi", "grpc_python")]
    subprocess.run([*command, *outputs, *protos], check=True)
    made = {path.name: path.read_text() for path in (tmp_path / "bridge" / "v1").iterdir()}
    committed = {path.name: path.read_text() for path in (ROOT / "bridge" / "v1").glob("*_pb2*")}
    assert made == committed, "protos/ has changed: run `make proto` and commit bridge/v1"


def test_lint_is_clean():
    result = _buf("lint")
    assert result.returncode == 0, result.stdout


def test_nothing_breaks_the_baseline():
    result = _buf("breaking", "--against", "baseline.binpb")
    assert result.returncode == 0, result.stdout


def test_a_breaking_change_is_noticed(tmp_path):
    shutil.copytree(PROTOS, tmp_path / "protos")
    timing = tmp_path / "protos/bridge/v1/timing.proto"
    timing.write_text(timing.read_text().replace("int64 queue_micros = 1;", "int64 queue_micros = 21;"))
    buf = shutil.which("buf", path=str(Path(sys.executable).parent)) or "buf"
    result = subprocess.run(
        [buf, "breaking", "--against", "baseline.binpb"], cwd=tmp_path / "protos", capture_output=True, text=True
    )
    assert result.returncode != 0
    assert "queue_micros" in result.stdout


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.name)
def test_fields_are_plain(message):
    """No optional, no Any, no maps, no unsigned numbers; durations are int64 and named by their unit."""
    for field in message.fields:
        assert not field.message_type or field.message_type.full_name.startswith("bridge.v1."), field.full_name
        assert not field.containing_oneof or not field.containing_oneof.name.startswith("_"), "no `optional`"
        assert field.type not in (FieldDescriptor.TYPE_UINT32, FieldDescriptor.TYPE_UINT64)
        if field.name.endswith("_micros"):
            assert field.type == FieldDescriptor.TYPE_INT64
        assert not field.name.endswith(("_ms", "_seconds", "_time", "_duration"))


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.name)
def test_bulk_bytes_come_last(message):
    """A client may write the header and append the bytes."""
    bulk = [field for field in message.fields if field.name in ("payload", "data")]
    for field in bulk:
        assert field.number == max(other.number for other in message.fields)
        assert field.number <= 15, "the tag of the bulk field is one byte"


def test_every_service_is_described_in_its_own_file():
    names = [name for file in FILES for name in file.DESCRIPTOR.services_by_name]
    assert sorted(names) == ["AvatarService", "BridgeService", "DialogueService", "RecognitionService"]
