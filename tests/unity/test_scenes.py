"""Everything that a scene, prefab or asset of the package refers to is there, and fits; and what is not is said."""

import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from tests.unity.conftest import PACKAGE, PROJECTS

WALL = "Samples~/AvatarWall/AvatarWall.unity"
AVATAR = "Samples~/AvatarWall/Avatar.prefab"
MATERIAL = "Samples~/AvatarWall/Avatar.mat"
TALK = "Samples~/TalkToNpc/TalkToNpc.unity"
MIRA = "Samples~/TalkToNpc/Mira.prefab"
CONVERSATION = "Runtime/Components/Prefabs/FrameBridge Conversation.prefab"
PERSONA = "Samples~/TalkToNpc/Mira.asset"
SCRIPT_ONLY = "Samples~/ScriptOnly/ScriptOnly.unity"
SAMPLES = ("AvatarWall", "TalkToNpc", "TwoNpcs", "ArRecognition", "YourOwnModel", "ScriptOnly")
Change = Callable[[str], str]


@pytest.fixture(scope="module")
def assets() -> ModuleType:
    sys.path.insert(0, str(PROJECTS))
    try:
        import assets as module
    finally:
        sys.path.remove(str(PROJECTS))
    return module


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """The package's files, to be changed."""
    for name in ("Runtime", "Samples~"):
        shutil.copytree(PACKAGE / name, tmp_path / name)
    return tmp_path


def test_the_package_s_own(assets: ModuleType) -> None:
    assert assets.faults() == []


def test_each_sample_has_a_scene_of_its_name() -> None:
    for sample in SAMPLES:
        assert (PACKAGE / "Samples~" / sample / f"{sample}.unity").is_file()


def test_scenes_are_as_unity_2022_writes_them() -> None:
    """So that the editor converts nothing: the versions of the kinds are its own, and transforms have no order."""
    for path in [*PACKAGE.glob("Samples~/**/*.unity"), *PACKAGE.glob("Samples~/**/*.prefab")]:
        text = path.read_text()
        assert "m_RootOrder" not in text
        assert len(re.findall(r"^Transform:\n(?:  m_.*\n)+  serializedVersion: 2\n", text, re.MULTILINE)) == len(
            re.findall(r"^--- !u!4 &\d+$", text, re.MULTILINE)
        )
        assert "\t" not in text
        assert text.endswith("\n")
    for path in PACKAGE.glob("Samples~/**/*.unity"):
        text = path.read_text()
        assert "RenderSettings:\n  m_ObjectHideFlags: 0\n  serializedVersion: 9\n" in text
        assert "LightmapSettings:\n  m_ObjectHideFlags: 0\n  serializedVersion: 12\n" in text


def swap(before: str, after: str) -> Change:
    """Puts one text in the place of another, once."""

    def change(text: str) -> str:
        assert before in text, before
        return text.replace(before, after, 1)

    return change


def off_by_one(key: str) -> Change:
    """Changes the last digit of the first GUID after a name."""

    def change(text: str) -> str:
        found = re.search(rf"{key}.*?guid: ([0-9a-f]{{31}})([0-9a-f])", text, re.DOTALL)
        assert found is not None
        return text[: found.start(2)] + f"{(int(found[2], 16) + 1) % 16:x}" + text[found.end(2) :]

    return change


def without(key: str) -> Change:
    """Leaves a line out."""
    return lambda text: re.sub(rf"^ *{key}.*\n", "", text, count=1, flags=re.MULTILINE)


def elsewhere(key: str) -> Change:
    """Lets a reference to an object of the same file go astray."""
    return lambda text: re.sub(rf"({key}: {{fileID: )[1-9]\d*}}", r"\g<1>12345}", text, count=1)


def doubled(text: str) -> str:
    """The last object of a prefab twice."""
    return text + text[text.rindex("--- !u!") :]


@pytest.mark.parametrize(
    ("name", "change", "says"),
    [
        (WALL, off_by_one("recording"), "is no asset's"),
        (WALL, off_by_one("m_Script"), "is no asset's"),
        (AVATAR, off_by_one("m_Mesh"), "is no asset's"),
        (MATERIAL, off_by_one("m_Shader"), "is no asset's"),
        (TALK, off_by_one("m_SourcePrefab"), "m_SourcePrefab is no prefab"),
        (WALL, swap("08da4ad3752b56a8865be2bda0300929", "05af29026be1535eb9ac99a1e91cf6c9"), "out of reach from here"),
        (WALL, swap("{fileID: 4900000,", "{fileID: 2800000,"), "has no object 2800000; it has 4900000"),
        (WALL, lambda text: re.sub(r"(avatar: {fileID: )\d+", r"\g<1>77", text), "Avatar.prefab has no object 77"),
        (AVATAR, swap("fileID: 10210", "fileID: 10211"), "is no asset's"),
        (AVATAR, elsewhere("targetRenderer"), "&12345 is not in this file"),
        (AVATAR, swap("bbbbfa9835a4b1, type: 2}", "bbbbfa9835a4b1, type: 3}"), "has the type 2, not 3"),
        (AVATAR, swap("  morphSeconds:", "  secondsOfMorph:"), "AvatarTexture has no field secondsOfMorph"),
        (AVATAR, without("morphSeconds"), "morphSeconds of AvatarTexture is missing"),
        (SCRIPT_ONLY, swap("  m_UVRect:", "  m_UvRect:"), "RawImage has no field m_UvRect"),
        (PERSONA, without("topP"), "topP of NpcPersona is missing"),
        (
            AVATAR,
            lambda text: text.replace("targetRenderer", "fallback", 1),
            "targetRenderer of AvatarTexture is missing",
        ),
        (
            AVATAR,
            lambda text: re.sub(r"fallback: {fileID: 0}", "fallback: {fileID: 3191059768659011841}", text),
            "Texture",
        ),
        (AVATAR, doubled, "is there twice"),
        (MATERIAL, swap("- _MainTex:", "- _BaseMap:"), "has no _BaseMap"),
        (AVATAR, swap("--- !u!33 ", "--- !u!34 "), "is no MeshFilter"),
        (AVATAR, swap("%YAML 1.1", "%YAML 1.2"), "does not begin with Unity's two lines"),
        (AVATAR, swap("  m_Layer: 0", "  m_Layer: {0"), "&3191059768659011841"),
        (WALL, lambda text: text[: text.rindex("  - {fileID")], "SceneRoots does not list"),
        (WALL, lambda text: text[: text.index("--- !u!1660057539")], "does not end with SceneRoots"),
        (
            WALL,
            lambda text: text.replace(text[text.index("--- !u!196") : text.index("--- !u!1 ")], ""),
            "four settings",
        ),
        (TALK, swap("propertyPath: m_Name", "propertyPath: m_Title"), "has no m_Title"),
        (
            TALK,
            swap("target: {fileID: 1275502830973876763", "target: {fileID: 1275502830973876764"),
            "not in the prefab",
        ),
        (TALK, lambda text: text.replace("!u!114 &1939051233 stripped", "!u!114 &1939051239 stripped"), "&1939051233"),
        (TALK, swap("propertyPath: view", "propertyPath: window"), "has no window"),
        (TALK, elsewhere("m_PrefabInstance"), "its m_PrefabInstance is none"),
        (MIRA, swap("11400000", "11400001"), "Mira.asset has no object 11400001"),
    ],
)
def test_what_is_wrong_in_a_file_is_said(
    assets: ModuleType, package: Path, name: str, change: Change, says: str
) -> None:
    path = package / name
    before = path.read_text()
    after = change(before)
    assert after != before
    path.write_text(after)
    assert any(says in fault and Path(name).name in fault for fault in assets.faults(package)), assets.faults(package)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            lambda text: re.sub(r"(m_Children:\n  - {fileID: )\d+", r"\g<1>12345", text, count=1),
            "is no transform of this file",
        ),
        (
            lambda text: re.sub(r"(m_Father: {fileID: )[1-9]\d*", r"\g<1>4618632152877025974", text, count=1),
            "does not name it as its father",
        ),
        (
            lambda text: re.sub(r"(m_Children:)\n(?:  - .*\n)+", r"\1 []\n", text, count=1),
            "does not list it as a child",
        ),
        (
            lambda text: re.sub(r"m_Father: {fileID: [1-9]\d*}", "m_Father: {fileID: 0}", text, count=1),
            "a prefab has one",
        ),
        (lambda text: re.sub(r"  - component: .*\n", "", text, count=1), "first component is no transform"),
        (
            lambda text: re.sub(r"(  - component: .*\n)  - component: .*\n", r"\1", text, count=1),
            "does not list it as a",
        ),
        (
            lambda text: re.sub(
                r"(m_GameObject: {fileID: )2342393283031370196", r"\g<1>3830197138775423268", text, count=1
            ),
            "is a component of &2342393283031370196 and does not say so",
        ),
        (
            lambda text: re.sub(r"m_GameObject: {fileID: \d+}", "m_GameObject: {fileID: 1275502830973876763}", text),
            "is none",
        ),
    ],
)
def test_what_is_wrong_in_a_hierarchy_is_said(assets: ModuleType, package: Path, change: Change, says: str) -> None:
    path = package / CONVERSATION
    path.write_text(change(path.read_text()))
    assert any(says in fault for fault in assets.faults(package)), assets.faults(package)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (swap("private float reach", "private float range"), "GalleryWalk has no field reach"),
        (swap("private float reach", "private float range"), "range of GalleryWalk is missing"),
        (swap("private Transform walker", "private Camera walker"), "refers to a Transform; it has to be a Camera"),
        (
            swap("class GalleryWalk : MonoBehaviour", "class GalleryWalk"),
            "GalleryWalk is no MonoBehaviour that can be made",
        ),
        (swap("sealed class GalleryWalk", "abstract class GalleryWalk"), "is no MonoBehaviour that can be made"),
        (swap("class GalleryWalk :", "class GalleryStroll :"), "has no class GalleryWalk"),
        (swap("private float reach", "private readonly float reach"), "GalleryWalk has no field reach"),
        (swap("private float reach", "public static float reach"), "GalleryWalk has no field reach"),
    ],
)
def test_what_is_wrong_in_a_script_is_said(assets: ModuleType, package: Path, change: Change, says: str) -> None:
    path = package / "Samples~/ArRecognition/GalleryWalk.cs"
    path.write_text(change(path.read_text()))
    assert any(says in fault for fault in assets.faults(package)), assets.faults(package)


def test_a_field_may_have_had_another_name(assets: ModuleType, package: Path) -> None:
    path = package / "Samples~/ArRecognition/GalleryWalk.cs"
    renamed = '[UnityEngine.Serialization.FormerlySerializedAs("reach")]\n        private float range'
    path.write_text(path.read_text().replace("private float reach", renamed))
    assert assets.faults(package) == []


def test_an_asset_that_went_without_its_meta_is_missed(assets: ModuleType, package: Path) -> None:
    (package / "Samples~/AvatarWall/AvatarWallRecording.bytes").unlink()
    assert any("is no asset's" in fault or "out of reach" in fault for fault in assets.faults(package))


@pytest.mark.parametrize(
    ("target", "name", "method", "says"),
    [
        ("981092147780869209", "FrameBridge.ConversationView, FrameBridge", "Say", None),
        ("981092147780869209", "FrameBridge.ConversationView, FrameBridge", "set_Words", None),
        ("981092147780869209", "FrameBridge.ConversationView, FrameBridge", "Shout", "has no public Shout to call"),
        ("981092147780869209", "FrameBridge.BridgeHud, FrameBridge", "Say", "it is a ConversationView"),
        ("12345", "FrameBridge.ConversationView, FrameBridge", "Say", "&12345 is not in this file"),
        ("0", "FrameBridge.ConversationView, FrameBridge", "Say", "a listener has no target"),
    ],
)
def test_listeners_call_what_is_there(
    assets: ModuleType, package: Path, target: str, name: str, method: str, says: str | None
) -> None:
    path = package / CONVERSATION
    call = (
        f"      m_Calls:\n      - m_Target: {{fileID: {target}}}\n        m_TargetAssemblyTypeName: {name}\n"
        f"        m_MethodName: {method}\n        m_Mode: 1\n"
    )
    text = path.read_text()
    at = text.index("      m_Calls: []", text.index("m_OnClick:"))
    path.write_text(text[:at] + call + text[at + len("      m_Calls: []\n") :])
    found = assets.faults(package)
    assert found == [] if says is None else any(says in fault for fault in found), found
