"""What is written of a script's fields is what its class has, and refers to objects that fit."""

import re
from collections.abc import Iterator
from typing import Any

from asset_check import unitys
from asset_check.documents import Document, Wrong, reference_in
from asset_check.project import Project
from asset_check.scripts import Field

# What every MonoBehaviour has beside the fields of its class.
_HEAD = {"m_ObjectHideFlags", "m_CorrespondingSourceObject", "m_PrefabInstance", "m_PrefabAsset", "m_GameObject"}
_HEAD |= {"m_Enabled", "m_EditorHideFlags", "m_Script", "m_Name", "m_EditorClassIdentifier"}

# Unity's classes that a field may be of, and those of files that are such.
_UNITYS = {
    "Object": None,
    "GameObject": {"GameObject"},
    "Transform": {"Transform", "RectTransform"},
    "RectTransform": {"RectTransform"},
    "Camera": {"Camera"},
    "Canvas": {"Canvas"},
    "Renderer": {"MeshRenderer"},
    "Material": {"Material"},
    "Texture": {"Texture2D"},
    "Texture2D": {"Texture2D"},
    "RenderTexture": set[str](),
    "TextAsset": {"TextAsset"},
    "Graphic": {"Text", "Image", "RawImage"},
    "Font": {"Font"},
    "Sprite": {"Sprite"},
}


def faults(document: Document, own: dict[int, Document], project: Project) -> Iterator[str]:
    """What is wrong with a MonoBehaviour's script and fields."""
    script = document.reference("m_Script")
    unity = project.unitys.get((script.guid, script.file_id))
    where = f"&{document.file_id}"
    if unity:
        yield from _names(where, unity.name, set(document.body) - _HEAD, {name: {name} for name in unity.rest})
    else:
        yield from _of_script(document, own, project)
    for path, calls in _calls(document.body):
        for call in calls:
            yield from (f"{where}.{path}: {fault}" for fault in _listener(call, own, project))


def _of_script(document: Document, own: dict[int, Document], project: Project) -> Iterator[str]:
    where = f"&{document.file_id}"
    path = project.path_of(document.reference("m_Script").guid)
    if path is None or path.suffix != ".cs":
        return  # said of the reference itself
    script = project.scripts.find(path.stem)
    base = "MonoBehaviour" if document.reference("m_GameObject").file_id else "ScriptableObject"
    if script is None:
        yield f"{where}: {path.name} has no class {path.stem}"
    elif script.is_abstract or not project.scripts.derives(path.stem, base):
        yield f"{where}: {path.stem} is no {base} that can be made"
    else:
        fields = project.scripts.fields(path.stem)
        names = {name: {name} | field.former for name, field in fields.items()}
        yield from _names(where, path.stem, set(document.body) - _HEAD, names)
        for name, field in fields.items():
            if name in document.body:
                yield from (f"{where}.{name}: {fault}" for fault in _value(document.body[name], field, own, project))


def _names(where: str, owner: str, written: set[str], wanted: dict[str, set[str]]) -> Iterator[str]:
    known = {name for names in wanted.values() for name in names}
    for name in sorted(written - known):
        yield f"{where}: {owner} has no field {name}"
    for name, names in wanted.items():
        if not written & names:
            yield f"{where}: {name} of {owner} is missing"


def _value(value: Any, field: Field, own: dict[int, Document], project: Project) -> Iterator[str]:
    element = re.sub(r"^List<(.+)>$|^(.+)\[\]$", lambda found: found[1] or found[2], field.type)
    if element != field.type:
        for item in value or ():
            yield from _value(item, Field(element, frozenset()), own, project)
        return
    reference = reference_in(value)
    if reference is None:
        if isinstance(value, dict) and project.scripts.find(element):
            yield from _names("", element, set(value), {name: {name} for name in project.scripts.fields(element)})
        return
    if reference.is_none:
        return
    try:
        kind = project.resolve(reference, own).kind
    except Wrong:
        return  # said of the reference itself
    if not _fits(kind, element, project):
        yield f"refers to a {kind}; it has to be a {element}"


def _fits(kind: str, wanted: str, project: Project) -> bool:
    if wanted in _UNITYS:
        kinds = _UNITYS[wanted]
        return kinds is None or kind in kinds
    return project.scripts.derives(kind, wanted)


def _calls(node: Any, path: str = "") -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The listeners of every UnityEvent below a node."""
    if isinstance(node, dict):
        if isinstance(node.get("m_PersistentCalls"), dict):
            yield path, node["m_PersistentCalls"].get("m_Calls") or []
            return
        for key, value in node.items():
            yield from _calls(value, f"{path}.{key}".lstrip("."))


def _listener(call: dict[str, Any], own: dict[int, Document], project: Project) -> Iterator[str]:
    reference = reference_in(call.get("m_Target"))
    if reference is None or reference.is_none:
        yield "a listener has no target"
        return
    try:
        kind = project.resolve(reference, own).kind
    except Wrong:
        return  # said of the reference itself
    name, _, assembly = call.get("m_TargetAssemblyTypeName", "").partition(", ")
    if name.rpartition(".")[2] != kind or not assembly:
        yield f"a listener says that its target is a {name or 'nothing'}; it is a {kind}"
    method = call.get("m_MethodName", "")
    is_unitys = any(each.name == kind for key, each in project.unitys.items() if key[1] == unitys.SCRIPT)
    if project.scripts.find(kind) and not is_unitys and not project.scripts.has_member(kind, method):
        yield f"{kind} has no public {method} to call"
