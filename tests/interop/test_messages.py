"""Our copy of the protocol's messages: current, private to the server, and the same on the wire as Triton's."""

import subprocess
from pathlib import Path

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool

from bridge.kserve.messages import SERVICE, message, numbers
from tests.interop.conftest import ROOT, by_triton
from tests.packaging.venvs import PROTOC

FOLDER = ROOT / "bridge" / "kserve"
COMMITTED = descriptor_pb2.FileDescriptorSet.FromString((FOLDER / "inference.binpb").read_bytes())


def test_what_is_committed_is_made_of_the_text(tmp_path: Path) -> None:
    """`make proto` makes what is committed."""
    out = tmp_path / "made.binpb"
    command = [str(PROTOC.scripts / "python"), "-m", "grpc_tools.protoc", "-I", str(FOLDER)]
    command.append(f"--descriptor_set_out={out}")
    subprocess.run([*command, "inference.proto"], check=True)
    made = descriptor_pb2.FileDescriptorSet.FromString(out.read_bytes())
    assert made == COMMITTED, "inference.proto has changed: run `make proto` and commit inference.binpb"


def test_the_default_pool_does_not_know_them() -> None:
    assert message("ModelInferRequest").DESCRIPTOR.file.pool is not descriptor_pool.Default()
    for name in (SERVICE.full_name, "inference.ModelInferRequest"):
        with pytest.raises(KeyError):
            descriptor_pool.Default().FindFileContainingSymbol(name)


def test_number_formats_are_numbered() -> None:
    assert numbers("DataType")["TYPE_FP32"] == 11


def test_they_are_the_same_on_the_wire_as_tritons() -> None:
    done = by_triton(Path(__file__).with_name("same_messages.py"))
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    methods, fields = map(int, done.stdout.split())
    assert methods == len(SERVICE.methods) == 12
    assert fields > 100
