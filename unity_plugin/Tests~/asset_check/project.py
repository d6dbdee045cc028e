"""The package, and one sample beside it, as a project that has imported both sees them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import metas

from asset_check import unitys
from asset_check.documents import Document, Reference, Wrong, read, reference_in
from asset_check.scripts import Scripts

PREFAB = 100100000
_INSTANCE = 1001
_LARGEST = 0x7FFFFFFFFFFFFFFF

# The one object of a file that holds no documents: its number and its class; and the `type` that references to it have.
_MAIN = {
    ".cs": (unitys.SCRIPT, "MonoScript"),
    ".bytes": (4900000, "TextAsset"),
    ".json": (4900000, "TextAsset"),
    ".md": (4900000, "TextAsset"),
    ".txt": (4900000, "TextAsset"),
    ".jpg": (2800000, "Texture2D"),
    ".shader": (4800000, "Shader"),
}
_NATIVE = (".asset", ".mat", ".unity")


@dataclass(frozen=True, slots=True)
class Target:
    """What a reference refers to: its class, and its document where it has one."""

    kind: str
    document: Document | None = None


class Project:
    """Finds assets by GUID. A sample sees itself and the package; the package sees itself alone."""

    def __init__(self, root: Path, sample: Path | None) -> None:
        self.root = root
        self.sample = sample
        self.unitys = unitys.read()
        self._folders = [root / "Runtime", *([sample] if sample else [])]
        self.scripts = Scripts(self._folders)
        self._paths = dict(self._guids(self._folders))
        self._read: dict[Path, dict[int, Document]] = {}

    @cached_property
    def _elsewhere(self) -> dict[str, Path]:
        return dict(self._guids([self.root]))

    @staticmethod
    def _guids(folders: list[Path]) -> Iterator[tuple[str, Path]]:
        for folder in folders:
            for meta in metas.metas(folder):
                yield metas.guid_in(meta), meta.with_suffix("")

    def path_of(self, guid: str) -> Path | None:
        """Where an asset is that this project has."""
        return self._paths.get(guid)

    def class_of(self, document: Document) -> str:
        """The class of an object: that of its script, for a MonoBehaviour."""
        if document.kind != "MonoBehaviour":
            return document.kind
        script = document.reference("m_Script")
        unity = self.unitys.get((script.guid, script.file_id))
        path = self.path_of(script.guid)
        return unity.name if unity else path.stem if path else ""

    def documents(self, path: Path) -> dict[int, Document]:
        """The objects of a file by their numbers; those of prefab instances too, by the numbers they have there."""
        if path not in self._read:
            own = read(path)
            self._read[path] = {}  # for a prefab that holds itself
            self._read[path] = self._expanded(own)
        return self._read[path]

    def _expanded(self, own: list[Document]) -> dict[int, Document]:
        found = {each.file_id: each for each in own if not each.is_stripped}
        named = {
            (each.reference("m_PrefabInstance").file_id, each.reference("m_CorrespondingSourceObject").file_id): each
            for each in own
            if each.is_stripped
        }
        for instance in (each for each in own if each.class_id == _INSTANCE):
            for number, source in self.source(instance).items():
                stripped = named.get((instance.file_id, number))
                file_id = stripped.file_id if stripped else (instance.file_id ^ number) & _LARGEST
                found[file_id] = replace(source, file_id=file_id)
        return found

    def source(self, instance: Document) -> dict[int, Document]:
        """The objects of the prefab that an instance is of; none where the prefab is not there."""
        path = self.path_of(instance.reference("m_SourcePrefab").guid)
        return self.documents(path) if path and path.suffix == ".prefab" and path.exists() else {}

    def resolve(self, reference: Reference, own: dict[int, Document]) -> Target:
        """What is referred to. Wrong: it is not there, or is another sample's."""
        if not reference.guid:
            if reference.file_id not in own:
                raise Wrong(f"&{reference.file_id} is not in this file")
            return Target(self.class_of(own[reference.file_id]), own[reference.file_id])
        unity = self.unitys.get((reference.guid, reference.file_id))
        if unity:
            self._expect_type(reference, "3" if reference.file_id == unitys.SCRIPT else "0")
            return Target("MonoScript" if reference.file_id == unitys.SCRIPT else unity.name)
        return self._in_file(reference)

    def _in_file(self, reference: Reference) -> Target:
        path = self.path_of(reference.guid)
        if path is None or not path.exists():
            other = self._elsewhere.get(reference.guid)
            where = f"{other.relative_to(self.root).as_posix()}'s, out of reach from here" if other else "no asset's"
            raise Wrong(f"GUID {reference.guid} is {where}")
        self._expect_type(reference, "2" if path.suffix in _NATIVE else "3")
        if path.suffix in _MAIN:
            number, kind = _MAIN[path.suffix]
            if reference.file_id != number:
                raise Wrong(f"{path.name} has no object {reference.file_id}; it has {number}")
            return Target(kind)
        if reference.file_id == PREFAB and path.suffix == ".prefab":
            return Target("Prefab")
        found = self.documents(path).get(reference.file_id)
        if found is None:
            raise Wrong(f"{path.name} has no object {reference.file_id}")
        return Target(self.class_of(found), found)

    @staticmethod
    def _expect_type(reference: Reference, wanted: str) -> None:
        if reference.type != wanted:
            raise Wrong(f"a reference to {reference.guid} has the type {wanted}, not {reference.type}")


def local(document: Document, key: str) -> int:
    """The number that a field refers to; 0 for none."""
    found = reference_in(document.body.get(key))
    return found.file_id if found else 0
