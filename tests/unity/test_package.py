"""The package's manifest and assemblies fit the rest of the project."""

import json
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.unity.conftest import PACKAGE, PROJECTS, ROOT

# The projects under Tests~ that compile an assembly of the package.
PROJECT_OF = {
    "FrameBridge.Core": "Core/FrameBridge.Core.csproj",
    "FrameBridge.Grpc": "Grpc/FrameBridge.Grpc.csproj",
    "FrameBridge": "Components/FrameBridge.csproj",
    "FrameBridge.Handlers": "Handlers/FrameBridge.Handlers.csproj",
    "FrameBridge.TextMeshPro": "TextMeshPro/FrameBridge.TextMeshPro.csproj",
    "FrameBridge.Editor": "Editor/FrameBridge.Editor.csproj",
}
# Assemblies of Unity and of other packages: the first ones are part of the stub, the last one has none.
UNITYS = {
    "UnityEngine.UI",
    "Unity.TextMeshPro",
    "Unity.Profiling.Core",
    "UnityEngine.TestRunner",
    "UnityEditor.TestRunner",
}
STUBS = {"UnityEngine", "UnityEditor"}
OPTIONAL = {"Cysharp.Net.Http.YetAnotherHttpHandler"}
MOST_FILES = 18
MOST_LINES = 400


def manifest() -> dict[str, Any]:
    return json.loads((PACKAGE / "package.json").read_text())


def assemblies() -> dict[str, dict[str, Any]]:
    files = [path for path in PACKAGE.glob("[!.]*/**/*.asmdef") if not path.is_relative_to(PROJECTS)]
    return {path.stem: {**json.loads(path.read_text()), "path": path} for path in files}


def properties(project: Path) -> ElementTree.Element:
    return ElementTree.parse(project).getroot()


def references(project: Path) -> set[str]:
    """Names of the projects that a project refers to."""
    return {
        Path(node.attrib["Include"].replace("\\", "/")).stem for node in properties(project).iter("ProjectReference")
    }


def libraries(project: Path) -> set[str]:
    """Names of the packages whose DLLs a project refers to."""
    nodes = [*properties(project).iter("PackageReference"), *properties(project).iter("Reference")]
    return {node.attrib["Include"] for node in nodes if node.get("PrivateAssets") != "all"}


def test_versions_are_equal() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    client = (PACKAGE / "Runtime/Core/Connection/ProtocolVersion.cs").read_text()
    assert manifest()["version"] == version
    assert re.search(r'Client = "(.+?)"', client)[1] == version  # type: ignore[index]


def test_the_client_speaks_the_server_s_contract() -> None:
    from bridge.control.service import PROTOCOL

    text = (PACKAGE / "Runtime/Core/Connection/ProtocolVersion.cs").read_text()
    numbers = dict(re.findall(r"const int (Major|Minor) = (\d+);", text))
    assert (int(numbers["Major"]), int(numbers["Minor"])) == (PROTOCOL.major, PROTOCOL.minor)


def test_the_manifest_is_to_the_letter() -> None:
    package = manifest()
    assert re.fullmatch(r"com\.[a-z0-9]+\.[a-z0-9.-]+", package["name"])
    assert package["unity"] == "2022.3"
    for field in ("displayName", "description", "documentationUrl", "changelogUrl", "license", "author", "keywords"):
        assert package[field]
    for version in package["dependencies"].values():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), "dependencies take exact versions only"
    for name in ("README.md", "CHANGELOG.md", "LICENSE.md", "Third Party Notices.md", "Documentation~/index.md"):
        assert (PACKAGE / name).is_file()
    assert (PACKAGE / "LICENSE.md").read_text() == (ROOT / "LICENSE").read_text()


def test_each_sample_is_listed_once() -> None:
    listed = [sample["path"] for sample in manifest()["samples"]]
    there = [f"Samples~/{path.name}" for path in (PACKAGE / "Samples~").iterdir() if path.is_dir()]
    assert sorted(listed) == sorted(there)
    for sample in manifest()["samples"]:
        assert sample["displayName"]
        assert sample["description"]


def test_no_folder_holds_more_than_eighteen_files_and_no_source_has_more_than_four_hundred_lines() -> None:
    built = {"artifacts", "bin", "obj", "__pycache__"}
    files = [path for path in PACKAGE.rglob("*") if path.is_file() and not built & set(path.relative_to(PACKAGE).parts)]
    held = Counter(path.parent for path in files if path.suffix != ".meta")
    assert {str(folder): count for folder, count in held.items() if count > MOST_FILES} == {}
    lengths = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in files if path.suffix == ".cs"}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}


def test_nothing_is_drawn_with_imgui() -> None:
    """A headset does not show OnGUI. Editor windows have it; players do not."""
    sources = [*PACKAGE.glob("Runtime/**/*.cs"), *PACKAGE.glob("Samples~/**/*.cs")]
    assert sources
    immediate = re.compile(r"\bOnGUI\b|\bGUI(Layout|Style|Skin|Utility|Content)?\s*\.|\bnew GUI(Style|Content)\b")
    assert [path.name for path in sources if immediate.search(path.read_text(encoding="utf-8"))] == []


def test_the_manifest_names_the_modules_that_the_code_uses() -> None:
    modules = {
        "imgui": r"\bGUI(Layout|Style)\b",  # the editor's inspectors and windows
        "ui": r"\bCanvas\b",
        "xr": r"\bXRDisplaySubsystem\b",
        "androidjni": r"\bAndroidJava\w+\b|UnityEngine\.Android",
    }
    code = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.glob("[RE]*/**/*.cs"))
    for module, use in modules.items():
        assert (f"com.unity.modules.{module}" in manifest()["dependencies"]) == bool(re.search(use, code)), module


def test_assemblies_are_named_as_their_files_and_know_only_what_is_there() -> None:
    known = assemblies()
    for name, assembly in known.items():
        assert assembly["name"] == name
        assert set(assembly["references"]) <= {*known, *UNITYS, *OPTIONAL}


def test_what_must_always_compile_needs_no_foreign_library() -> None:
    for name in ("FrameBridge.Core", "FrameBridge", "FrameBridge.Editor"):
        assembly = assemblies()[name]
        assert assembly["overrideReferences"]
        assert assembly["precompiledReferences"] == []
        assert assembly["defineConstraints"] == []
        assert not {"FrameBridge.Grpc", "FrameBridge.Handlers"} & set(assembly["references"])


def test_the_package_has_a_codec_of_its_own() -> None:
    """No project has to find a place for Google.Protobuf, or for code that protoc wrote."""
    shipped = [path for folder in ("Runtime", "Editor", "Samples~", "Tests") for path in (PACKAGE / folder).rglob("*")]
    sources = [path for path in shipped if path.suffix in {".cs", ".asmdef"}]
    assert sources
    found = [path for path in sources if re.search(r"Google\.Protobuf|FrameBridge\.V1|protoc\b", path.read_text())]
    assert found == []


def test_what_needs_foreign_libraries_is_compiled_under_the_define() -> None:
    for name in ("FrameBridge.Grpc", "FrameBridge.Handlers"):
        assert "FRAMEBRIDGE_GRPC" in assemblies()[name]["defineConstraints"]
    for name in ("FrameBridge.Core", "FrameBridge.Grpc"):
        assert assemblies()[name]["noEngineReferences"]


@pytest.mark.parametrize("name", PROJECT_OF)
def test_the_project_of_an_assembly_refers_to_what_the_assembly_does(name: str) -> None:
    assembly, project = assemblies()[name], PROJECTS / PROJECT_OF[name]
    assert references(project) - STUBS == set(assembly["references"]) - UNITYS - OPTIONAL
    assert ("UnityEngine" in references(project)) != assembly["noEngineReferences"]
    unsafe = any((node.text or "").strip() == "true" for node in properties(project).iter("AllowUnsafeBlocks"))
    assert unsafe == assembly["allowUnsafeCode"]


@pytest.mark.parametrize("name", PROJECT_OF)
def test_the_project_of_an_assembly_needs_no_library_that_the_assembly_does_not_name(name: str) -> None:
    named = {dll.removesuffix(".dll") for dll in assemblies()[name]["precompiledReferences"]}
    assert libraries(PROJECTS / PROJECT_OF[name]) <= named


def test_the_doctor_looks_for_every_library_that_an_assembly_names() -> None:
    text = (PACKAGE / "Editor/Doctor/Libraries.cs").read_text()
    named = {
        dll.removesuffix(".dll") for assembly in assemblies().values() for dll in assembly["precompiledReferences"]
    }
    assert named - {"nunit.framework"} <= set(re.findall(r'"([\w.]+)",', text))
