"""The docs' first five minutes, followed to the letter in a scratch project, as far as that goes without an editor."""

import json
import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from bridge import cli
from bridge.config import Config
from tests.unity import projects
from tests.unity.conftest import PACKAGE, ROOT, Dotnet
from tests.unity.test_asmdefs import ONE_TARGET, run

pytestmark = pytest.mark.timeout(600)

PAGES = (projects.README, projects.FIRST_AVATAR)
VERSION = json.loads((PACKAGE / "package.json").read_text())["version"]
TAG = f"v{VERSION}"


def git(*arguments: object, folder: Path = ROOT) -> str:
    command = ["git", "-c", "advice.detachedHead=false", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


def nuget_section() -> str:
    return projects.README.read_text().split("## Libraries by NuGetForUnity")[1].split("\n## ")[0]


def install_urls(page: Path) -> set[str]:
    return {url for url in projects.git_urls(page.read_text()) if "framebridge.git" in url}


# -- What the docs say


def test_the_install_url_is_the_same_everywhere_and_names_the_release() -> None:
    texts = [
        path.read_text() for path in [*PACKAGE.glob("*.md"), *PACKAGE.glob("Documentation~/*.md"), ROOT / "README.md"]
    ]
    everywhere = {url for text in texts for url in projects.git_urls(text) if "framebridge.git" in url}
    assert everywhere == install_urls(projects.README) == install_urls(projects.FIRST_AVATAR)
    assert len(everywhere) == 1
    path, tag = projects.path_and_revision(everywhere.pop())
    assert tag == TAG
    assert (ROOT / path.lstrip("/") / "package.json").is_file()
    assert f"`{TAG}`" in (PACKAGE / "CHANGELOG.md").read_text(), "the changelog says how a release is tagged"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_json_block_is_whole(page: Path) -> None:
    found = projects.blocks(page, "json")
    assert found
    for block in found:
        assert projects.faults(projects.merged(projects.NEW_PROJECT, block)) == []


def test_both_pages_install_the_same() -> None:
    installed = [projects.merged({"dependencies": {}}, *projects.blocks(page, "json")) for page in PAGES]
    assert installed[0] == installed[1]


def test_both_ways_to_the_libraries_install_the_same() -> None:
    """Versions too; a package that comes along with another may be named in one of the lists only."""
    by_registry = projects.merged({"dependencies": {}}, *projects.blocks(projects.README, "json"))["dependencies"]
    by_nuget = {
        f"org.nuget.{name.lower()}": version for name, version in projects.nuget_packages(nuget_section()).items()
    }
    by_git = {projects.name_of(url): projects.path_and_revision(url)[1] for url in projects.git_urls(nuget_section())}
    listed = {name: source for name, source in by_registry.items() if name != projects.NAME}
    assert listed.items() <= {**by_nuget, **by_git}.items()


@pytest.mark.parametrize(
    ("manifest", "says"),
    [
        ({"dependencies": {"org.nuget.scriban": "2.1.0"}}, "no registry has its scope"),
        ({"dependencies": {"com.unity.ugui": "^1.0.0"}}, "no exact version"),
        ({"dependencies": {"com.other": "https://host.example/other.git?path=/a"}}, "lacks"),
        ({"dependencies": {"com.other": "https://host.example/other.git#v1?path=/a"}}, "lacks"),
        ({"dependencies": {"com.other": "https://host.example/other.git?path=a#v1"}}, "lacks"),
        ({"dependencies": {"Com.Other": "1.0.0"}}, "no package name"),
        ({"dependencies": {}, "scopedRegistries": [{"name": "A", "url": "https://host.example"}]}, "has no scopes"),
        ({"dependencies": {}, "scopedRegistries": [{"name": "A", "url": "ftp://a", "scopes": ["b"]}]}, "no https URL"),
        ({"dependencies": {}, "scopedRegistries": [{"name": "A", "url": "https://a", "scopes": ["b", "b"]}]}, "twice"),
    ],
)
def test_a_manifest_that_unity_would_refuse_is_seen(manifest: dict[str, Any], says: str) -> None:
    assert any(says in fault for fault in projects.faults(manifest))


# -- The server's step


def shell_steps() -> list[list[str]]:
    (block,) = projects.blocks(projects.FIRST_AVATAR, "sh")
    return [shlex.split(line) for line in block.splitlines()]


def test_the_server_s_commands_are_there() -> None:
    clone, enter, install, serve = shell_steps()
    url = clone[-1]
    assert clone[:2] == ["git", "clone"]
    assert clone[2:4] == ["--branch", TAG]
    assert all(found.startswith(f"{url}?") for found in install_urls(projects.FIRST_AVATAR))
    assert enter == ["cd", Path(url).stem]
    assert install == ["pip", "install", "-e", "./models", "-e", ".[server]"]
    script = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"][serve[0]]
    assert script == f"{cli.__name__}:{cli.main.__name__}"
    assert cli._parser().parse_args(serve[1:]).run is cli._serve


def test_the_server_says_what_the_docs_say(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The command runs as it is; only loading of models and serving are left out."""
    said: list[str] = re.findall(r"`(serving at \S+)`", projects.FIRST_AVATAR.read_text())
    monkeypatch.setattr("bridge.tools.wheels.fetch", lambda *_: None)
    monkeypatch.setattr("bridge.server.serve", lambda config, *, on_ready, **rest: on_ready(config.port))
    monkeypatch.setattr("bridge.device.loop.run", lambda _: None)
    (serve,) = (step for step in shell_steps() if step[0] == "framebridge")
    assert cli.main(serve[1:]) == 0
    assert said == [f"serving at 127.0.0.1:{Config().port}"]
    assert said[0] in capsys.readouterr().out.splitlines()


# -- The editor's steps


def menus() -> set[str]:
    """The menu entries of the package, written as the docs write them."""
    found = set()
    for path in PACKAGE.rglob("*.cs"):
        text = path.read_text()
        root = dict(re.findall(r'const string (\w+) = "([^"]*/)"', text))
        for constant, name in re.findall(r'\[MenuItem\((?:(\w+) \+ )?"([^"]+)"', text):
            found.add((root.get(constant, "") + name).replace("/", " > "))
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_menu_entry_is_there(page: Path) -> None:
    text = re.sub(r"\s+", " ", page.read_text())
    named = re.findall(
        r"((?:Window|GameObject|Assets|FrameBridge) > (?:FrameBridge|Samples) > [A-Z][\w ]*?)(?=[.,;*):]| says)", text
    )
    assert named
    assert set(named) <= menus()


def test_each_sample_that_is_named_is_there() -> None:
    samples = {sample["displayName"] for sample in json.loads((PACKAGE / "package.json").read_text())["samples"]}
    named = re.findall(r"FrameBridge > Samples > ([A-Z][\w ]*?) > Import", projects.FIRST_AVATAR.read_text())
    assert named
    assert set(named) <= samples


# -- The project that comes of it


@pytest.fixture(scope="module")
def downloaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as the Package Manager gets it: the URL's folder of this repository, tagged and cloned."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout")
    folder = tmp_path_factory.mktemp("remote")
    remote, clone = folder / "framebridge.git", folder / "clone"
    git("clone", "--quiet", "--bare", "--no-tags", ROOT, remote)
    git("tag", TAG, git("rev-parse", "HEAD"), folder=remote)
    (url,) = install_urls(projects.FIRST_AVATAR)
    path, revision = projects.path_and_revision(url)
    git("clone", "--quiet", "--branch", revision, "--depth", "1", f"file://{remote}", clone)
    return clone / path.lstrip("/")


def test_the_url_gives_this_package(downloaded: Path) -> None:
    package = json.loads((downloaded / "package.json").read_text())
    assert (package["name"], package["version"]) == (projects.NAME, VERSION)


def install(folder: Path, package: Path, manifest: dict[str, Any], nuget: dict[str, str] | None = None) -> Path:
    """The project, with the package where Unity puts what comes from a git URL: there it cannot be changed."""
    assert projects.faults(manifest) == []
    project = projects.write(folder, manifest, nuget)
    cache = project / "Library/PackageCache"
    cache.mkdir(parents=True)
    (cache / f"{projects.NAME}@0123456789ab").symlink_to(package, target_is_directory=True)
    return project


def test_what_the_docs_install_compiles(lane: Dotnet, downloaded: Path, tmp_path: Path) -> None:
    """Each page's way, in a new project of 2022.3: all that the package has is compiled, the live part too."""
    by_page = [projects.merged(projects.NEW_PROJECT, *projects.blocks(page, "json")) for page in PAGES]
    by_url = {
        projects.name_of(url): url
        for page in (nuget_section(), projects.README.read_text())
        for url in projects.git_urls(page)
    }
    by_nuget = projects.merged(projects.NEW_PROJECT, json.dumps({"dependencies": by_url}))
    folders = [
        *(install(tmp_path / page.stem, downloaded, manifest) for page, manifest in zip(PAGES, by_page, strict=True)),
        install(tmp_path / "nuget", downloaded, by_nuget, projects.nuget_packages(nuget_section())),
    ]
    code, report, errors = run(lane, folders)
    faults = [fault for one in report.values() for fault in one["Faults"]]
    assert (code, faults, errors) == (0, [], ""), "\n".join([*faults, errors])
    for folder in folders:
        found = {one["Name"]: one for path, one in report.items() if Path(path).is_relative_to(folder)}
        assert found["FrameBridge.Grpc"]["Compiled"]
        assert all(
            "FRAMEBRIDGE_YETANOTHERHTTPHANDLER" in text.split() for text in found["FrameBridge.Handlers"]["Compiled"]
        )
        assert {name: one["NeverFound"] for name, one in found.items() if one["Compiled"] and one["NeverFound"]} == {}


def test_a_package_whose_sources_have_no_meta_file_does_not_compile(
    lane: Dotnet, downloaded: Path, tmp_path: Path
) -> None:
    """Unity cannot write one into what it has downloaded, and leaves such a file out."""
    package = projects.runtime_of(downloaded, tmp_path)
    (package / "Runtime/Core/Connection/BridgeClient.cs.meta").unlink()
    manifest = projects.merged(projects.NEW_PROJECT, projects.blocks(projects.FIRST_AVATAR, "json")[0])
    code, report, _ = run(lane, [install(tmp_path / "project", package, manifest)], ONE_TARGET)
    assert code == 1
    assert any("BridgeClient" in fault for one in report.values() for fault in one["Faults"])
