"""Scratch Unity projects: what the docs say to install, and a project folder as Unity 2022.3 makes it."""

import json
import re
import shutil
from collections.abc import Iterable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from tests.unity.conftest import PACKAGE

README = PACKAGE / "README.md"
FIRST_AVATAR = PACKAGE / "Documentation~/first-avatar.md"
NAME = "com.framebridge.unity"

_EDITOR = "m_EditorVersion: 2022.3.62f1\nm_EditorVersionWithRevision: 2022.3.62f1 (4af31df58517)\n"
_MODULES = (
    "ai androidjni animation assetbundle audio cloth director imageconversion imgui jsonserialize particlesystem "
    "physics physics2d screencapture terrain terrainphysics tilemap ui uielements umbra unityanalytics "
    "unitywebrequest unitywebrequestassetbundle unitywebrequestaudio unitywebrequesttexture unitywebrequestwww "
    "vehicles video vr wind xr"
)
# What a new 3D project of 2022.3 starts with.
NEW_PROJECT: dict[str, Any] = {
    "dependencies": {
        "com.unity.collab-proxy": "2.7.1",
        "com.unity.feature.development": "1.0.1",
        "com.unity.textmeshpro": "3.0.7",
        "com.unity.timeline": "1.7.7",
        "com.unity.ugui": "1.0.0",
        "com.unity.visualscripting": "1.9.4",
        **{f"com.unity.modules.{name}": "1.0.0" for name in _MODULES.split()},
    }
}
# The names in the package.json files of repositories that the docs install by git URL.
_NAMES = {
    "GlitchEnzo/NuGetForUnity": "com.github-glitchenzo.nugetforunity",
    "Cysharp/YetAnotherHttpHandler": "com.cysharp.yetanotherhttphandler",
    "framebridge": NAME,
}
_SCOPED = re.compile(r"[a-z0-9][a-z0-9._-]*")
_EXACT = re.compile(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?")
_GIT = re.compile(r"https://[\w.-]+/(?P<repository>[\w./-]+?)\.git\?path=(?P<path>/[^#?]+)#(?P<revision>[^#?]+)")


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of a language, as they stand, without their indentation in a list."""
    found = re.findall(rf"^([ ]*)```{language}\n(.*?)^[ ]*```$", page.read_text(), re.DOTALL | re.MULTILINE)
    return [re.sub(rf"^{indent}", "", text, flags=re.MULTILINE) for indent, text in found]


def git_urls(text: str) -> list[str]:
    """All URLs that a text gives the Package Manager."""
    return re.findall(r"https://[^\s`\"]+?\.git\?[^\s`\"]+", text)


def name_of(url: str) -> str:
    """The package that a git URL installs."""
    match = _GIT.fullmatch(url)
    assert match, f"{url}: an install URL has a repository, ?path=/FOLDER and #REVISION"
    return _NAMES[match["repository"]]


def path_and_revision(url: str) -> tuple[str, str]:
    match = _GIT.fullmatch(url)
    assert match, url
    return match["path"], match["revision"]


def merged(manifest: Mapping[str, Any], *blocks: str) -> dict[str, Any]:
    """A manifest with the docs' JSON merged into it: registries added, dependencies set."""
    result: dict[str, Any] = deepcopy(dict(manifest))
    for block in map(json.loads, blocks):
        assert set(block) <= {"scopedRegistries", "dependencies"}, block
        result.setdefault("scopedRegistries", []).extend(block.get("scopedRegistries", []))
        result["dependencies"].update(block["dependencies"])
    return result


def faults(manifest: Mapping[str, Any]) -> list[str]:
    """What Unity's Package Manager would refuse, or resolve to something else tomorrow."""
    registries = manifest.get("scopedRegistries", [])
    found = [fault for registry in registries for fault in _registry_faults(registry)]
    scopes = [scope for registry in registries for scope in registry.get("scopes", [])]
    found += [f"scope {scope} is there twice" for scope in set(scopes) if scopes.count(scope) > 1]
    for name, source in manifest["dependencies"].items():
        found += _dependency_faults(name, source, scopes)
    return found


def _registry_faults(registry: Mapping[str, Any]) -> Iterable[str]:
    for field in ("name", "url", "scopes"):
        if not registry.get(field):
            yield f"a scoped registry has no {field}: {registry}"
    if not str(registry.get("url", "")).startswith("https://"):
        yield f"{registry.get('url')} is no https URL"


def _dependency_faults(name: str, source: str, scopes: Iterable[str]) -> Iterable[str]:
    if not _SCOPED.fullmatch(name) or len(name) > 214:
        yield f"{name} is no package name"
    if "://" in source:
        if not _GIT.fullmatch(source):
            yield f"{name}: {source} lacks ?path=/FOLDER or, behind it, #REVISION"
    elif not _EXACT.fullmatch(source):
        yield f"{name}: {source} is no exact version"
    elif not name.startswith("com.unity.") and not any(
        name == scope or name.startswith(scope + ".") for scope in scopes
    ):
        yield f"{name}: no registry has its scope"


def nuget_packages(text: str) -> dict[str, str]:
    """What a text says to install by NuGet: names and versions."""
    return dict(re.findall(r"`([\w.]+)` (\d+\.\d+\.\d+)", text))


def runtime_of(package: Path, folder: Path) -> Path:
    """A copy of what a player has of a package, which is quick to compile."""
    copy = folder / "package"
    shutil.copytree(package / "Runtime", copy / "Runtime")
    shutil.copy(package / "Runtime.meta", copy)
    manifest = json.loads((package / "package.json").read_text())
    (copy / "package.json").write_text(json.dumps({**manifest, "samples": []}, indent=2))
    return copy


def write(folder: Path, manifest: Mapping[str, Any], nuget: Mapping[str, str] | None = None) -> Path:
    """A project folder, with NuGetForUnity's list where there is one."""
    for name in ("Assets", "Packages", "ProjectSettings"):
        (folder / name).mkdir(parents=True)
    (folder / "Packages/manifest.json").write_text(json.dumps(manifest, indent=2))
    (folder / "ProjectSettings/ProjectVersion.txt").write_text(_EDITOR)
    if nuget:
        lines = [
            f'  <package id="{name}" version="{version}" manuallyInstalled="true" />' for name, version in nuget.items()
        ]
        text = "\n".join(['<?xml version="1.0" encoding="utf-8"?>', "<packages>", *lines, "</packages>", ""])
        (folder / "Assets/packages.config").write_text(text)
    return folder
