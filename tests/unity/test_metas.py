"""Every asset has its .meta, and no GUID ever changes."""

import importlib.util
import shutil
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

from tests.unity.conftest import PACKAGE, ROOT

LIST = "unity_plugin/Tests~/guids.txt"


@pytest.fixture(scope="module")
def metas() -> ModuleType:
    spec = importlib.util.spec_from_file_location("metas", PACKAGE / "Tests~" / "metas.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def package(metas: ModuleType, tmp_path: Path) -> Path:
    """A small package with its .meta files."""
    for name in ("Runtime/A.cs", "Runtime/B.cs", "Samples~/Wall/Wall.cs", "Documentation~/index.md", "package.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "Tests~").mkdir()
    metas.write(tmp_path)
    return tmp_path


def test_the_package_s_own(metas: ModuleType) -> None:
    assert metas.faults() == []


@pytest.mark.skipif(shutil.which("git") is None or not (ROOT / ".git").exists(), reason="not a git checkout")
def test_lines_are_only_added_to_the_list() -> None:
    command = ["git", "log", "--first-parent", "-m", "--format=", "-p", "--unified=0", "--", LIST]
    history = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert [line for line in history.splitlines() if line.startswith("-") and not line.startswith("---")] == []


def test_what_unity_does_not_import_has_none(package: Path) -> None:
    names = {path.relative_to(package).as_posix() for path in package.rglob("*.meta")}
    assert names == {
        "Runtime.meta",
        "Runtime/A.cs.meta",
        "Runtime/B.cs.meta",
        "Samples~/Wall/Wall.cs.meta",
        "package.json.meta",
    }


def test_importers(package: Path) -> None:
    assert "MonoImporter:" in (package / "Runtime/A.cs.meta").read_text()
    assert "folderAsset: yes\nDefaultImporter:" in (package / "Runtime.meta").read_text()
    assert "PackageManifestImporter:" in (package / "package.json.meta").read_text()


def test_equal_paths_give_equal_guids(metas: ModuleType, package: Path) -> None:
    (package / "Runtime/A.cs.meta").unlink()
    before = (package / "Tests~/guids.txt").read_text()
    metas.write(package)
    assert metas.faults(package) == []
    assert (package / "Tests~/guids.txt").read_text() == before


def test_a_rename_carries_its_meta(metas: ModuleType, package: Path) -> None:
    (package / "Runtime/A.cs").rename(package / "Runtime/C.cs")
    assert len(metas.faults(package)) == 2
    (package / "Runtime/A.cs.meta").rename(package / "Runtime/C.cs.meta")
    assert metas.faults(package) == []


def test_the_guid_of_a_renamed_asset_is_not_given_again(metas: ModuleType, package: Path) -> None:
    (package / "Runtime/A.cs").rename(package / "Runtime/C.cs")
    (package / "Runtime/A.cs.meta").rename(package / "Runtime/C.cs.meta")
    (package / "Runtime/A.cs").write_text("another")
    with pytest.raises(metas.Wrong, match="belongs to a renamed asset"):
        metas.write(package)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda root: (root / "Runtime/A.cs.meta").unlink(), "no .meta"),
        (lambda root: (root / "Runtime/A.cs").unlink(), "its asset is gone"),
        (lambda root: (root / "Runtime/A.cs.meta").write_text("guid: " + "0" * 32 + "\n"), "is not in guids.txt"),
        (lambda root: shutil.copy(root / "Runtime/A.cs.meta", root / "Runtime/B.cs.meta"), "only one may keep it"),
        (lambda root: (root / "Runtime/A.cs.meta").write_text("nothing"), "no GUID"),
        (lambda root: (root / "Runtime/odd.xyz").write_text("x"), "no .meta"),
        (lambda root: (root / "Documentation~/index.md.meta").write_text("x"), "its asset is gone"),
    ],
)
def test_what_is_wrong_is_said(metas: ModuleType, package: Path, change: object, says: str) -> None:
    change(package)  # type: ignore[operator]
    assert any(says in fault for fault in metas.faults(package))


@pytest.mark.parametrize("line", ["no guid", "0" * 32 + " Runtime/A.cs", "0" * 32])
def test_a_list_that_was_edited_by_hand_is_refused(metas: ModuleType, package: Path, line: str) -> None:
    with (package / "Tests~/guids.txt").open("a") as file:
        file.write(line + "\n")
    with pytest.raises(metas.Wrong, match=r"guids\.txt"):
        metas.faults(package)


def test_a_kind_of_file_that_is_not_known_is_refused(metas: ModuleType, package: Path) -> None:
    (package / "Runtime/odd.xyz").write_text("x")
    with pytest.raises(metas.Wrong, match="no importer is known"):
        metas.write(package)
