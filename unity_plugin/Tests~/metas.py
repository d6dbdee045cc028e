"""Keeps the .meta files of the Unity package: every asset has one, and its GUID never changes.

A GUID is derived from the package's name and the path at the asset's birth, then written down in guids.txt, to which
lines are only added. When an asset is renamed its .meta goes with it, and so does the GUID.

    python unity_plugin/Tests~/metas.py            says what is wrong, exit code 1
    python unity_plugin/Tests~/metas.py --write    makes the .meta files that are missing
"""

import argparse
import re
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "com.framebridge.unity"
SAMPLES = "Samples~"
_GUID = re.compile(r"^guid: ([0-9a-f]{32})$", re.MULTILINE)
_TAIL = "  userData: \n  assetBundleName: \n  assetBundleVariant: \n"
_PLAIN = "  externalObjects: {}\n"
_SCRIPT = (
    "  externalObjects: {}\n  serializedVersion: 2\n  defaultReferences: []\n  executionOrder: 0\n"
    "  icon: {instanceID: 0}\n"
)
_SHADER = "  externalObjects: {}\n  defaultTextures: []\n  nonModifiableTextures: []\n  preprocessorOverride: 0\n"
_NATIVE = "  externalObjects: {}\n  mainObjectFileID: %d\n"
_TEXT = ("TextScriptImporter", _PLAIN)
_PICTURE = (
    "  serializedVersion: 12\n  mipmaps:\n    enableMipMap: 0\n    sRGBTexture: 1\n  nPOTScale: 0\n  textureType: 0\n"
)

# The importer that Unity picks for a kind of file, and what it writes into the .meta.
IMPORTERS = {
    ".asmdef": ("AssemblyDefinitionImporter", _PLAIN),
    ".asset": ("NativeFormatImporter", _NATIVE % 11400000),
    ".bytes": _TEXT,
    ".cs": ("MonoImporter", _SCRIPT),
    ".jpg": ("TextureImporter", _PICTURE),
    ".json": _TEXT,
    ".mat": ("NativeFormatImporter", _NATIVE % 2100000),
    ".md": _TEXT,
    ".prefab": ("PrefabImporter", _PLAIN),
    ".py": ("DefaultImporter", _PLAIN),
    ".rsp": ("DefaultImporter", _PLAIN),
    ".shader": ("ShaderImporter", _SHADER),
    ".txt": _TEXT,
    ".unity": ("DefaultImporter", _PLAIN),
    ".xml": _TEXT,
}


class Wrong(Exception):
    """A file that cannot have a .meta as it is."""


def assets(root: Path) -> Iterator[Path]:
    """Files and folders that Unity imports: all but hidden ones and `*~`, and what lies inside each sample."""
    yield from _below(root)
    if (root / SAMPLES).is_dir():
        for sample in sorted((root / SAMPLES).iterdir()):
            if sample.is_dir():
                yield from _below(sample)


def _below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name.endswith("~") or path.suffix == ".meta":
            continue
        yield path
        if path.is_dir():
            yield from _below(path)


def metas(root: Path) -> Iterator[Path]:
    """All .meta files of the package, also those where none should be."""
    return (path for path in sorted(root.rglob("*.meta")) if not {"bin", "obj"} & set(path.relative_to(root).parts))


def born_as(path: str) -> str:
    """The GUID of an asset that is born at this path, relative to the package."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{PACKAGE}/{path}").hex


def text_of(path: Path, guid: str) -> str:
    """What the .meta of an asset says. Wrong: no importer is known for it."""
    head = f"fileFormatVersion: 2\nguid: {guid}\n"
    if path.is_dir():
        return f"{head}folderAsset: yes\nDefaultImporter:\n{_PLAIN}{_TAIL}"
    if path.name == "package.json":
        return f"{head}PackageManifestImporter:\n{_PLAIN}{_TAIL}"
    if path.suffix not in IMPORTERS:
        raise Wrong(f"{path.name}: no importer is known for {path.suffix or 'no suffix'}; add it to IMPORTERS")
    importer, lines = IMPORTERS[path.suffix]
    return f"{head}{importer}:\n{lines}{_TAIL}"


def read_list(root: Path) -> dict[str, str]:
    """The path at birth by GUID. Wrong: a line that is no such pair, a GUID that is there twice or was not derived."""
    file = root / "Tests~" / "guids.txt"
    listed: dict[str, str] = {}
    for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
        guid, _, path = line.partition(" ")
        if not re.fullmatch("[0-9a-f]{32}", guid) or not path:
            raise Wrong(f"guids.txt: {line!r} is not a GUID and a path")
        if guid in listed:
            raise Wrong(f"guids.txt: {guid} is there twice")
        if guid != born_as(path):
            raise Wrong(f"guids.txt: {guid} does not follow from {path}; its lines are never changed")
        listed[guid] = path
    return listed


def guid_in(meta: Path) -> str:
    """The GUID of a .meta. Wrong: it has none."""
    found = _GUID.search(meta.read_text(encoding="utf-8"))
    if found is None:
        raise Wrong(f"{meta.name}: no GUID; delete it and run metas.py --write")
    return found[1]


def meta_of(asset: Path) -> Path:
    """Where the .meta of an asset lies."""
    return asset.with_name(asset.name + ".meta")


def faults(root: Path = ROOT) -> list[str]:
    """What is wrong with the .meta files, in sentences. Empty when nothing is."""
    listed = read_list(root)
    wanted = {meta_of(asset): asset for asset in assets(root)}
    found = {
        f"{meta.relative_to(root)}: its asset is gone; it goes where the asset went, or is deleted with it"
        for meta in metas(root)
        if meta not in wanted
    }
    owners: dict[str, Path] = {}
    for meta, asset in wanted.items():
        try:
            found.update(_faults_of(meta, asset, root, listed, owners))
        except Wrong as wrong:
            found.add(str(wrong))
    return sorted(found)


def _faults_of(meta: Path, asset: Path, root: Path, listed: dict[str, str], owners: dict[str, Path]) -> Iterator[str]:
    name = asset.relative_to(root).as_posix()
    if not meta.exists():
        yield f"{name}: no .meta; run metas.py --write, or move the old .meta along after a rename"
        return
    guid = guid_in(meta)
    if guid not in listed:
        yield f"{name}: GUID {guid} is not in guids.txt; GUIDs never change"
    if owners.setdefault(guid, asset) is not asset:
        yield f"{name}: has the GUID of {owners[guid].relative_to(root).as_posix()}; only one may keep it"
    if meta.read_text(encoding="utf-8") != text_of(asset, guid):
        yield f"{name}: its .meta does not say what the importer needs"


def write(root: Path = ROOT) -> list[str]:
    """Make the .meta files that are missing and list their GUIDs; returns the names of the assets."""
    listed = read_list(root)
    taken = {guid_in(meta) for meta in metas(root)}
    new: list[tuple[str, str]] = []
    made: list[str] = []
    for asset in assets(root):
        meta, name = meta_of(asset), asset.relative_to(root).as_posix()
        if meta.exists():
            continue
        guid = born_as(name)
        if guid in taken:
            raise Wrong(f"{name}: the GUID of this path belongs to a renamed asset; choose another name")
        meta.write_text(text_of(asset, guid), encoding="utf-8", newline="\n")
        made.append(name)
        if guid not in listed:
            new.append((guid, name))
    if new:
        with (root / "Tests~" / "guids.txt").open("a", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{guid} {name}\n" for guid, name in new)
    return made


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Checks the .meta files of the Unity package, or makes missing ones.")
    parser.add_argument("--write", action="store_true", help="make the .meta files that are missing")
    try:
        if parser.parse_args().write:
            for name in write():
                print(f"made {name}.meta")
        found = faults()
    except Wrong as wrong:
        found = [str(wrong)]
    for line in found:
        print(line, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
