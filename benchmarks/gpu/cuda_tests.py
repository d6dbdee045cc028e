"""Runs the tests marked `cuda`, from the files that have some."""

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

from gpu import pieces
from gpu.stage import Findings, Settings

_ROOT = Path(__file__).resolve().parents[2]
_MARK = re.compile(r"^@pytest\.mark\.cuda\b", re.MULTILINE)
_NEEDS = {"tests/models/dialogue/": "dialogue", "tests/device/test_engine.py": "classifier"}  # paths -> weights


def measure(settings: Settings, findings: Findings) -> None:
    """Every marked test must pass; without a CUDA device they skip themselves."""
    for name in ("pytest", "pytest_timeout", "hypothesis"):
        pieces.library(name)
    chosen = []
    for path in files():
        with findings.part(path):
            _check(path)
            chosen.append(path)
    passed = 0
    for name, failure, skipped in outcomes(chosen):
        if skipped:
            findings.skip(name, skipped)
        else:
            findings.require(not failure, f"{name}: {failure}")
            passed += not failure
    if passed:
        findings.add("passed", passed)


def files() -> list[str]:
    """The test files with marked tests."""
    paths = sorted((_ROOT / "tests").rglob("test_*.py"))
    return [path.relative_to(_ROOT).as_posix() for path in paths if _MARK.search(path.read_text(encoding="utf-8"))]


def _check(path: str) -> None:
    for start, model in _NEEDS.items():
        if path.startswith(start):
            pieces.weights(model)
    if path.startswith("tests/codecs/"):
        pieces.library("texture2ddecoder")


def outcomes(paths: Sequence[str]) -> list[tuple[str, str, str]]:
    """Each marked test of these files: its name, why it failed, why it was skipped."""
    if not paths:
        return []
    with TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        command = [sys.executable, "-m", "pytest", "-q", "-m", "cuda", "-p", "no:cacheprovider", f"--junitxml={report}"]
        done = subprocess.run([*command, *paths], cwd=_ROOT)
        if not report.exists():
            raise RuntimeError(f"pytest ended with {done.returncode} and no report")
        return [_outcome(case) for case in ElementTree.parse(report).iter("testcase")]


def _outcome(case: ElementTree.Element) -> tuple[str, str, str]:
    found = {kind: case.find(kind) for kind in ("failure", "error", "skipped")}
    said = {kind: (node.get("message") or kind).splitlines()[0] for kind, node in found.items() if node is not None}
    name = f"{case.get('classname')}.{case.get('name')}"
    return name, said.get("failure") or said.get("error") or "", said.get("skipped", "")
