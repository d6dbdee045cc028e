"""Unity's YAML: a file is a list of documents, one for each object, under the number that others call it by."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

SUFFIXES = (".unity", ".prefab", ".asset", ".mat")
_FIRST = "%YAML 1.1\n%TAG !u! tag:unity3d.com,2011:\n"
_HEAD = re.compile(r"^--- !u!(\d+) &(-?\d+)( stripped)?$", re.MULTILINE)
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # every scalar stays text: a GUID may look like a number

# The classes that may be in these files, by Unity's numbers.
KINDS = {
    1: "GameObject",
    4: "Transform",
    20: "Camera",
    21: "Material",
    23: "MeshRenderer",
    29: "OcclusionCullingSettings",
    33: "MeshFilter",
    81: "AudioListener",
    104: "RenderSettings",
    108: "Light",
    114: "MonoBehaviour",
    157: "LightmapSettings",
    196: "NavMeshSettings",
    222: "CanvasRenderer",
    223: "Canvas",
    224: "RectTransform",
    225: "CanvasGroup",
    1001: "PrefabInstance",
    1660057539: "SceneRoots",
}


class Wrong(Exception):
    """A file that cannot be read as one of Unity's."""


@dataclass(frozen=True, slots=True)
class Reference:
    """`{fileID, guid, type}`: an object of the same file, or of another one."""

    file_id: int
    guid: str
    type: str

    @property
    def is_none(self) -> bool:
        """Whether it refers to nothing."""
        return self.file_id == 0


@dataclass(frozen=True, slots=True)
class Document:
    """One object of a file."""

    class_id: int
    file_id: int
    is_stripped: bool
    kind: str
    body: dict[str, Any]

    def reference(self, key: str) -> Reference:
        """What a field refers to; none where it is no reference."""
        return reference_in(self.body.get(key)) or Reference(0, "", "")

    def references(self, key: str) -> list[Reference]:
        """What the items of a list refer to."""
        items = self.body.get(key)
        return [found for item in items if (found := reference_in(item))] if isinstance(items, list) else []


def reference_in(node: Any) -> Reference | None:
    """The reference that a node is; None when it is something else."""
    if not isinstance(node, dict) or "fileID" not in node:
        return None
    return Reference(int(node["fileID"]), node.get("guid", ""), node.get("type", ""))


def read(path: Path) -> list[Document]:
    """The documents of a file. Wrong: it is none of Unity's, or a number is there twice."""
    text = path.read_text(encoding="utf-8")
    if not text.startswith(_FIRST):
        raise Wrong("does not begin with Unity's two lines")
    heads = list(_HEAD.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    found: dict[int, Document] = {}
    for head, end in zip(heads, ends, strict=True):
        document = _document(head, text[head.end() : end])
        if document.file_id in found:
            raise Wrong(f"&{document.file_id} is there twice")
        found[document.file_id] = document
    if not found:
        raise Wrong("holds no document")
    return list(found.values())


def _document(head: re.Match[str], text: str) -> Document:
    class_id, file_id = int(head[1]), int(head[2])
    try:
        content = yaml.load(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        raise Wrong(f"&{file_id}: {error}") from error
    if not isinstance(content, dict) or len(content) != 1:
        raise Wrong(f"&{file_id}: has not one object with its fields")
    kind, body = next(iter(content.items()))
    if KINDS.get(class_id) != kind:
        raise Wrong(f"&{file_id}: class {class_id} is no {kind}, or is not in KINDS")
    return Document(class_id, file_id, head[3] is not None, kind, body)


def walk(node: Any, path: str = "") -> Iterator[tuple[str, Reference]]:
    """Every reference below a node, with the path of the field."""
    found = reference_in(node)
    if found is not None:
        yield path, found
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from walk(value, f"{path}.{key}".lstrip("."))
    elif isinstance(node, list):
        for item in node:
            yield from walk(item, path)
