"""GameObjects, their components and their transforms refer to one another, and in both directions."""

from collections.abc import Iterator

from asset_check.documents import Document
from asset_check.project import local

TRANSFORMS = ("Transform", "RectTransform")
_SETTINGS = ("OcclusionCullingSettings", "RenderSettings", "LightmapSettings", "NavMeshSettings")
_ROOTS = 9223372036854775807


def faults(own: list[Document], suffix: str) -> Iterator[str]:
    """What is wrong with the hierarchy of a scene or prefab."""
    by_id = {each.file_id: each for each in own}
    for document in own:
        if document.is_stripped:
            continue
        if document.kind == "GameObject":
            yield from _parts(document, by_id)
        elif document.kind in TRANSFORMS:
            yield from _children(document, by_id)
        if "m_GameObject" in document.body and local(document, "m_GameObject"):
            yield from _owner(document, by_id)
    yield from _scene(own) if suffix == ".unity" else _prefab(own)


def _parts(owner: Document, by_id: dict[int, Document]) -> Iterator[str]:
    parts = [by_id.get(local_in(item)) for item in owner.body.get("m_Component", [])]
    if not parts or parts[0] is None or parts[0].kind not in TRANSFORMS:
        yield f"&{owner.file_id}: its first component is no transform"
    for part in parts:
        if part is None:
            yield f"&{owner.file_id}: m_Component has an object that is not in this file"
        elif local(part, "m_GameObject") != owner.file_id:
            yield f"&{part.file_id}: is a component of &{owner.file_id} and does not say so"


def local_in(item: dict[str, dict[str, str]]) -> int:
    """The number in an item of m_Component."""
    return int(item["component"]["fileID"])


def _owner(part: Document, by_id: dict[int, Document]) -> Iterator[str]:
    owner = by_id.get(local(part, "m_GameObject"))
    if owner is None or owner.kind != "GameObject":
        yield f"&{part.file_id}: its m_GameObject is none"
    elif not owner.is_stripped and part.file_id not in map(local_in, owner.body.get("m_Component", [])):
        yield f"&{part.file_id}: &{owner.file_id} does not list it as a component"


def _children(place: Document, by_id: dict[int, Document]) -> Iterator[str]:
    for reference in place.references("m_Children"):
        child = by_id.get(reference.file_id)
        if child is None or child.kind not in TRANSFORMS:
            yield f"&{place.file_id}: its child &{reference.file_id} is no transform of this file"
        elif father_of(child, by_id) != place.file_id:
            yield f"&{child.file_id}: is a child of &{place.file_id} and does not name it as its father"
    father = by_id.get(local(place, "m_Father"))
    if local(place, "m_Father") == 0 or (father is not None and father.is_stripped):
        return
    if father is None or father.kind not in TRANSFORMS:
        yield f"&{place.file_id}: its father is no transform of this file"
    elif place.file_id not in [each.file_id for each in father.references("m_Children")]:
        yield f"&{place.file_id}: its father &{father.file_id} does not list it as a child"


def father_of(place: Document, by_id: dict[int, Document]) -> int:
    """The father of a transform; for the root of a prefab instance, the one that the instance has."""
    if not place.is_stripped:
        return local(place, "m_Father")
    instance = by_id.get(local(place, "m_PrefabInstance"))
    return int(instance.body["m_Modification"]["m_TransformParent"]["fileID"]) if instance else 0


def _tops(own: list[Document]) -> list[int]:
    """What hangs below nothing: transforms, and prefab instances by their own number."""
    places = [each for each in own if each.kind in TRANSFORMS and not each.is_stripped]
    instances = [each for each in own if each.kind == "PrefabInstance"]
    return [
        *(each.file_id for each in places if not local(each, "m_Father")),
        *(each.file_id for each in instances if each.body["m_Modification"]["m_TransformParent"]["fileID"] == "0"),
    ]


def _scene(own: list[Document]) -> Iterator[str]:
    if tuple(each.kind for each in own[:4]) != _SETTINGS:
        yield "does not begin with the four settings of a scene"
    roots = own[-1]
    if roots.kind != "SceneRoots" or roots.file_id != _ROOTS:
        yield "does not end with SceneRoots"
        return
    listed = [each.file_id for each in roots.references("m_Roots")]
    if sorted(listed) != sorted(_tops(own)):
        yield "SceneRoots does not list each object that hangs below nothing, once"


def _prefab(own: list[Document]) -> Iterator[str]:
    tops = _tops(own)
    if len(tops) != 1:
        yield f"has {len(tops)} roots; a prefab has one"
