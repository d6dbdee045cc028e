"""Instances of prefabs: what they change is in the prefab, and what stands for its objects is there."""

import re
from collections.abc import Iterator
from typing import Any

from asset_check.documents import Document, reference_in
from asset_check.hierarchy import TRANSFORMS
from asset_check.project import PREFAB, Project

_ITEM = re.compile(r"data\[(\d+)\]$")
_LISTS = ("m_Modifications", "m_RemovedComponents", "m_RemovedGameObjects", "m_AddedGameObjects", "m_AddedComponents")


def faults(document: Document, own: dict[int, Document], project: Project) -> Iterator[str]:
    """What is wrong with a PrefabInstance."""
    where = f"&{document.file_id}"
    prefab = document.reference("m_SourcePrefab")
    source = project.source(document)
    if prefab.file_id != PREFAB or not source:
        yield f"{where}: m_SourcePrefab is no prefab"
        return
    modification = document.body["m_Modification"]
    for key in _LISTS:
        if key not in modification:
            yield f"{where}: has no {key}"
    parent = reference_in(modification.get("m_TransformParent"))
    if parent and parent.file_id and (parent.file_id not in own or own[parent.file_id].kind not in TRANSFORMS):
        yield f"{where}: m_TransformParent is no transform of this file"
    for item in modification.get("m_Modifications") or ():
        yield from (f"{where}: {fault}" for fault in _change(item, prefab.guid, source))
    for item in modification.get("m_RemovedComponents") or ():
        yield from (f"{where}: {fault}" for fault in _target(item, prefab.guid, source))


def stripped(document: Document, own: dict[int, Document], project: Project) -> Iterator[str]:
    """What is wrong with a document that stands for an object of an instance."""
    where = f"&{document.file_id}"
    instance = own.get(document.reference("m_PrefabInstance").file_id)
    if instance is None or instance.kind != "PrefabInstance":
        yield f"{where}: its m_PrefabInstance is none"
        return
    target = document.reference("m_CorrespondingSourceObject")
    source = project.source(instance)
    if target.guid != instance.reference("m_SourcePrefab").guid or target.file_id not in source:
        yield f"{where}: &{target.file_id} is not in the prefab of its instance"
    elif source[target.file_id].kind != document.kind:
        yield f"{where}: stands for a {source[target.file_id].kind}, not a {document.kind}"


def _target(item: Any, guid: str, source: dict[int, Document]) -> Iterator[str]:
    target = reference_in(item)
    if target is None or target.guid != guid or target.file_id not in source:
        yield f"&{target.file_id if target else '?'} is not in the prefab"


def _change(item: dict[str, Any], guid: str, source: dict[int, Document]) -> Iterator[str]:
    path = item.get("propertyPath", "")
    wrong = list(_target(item.get("target"), guid, source))
    yield from (f"{path}: {fault}" for fault in wrong)
    if wrong:
        return
    target = reference_in(item["target"])
    if target and not has(source[target.file_id].body, path.split(".")):
        yield f"{source[target.file_id].kind} &{target.file_id} of the prefab has no {path}"


def has(node: Any, steps: list[str]) -> bool:
    """Whether a property path leads somewhere: `a.b`, `a.Array.size`, `a.Array.data[0].b`."""
    if not steps:
        return True
    if steps[0] == "Array":
        if not isinstance(node, list) or len(steps) < 2:
            return False
        item = _ITEM.match(steps[1])
        if item is None:
            return steps[1:] == ["size"]
        return len(node) == 0 or has(node[min(int(item[1]), len(node) - 1)], steps[2:])
    return isinstance(node, dict) and steps[0] in node and has(node[steps[0]], steps[1:])
