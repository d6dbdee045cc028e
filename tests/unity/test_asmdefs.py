"""Each asmdef of the package compiles by itself, as Unity's build compiles it, in every kind of project."""

import json
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.unity import projects
from tests.unity.conftest import PACKAGE, PROJECTS, Dotnet, assembly

pytestmark = pytest.mark.timeout(600)

GRPC = "FRAMEBRIDGE_GRPC"
HANDLER = "com.cysharp.yetanotherhttphandler"
TESTS = {"com.unity.test-framework": "1.1.33"}
TEXTMESHPRO = {"com.unity.textmeshpro": "3.0.7"}
# Symbols that no Unity of today defines: what they guard is for the tests on .NET.
NEVER = re.compile(r"NET\d+_\d+_OR_GREATER")

# A fault shows in any: one is enough to see that it is found.
ONE_TARGET = "Unity 2022.3, WindowsStandalone64"

Report = dict[str, dict[str, Any]]


def run(dotnet: Dotnet, folders: Sequence[Path], target: str = "") -> tuple[int, Report, str]:
    """The exit code of the lane, what it found for each asmdef by its path, and what it could not do."""
    command = [
        dotnet.program,
        str(assembly("FrameBridge.Asmdefs")),
        "--json",
        "--define",
        GRPC,
        "--target",
        target,
        *map(str, folders),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    report = json.loads(done.stdout) if done.stdout else []
    return done.returncode, {found["Path"]: found for found in report}, done.stderr


def manifest(package: Path, *, libraries: bool = False, handler: bool = False, tests: bool = False) -> dict[str, Any]:
    """A project with nothing but the package and what it is asked for: no module of the engine comes by chance."""
    docs = json.loads(projects.blocks(projects.FIRST_AVATAR, "json")[1])["dependencies"]
    named = {name: version for name, version in docs.items() if libraries and (handler or name != HANDLER)}
    local = {projects.NAME: f"file:{package}"}
    return {
        "dependencies": {**local, **named, **(TESTS if tests else {})},
        "testables": [projects.NAME] if tests else [],
    }


def states(folder: Path, package: Path) -> list[Path]:
    """The kinds of project: without libraries; without a handler; with all, from registries and from NuGetForUnity."""
    section = projects.README.read_text().split("## Libraries by NuGetForUnity")[1].split("\n## ")[0]
    by_url = {projects.name_of(url): url for url in projects.git_urls(section)}
    bare, full = manifest(package, tests=True), manifest(package, libraries=True, handler=True, tests=True)
    nuget = {**bare, "dependencies": {**bare["dependencies"], **by_url}}
    return [
        projects.write(folder / "none", manifest(package)),
        projects.write(folder / "no_handler", manifest(package, libraries=True)),
        projects.write(folder / "registries", {**full, "dependencies": {**full["dependencies"], **TEXTMESHPRO}}),
        projects.write(folder / "nuget", nuget, projects.nuget_packages(section)),
    ]


@pytest.fixture(scope="module")
def found(lane: Dotnet, tmp_path_factory: pytest.TempPathFactory) -> Report:
    code, report, errors = run(lane, states(tmp_path_factory.mktemp("projects"), PACKAGE))
    faults = [fault for one in report.values() for fault in one["Faults"]]
    assert (code, faults, errors) == (0, [], ""), "\n".join([*faults, errors])
    return report


def ours(report: Report, package: Path = PACKAGE) -> Iterator[tuple[Path, dict[str, Any]]]:
    for path, one in report.items():
        if Path(path).is_relative_to(package) and not Path(path).is_relative_to(PROJECTS):
            yield Path(path), one


def test_each_asmdef_is_compiled(found: Report) -> None:
    there = {path for path in PACKAGE.rglob("*.asmdef") if not path.is_relative_to(PROJECTS)}
    assert there == {path for path, _ in ours(found)}
    assert len(there) >= 7
    for path, one in ours(found):
        assert one["Compiled"], f"{path} was never compiled"


def test_each_symbol_is_tried_on_and_off(found: Report) -> None:
    """But for those that a constraint asks for, and those of another .NET."""
    for path, one in ours(found):
        constraints = json.loads(path.read_text())["defineConstraints"]
        tried = [set(combination.split()) for combination in one["Compiled"]]
        symbols = {symbol.lstrip("!") for combination in tried for symbol in combination}
        for symbol in symbols - {*constraints}:
            values = {symbol in combination for combination in tried}
            assert values == ({False} if NEVER.fullmatch(symbol) else {True, False}), f"{one['Name']}: {symbol}"
        for constraint in constraints:
            assert all(constraint in combination for combination in tried)
            assert any(f"!{constraint}" in combination.split() for combination in one["NotCompiled"])


def test_the_branch_for_the_handler_is_compiled_on_every_kind_of_target(found: Report) -> None:
    handlers = next(one for path, one in ours(found) if path.stem == "FrameBridge.Handlers")
    with_handler = [
        set(text.split()) for text in handlers["Compiled"] if "FRAMEBRIDGE_YETANOTHERHTTPHANDLER" in text.split()
    ]
    for editor in ("UNITY_EDITOR", "!UNITY_EDITOR"):
        for web in ("UNITY_WEBGL", "!UNITY_WEBGL"):
            assert any({editor, web} <= combination for combination in with_handler)


def test_every_reference_is_found_in_some_project(found: Report) -> None:
    assert {one["Name"]: one["NeverFound"] for one in found.values() if one["NeverFound"]} == {}


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text, f"{path} has no {old}"
    path.write_text(text.replace(old, new))


def old_name(package: Path) -> None:
    """The fault with which no project compiled that had every library."""
    asmdef = package / "Runtime/Handlers/FrameBridge.Handlers.asmdef"
    replace(asmdef, '"Cysharp.Net.Http.YetAnotherHttpHandler"', '"YetAnotherHttpHandler"')


def forgotten_reference(package: Path) -> None:
    replace(package / "Runtime/Components/FrameBridge.asmdef", '"UnityEngine.UI"', '"UnityEngine.UI.Other"')


def newer_language(package: Path) -> None:
    (package / "Runtime/Core/Newer.cs").write_text("namespace FrameBridge;\n\ninternal sealed class Newer\n{\n}\n")


def unknown_symbol(package: Path) -> None:
    (package / "Runtime/Core/Unknown.cs").write_text("#if FRAMEBRIDGE_NOBODY_KNOWS\n#endif\n")


def missing_dll(package: Path) -> None:
    replace(package / "Runtime/Grpc/FrameBridge.Grpc.asmdef", '        "Grpc.Net.Client.dll",\n', "")


def editor_in_a_player(package: Path) -> None:
    (package / "Runtime/Components/Slip.cs").write_text(
        "internal static class Slip { static object o = UnityEditor.Selection.activeObject; }\n"
    )


def forgotten_module(package: Path) -> None:
    replace(package / "package.json", '    "com.unity.modules.audio": "1.0.0",\n', "")


def newer_engine(package: Path) -> None:
    replace(
        package / "Runtime/Components/Connection/DeviceFormats.cs",
        "#if UNITY_2023_2_OR_NEWER",
        "#if UNITY_2022_3_OR_NEWER",
    )


BROKEN = {
    old_name: ("FrameBridge.Handlers", r"HttpHandlers\.cs\(\d+,\d+\): error CS0\d+: .*Cysharp"),
    forgotten_reference: ("FrameBridge", r"\.cs\(\d+,\d+\): error CS0234: .*'UI'"),
    newer_language: ("FrameBridge.Core", r"Newer\.cs\(1,\d+\): error CS8773: .*file-scoped namespace"),
    unknown_symbol: ("FrameBridge.Core", r"nobody has told the lane what FRAMEBRIDGE_NOBODY_KNOWS is"),
    missing_dll: ("FrameBridge.Grpc", r"\.cs\(\d+,\d+\): error CS0\d+: .*'Grpc|.*'Net'|.*'Client'"),
    editor_in_a_player: ("FrameBridge", r"Slip\.cs\(1,\d+\): error CS0\d+: .*UnityEditor"),
    forgotten_module: ("FrameBridge", r"\.cs\(\d+,\d+\): error CS0\d+: .*WebCam"),
    newer_engine: ("FrameBridge", r"DeviceFormats\.cs\(\d+,\d+\): error CS0\d+: .*GraphicsFormatUsage"),
}


@pytest.fixture(scope="module")
def broken(lane: Dotnet, tmp_path_factory: pytest.TempPathFactory) -> dict[Any, list[str]]:
    """The faults of each broken package, all found in one run of the lane."""
    packages, folders = {}, []
    for breaks in BROKEN:
        folder = tmp_path_factory.mktemp(breaks.__name__)
        packages[breaks] = projects.runtime_of(PACKAGE, folder)
        breaks(packages[breaks])
        everything = breaks in (old_name, missing_dll)
        folders.append(
            projects.write(
                folder / breaks.__name__, manifest(packages[breaks], libraries=everything, handler=everything)
            )
        )
    code, report, errors = run(lane, folders, ONE_TARGET)
    assert (code, errors) == (1, "")
    return {
        breaks: [f"{one['Name']}: {fault}" for _, one in ours(report, package) for fault in one["Faults"]]
        for breaks, package in packages.items()
    }


@pytest.mark.parametrize("breaks", BROKEN)
def test_a_fault_is_found_where_it_is(broken: dict[Any, list[str]], breaks: Any) -> None:
    name, says = BROKEN[breaks]
    assert broken[breaks], "nothing was found"
    for fault in broken[breaks]:
        assert fault.startswith(f"{name}: "), fault
    assert any(re.search(says, fault) for fault in broken[breaks]), "\n".join(broken[breaks])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda folder: (folder / "Assets/Grpc.Net.Client.dll").write_bytes(b""), "is there 2 times"),
        (
            lambda folder: replace(
                folder / "Packages/manifest.json", '"dependencies": {', '"dependencies": {"org.other": "1.0.0",'
            ),
            "does not know the package org.other",
        ),
        (
            lambda folder: replace(
                folder / "Packages/manifest.json", '"org.nuget.grpc.net.client": "2', '"org.nuget.grpc.net.client": "9'
            ),
            "has no grpc.net.client 9",
        ),
    ],
)
def test_a_project_that_unity_would_refuse_is_refused(lane: Dotnet, tmp_path: Path, change: Any, says: str) -> None:
    folder = projects.write(tmp_path / "project", manifest(PACKAGE, libraries=True, handler=True))
    change(folder)
    code, _, errors = run(lane, [folder])
    assert code == 2
    assert says in errors


def asmdef(folder: Path, source: str, **fields: Any) -> None:
    """An assembly of a project's own, with one source."""
    folder.mkdir(parents=True)
    (folder / f"{folder.name}.asmdef").write_text(json.dumps({"name": folder.name, **fields}))
    (folder / "Source.cs").write_text(source)


def test_an_asmdef_is_read_as_unity_reads_it(lane: Dotnet, tmp_path: Path) -> None:
    """What this package does not use today: GUIDs, alternatives, versions, platforms, the old form of tests."""
    folder = projects.write(tmp_path / "project", {"dependencies": {"com.unity.ugui": "1.0.0", **TESTS}})
    assets, guid = folder / "Assets", "0123456789abcdef0123456789abcdef"
    asmdef(assets / "Base", "public class Base { }")
    (assets / "Base/Base.asmdef.meta").write_text(f"fileFormatVersion: 2\nguid: {guid}\n")
    (assets / "Base/Unseen~").mkdir()
    (assets / "Base/Unseen~/Source.cs").write_text("no C#")
    asmdef(assets / "Base/Inner", "internal class Inner : Base { }", references=[f"GUID:{guid}"])
    asmdef(assets / "Either", "", defineConstraints=["UNITY_ANDROID || UNITY_IOS", "!UNITY_EDITOR"])
    asmdef(assets / "Web", "", includePlatforms=["WebGL"])
    asmdef(
        assets / "Old",
        "class Old { [NUnit.Framework.Test] public void Runs() { } }",
        optionalUnityReferences=["TestAssemblies"],
    )
    versions = {"[1.0,2.0)": "INSIDE", "1.0.0": "SINCE", "(1.0,)": "AFTER", "2": "LATER", "[1.0.0]": "EXACTLY"}
    defines = [
        {"name": "com.unity.ugui", "expression": range_, "define": define} for range_, define in versions.items()
    ]
    asmdef(assets / "Versions", "", versionDefines=defines)
    code, report, errors = run(lane, [folder])
    assert (code, errors) == (0, ""), report
    compiled = {one["Name"]: one["Compiled"] for one in report.values()}
    assert compiled["Inner"] == [""]
    assert compiled["Either"] == ["!UNITY_ANDROID !UNITY_EDITOR UNITY_IOS", "UNITY_ANDROID !UNITY_EDITOR !UNITY_IOS"]
    assert compiled["Web"] == [""]
    assert compiled["Old"] == ["UNITY_INCLUDE_TESTS"]
    assert compiled["Versions"] == ["!AFTER EXACTLY INSIDE !LATER SINCE"]


@pytest.mark.parametrize(
    ("source", "fields", "says"),
    [
        ("class A : UnityEngine.MonoBehaviour { }", {"noEngineReferences": True}, "UnityEngine"),
        ("class A : UnityEngine.UI.RawImage { }", {}, "'UI'"),
        ("unsafe class A { }", {}, "CS0227"),
        ("class A { Grpc.Core.Metadata m; }", {"overrideReferences": True}, "Grpc"),
        ("class A { }", {"overrideReference": True}, "overrideReference"),
        ("class A { }", {"includePlatforms": ["iOS"], "excludePlatforms": ["WebGL"]}, "both includePlatforms"),
    ],
)
def test_what_an_asmdef_does_not_allow_is_a_fault(
    lane: Dotnet, tmp_path: Path, source: str, fields: dict[str, Any], says: str
) -> None:
    libraries = manifest(PACKAGE, libraries=True)["dependencies"]
    del libraries[projects.NAME]
    folder = projects.write(tmp_path / "project", {"dependencies": {"com.unity.ugui": "1.0.0", **libraries}})
    asmdef(folder / "Assets/A", source, **fields)
    code, report, errors = run(lane, [folder], ONE_TARGET)
    assert code != 0
    assert any(says in fault for fault in [errors, *(fault for one in report.values() for fault in one["Faults"])])
