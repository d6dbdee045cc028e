"""The stages of `make gpu`: skipped by name, failing, too slow; and real ones, tried on the CPU."""

import importlib
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from gpu import agreement, cuda_tests, numerics, pieces, roofline, run, slices
from gpu.stage import Findings, Settings, Status
from gpu.timing import fly

from models.recognition.detections import Candidates

FAKE = "tests.benchmarks.gpu_stages:"
Use = Callable[..., None]


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Use:
    """Replaces the stages by some of the tests'."""

    def replace(*names: str, limit: float = 100.0) -> None:
        monkeypatch.setattr(run, "STAGES", tuple(run.Stage(name, FAKE + name, limit) for name in names))
        monkeypatch.setattr(run, "_PATIENCE", 1)

    return replace


@pytest.fixture
def findings(tmp_path: Path) -> Findings:
    return Findings(Settings("stage", "", "cpu", 1.0, str(tmp_path / "stage.json")))


def document(folder: Path, name: str) -> Any:
    return json.loads((folder / f"{name}.json").read_text())


def test_without_a_cuda_device_one_sentence_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert run.main([]) == 2
    assert capsys.readouterr().err == f"{run.NO_DEVICE}\n"


def test_an_unknown_stage_is_refused_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["nonsense", "--device", "cpu"]) == 2
    assert "no such stage: nonsense; there are roofline, numerics" in capsys.readouterr().err


def test_all_stages_exist_and_fit_ten_minutes() -> None:
    assert sum(stage.limit for stage in run.STAGES) <= 600
    for stage in run.STAGES:
        module, _, function = stage.target.partition(":")
        assert callable(getattr(importlib.import_module(module), function))


def test_a_stage_that_fails_does_not_stop_the_others(tmp_path: Path, use: Use) -> None:
    use("fails", "dies", "lacks", "passes")
    assert run.main(["--device", "cpu", "--out", str(tmp_path)]) == 1
    found = {name: document(tmp_path, name) for name in ("fails", "dies", "lacks", "passes")}
    assert {name: stage["status"] for name, stage in found.items()} == {
        "fails": "failed",
        "dies": "failed",
        "lacks": "skipped",
        "passes": "passed",
    }
    assert found["fails"]["failures"] == ["first: ValueError: on purpose"]
    assert found["fails"]["results"] == {"second": "cpu"}
    assert found["dies"]["reason"] == "its process ended with 3"
    assert found["dies"]["results"] == {"before": True}
    assert found["lacks"]["reason"] == "the weights are not installed"
    assert found["passes"]["skipped"] == {"a library": "it is not installed"}
    assert all(stage["machine"]["device"] == "CPU" for stage in found.values())
    assert document(tmp_path, "summary")["stages"]["passes"] == {
        "status": "passed",
        "skipped": {"a library": "it is not installed"},
    }


def test_some_stages_by_name_and_none_failed(tmp_path: Path, use: Use) -> None:
    use("fails", "lacks", "passes")
    assert run.main(["passes", "--device", "cpu", "--out", str(tmp_path)]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["passes.json", "summary.json"]


def test_a_stage_that_hangs_is_ended(tmp_path: Path, use: Use) -> None:
    use("hangs", limit=2.0)
    assert run.main(["--device", "cpu", "--out", str(tmp_path)]) == 1
    found = document(tmp_path, "hangs")
    assert (found["status"], found["reason"]) == ("timed out", "it was not over after 2 s")


def test_what_was_found_is_kept_as_it_comes(findings: Findings, tmp_path: Path) -> None:
    findings.add("figure", 1.5)
    assert document(tmp_path, "stage")["results"] == {"figure": 1.5}
    assert findings.finish() is Status.PASSED
    assert document(tmp_path, "stage")["status"] == "passed"


def test_a_model_without_weights_is_skipped_by_name(findings: Findings, monkeypatch: pytest.MonkeyPatch) -> None:
    def find() -> None:
        raise ValueError("the dialogue weights are not installed")

    monkeypatch.setitem(pieces._WEIGHTS, "dialogue", find)
    assert "dialogue" not in pieces.available(findings)
    assert findings.skipped == {"dialogue": "the dialogue weights are not installed"}


@pytest.mark.parametrize("value", [0.2, math.nan])
def test_a_figure_beyond_its_tolerance_fails(findings: Findings, value: float) -> None:
    numerics.judge(findings, "model", {"difference": value}, {"difference": 0.1})
    assert findings.finish() is Status.FAILED
    assert findings.failures[0].startswith("model: difference is ")


def test_objects_are_compared_by_class_place_and_score() -> None:
    boxes = np.array([[0, 0, 0.5, 0.5], [0.5, 0.5, 1, 1], [0, 0, 1, 1]], np.float32)
    true = Candidates(boxes, np.array([0.9, 0.8, 0.3], np.float32), np.array([1, 2, 3]))
    found = Candidates(boxes[:2], np.array([0.85, 0.8], np.float32), np.array([1, 7]))
    missed, difference = agreement.objects(true, found)
    assert missed == 1
    assert difference == pytest.approx(0.05, abs=1e-6)


def test_a_share_of_the_roofline_is_that_of_the_nearer_ceiling() -> None:
    assert roofline.share(flops=10, moved=1, seconds=2.0, rate=10.0, copied=10.0)["share"] == 0.5
    found = roofline.share(flops=1, moved=10, seconds=4.0, rate=10.0, copied=10.0)
    assert (found["share"], found["bound"]) == (0.25, "copy")


def test_a_flight_has_a_time_for_each_slice() -> None:
    def flight() -> Any:
        yield
        yield
        yield
        return ["output"]

    assert len(fly(flight(), (2, 1), torch.device("cpu"))) == 2


def test_the_users_of_cuda_graphs_are_found() -> None:
    assert slices.graphs() == "used by models/language/static/graphs.py"


def test_marked_tests_are_found_and_skip_themselves_without_a_device() -> None:
    assert {"tests/codecs/test_bc_torch.py", "tests/device/test_engine.py"} <= set(cuda_tests.files())
    if not torch.cuda.is_available():
        ((name, failure, skipped),) = cuda_tests.outcomes(["tests/device/test_engine.py"])
        assert (name, failure) == ("tests.device.test_engine.test_models_run_on_cuda", "")
        assert "CUDA" in skipped


def test_real_stages_on_the_cpu(tmp_path: Path) -> None:
    status = run.main(["avatars", "memory", "--device", "cpu", "--quick", "--out", str(tmp_path)])
    avatars, memory = (document(tmp_path, name) for name in ("avatars", "memory"))
    assert status == 0, (avatars["failures"], memory["failures"])
    assert avatars["results"]["avatar.64 x8"]["avatars_per_second"] > 0
    assert avatars["settings"]["quick"]
    assert "unload another model" in memory["results"]["declared"]["refused"]
    assert memory["results"]["declared"]["frames"].keys() == {"answered"}
    assert sorted(memory["skipped"]) == ["taken in its first run", "taken while it is read"]
