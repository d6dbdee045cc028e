"""Checks the scenes, prefabs and assets of the Unity package: everything that they refer to is there, and fits.

python unity_plugin/Tests~/assets.py      says what is wrong, exit code 1
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import metas
from asset_check import fields, hierarchy, instances
from asset_check.documents import SUFFIXES, Document, Wrong, read, walk
from asset_check.project import Project

_PROPERTY = re.compile(r'(\w+)\s*\("[^"]*"\s*,')
_HIERARCHIES = (".unity", ".prefab")


def faults(root: Path = metas.ROOT) -> list[str]:
    """What is wrong, in sentences. Empty when nothing is."""
    samples = [path for path in sorted((root / metas.SAMPLES).glob("*")) if path.is_dir()]
    found: list[str] = []
    for project in (Project(root, None), *(Project(root, sample) for sample in samples)):
        folder = project.sample or root / "Runtime"
        for path in sorted(folder.rglob("*")):
            if path.suffix in SUFFIXES:
                name = path.relative_to(root).as_posix()
                found += [f"{name}: {fault}" for fault in _faults_of(path, project)]
    return found


def _faults_of(path: Path, project: Project) -> Iterator[str]:
    try:
        own = read(path)
        reachable = {**project.documents(path), **{each.file_id: each for each in own}}
    except Wrong as wrong:
        yield str(wrong)
        return
    for document in own:
        yield from _references(document, reachable, project)
        yield from _content(document, reachable, project)
    if path.suffix in _HIERARCHIES:
        yield from hierarchy.faults(own, path.suffix)


def _references(document: Document, own: dict[int, Document], project: Project) -> Iterator[str]:
    """Everything that a document refers to, but what the other checks look at more closely."""
    for path, reference in walk(document.body):
        if reference.is_none or path.endswith(".target") or path == "m_CorrespondingSourceObject":
            continue
        try:
            project.resolve(reference, own)
        except Wrong as wrong:
            yield f"&{document.file_id}.{path}: {wrong}"


def _content(document: Document, own: dict[int, Document], project: Project) -> Iterator[str]:
    if document.is_stripped:
        yield from instances.stripped(document, own, project)
    elif document.kind == "PrefabInstance":
        yield from instances.faults(document, own, project)
    elif document.kind == "MonoBehaviour":
        yield from fields.faults(document, own, project)
    elif document.kind == "Material":
        yield from _material(document, project)


def _material(document: Document, project: Project) -> Iterator[str]:
    """A material's textures are those of its shader, where the shader is the package's."""
    path = project.path_of(document.reference("m_Shader").guid)
    if path is None or path.suffix != ".shader":
        return
    known = set(_PROPERTY.findall(path.read_text(encoding="utf-8")))
    for item in document.body["m_SavedProperties"]["m_TexEnvs"]:
        for name in set(item) - known:
            yield f"&{document.file_id}: {path.name} has no {name}"


def main() -> int:
    """The command line."""
    found = faults()
    for line in found:
        print(line, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
