"""Models that installed distributions offer: listed without being imported, loaded by their name."""

import sys
from pathlib import Path

import pytest

from bridge import cli
from bridge.errors import ConfigError
from bridge.sources.loading import declared
from tests.own.conftest import Write
from tests.own.sources import DEPTH, HEAD, STYLE


@pytest.fixture
def site(write: Write, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of installed packages, on the path."""
    site = folder / "site"
    write(
        "site/stylish-1.2.dist-info/entry_points.txt",
        "[framebridge.models]",
        "stylised = stylish.nets:STYLE",
        "broken = stylish.nowhere:STYLE",
        "[console_scripts]",
        "stylish = stylish:main",
    )
    write("site/stylish-1.2.dist-info/METADATA", "Metadata-Version: 2.1", "Name: stylish", "Version: 1.2")
    write("site/stylish/__init__.py")
    write("site/stylish/nets.py", HEAD, STYLE, DEPTH)
    monkeypatch.setattr(sys, "path", [*sys.path, str(site)])
    return site


def refused(source: str) -> str:
    with pytest.raises(ConfigError) as error:
        declared(source)
    return str(error.value)


def test_an_installed_model_is_loaded_by_its_name(site: Path) -> None:
    assert [model.name for model in declared("stylised")] == ["style"]


def test_they_are_listed_and_not_imported(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (site / "stylish/nets.py").write_text("raise RuntimeError('loaded')\n")
    assert cli.main(["models"]) == 0
    said = capsys.readouterr().out
    assert "stylish.nets:STYLE" in said
    assert "stylish 1.2" in said
    assert "stylish" not in sys.modules


def test_a_name_that_nothing_offers(site: Path) -> None:
    assert refused("styled") == "--model styled: no installed model of this name; there are broken, stylised"
    said = (
        "--model avatar: no installed model of this name; it is one of FrameBridge's own, which --models avatar loads"
    )
    assert refused("avatar") == said


def test_a_name_without_any_offer(folder: Path) -> None:
    assert refused("styled") == (
        "--model styled: no installed model of this name; nothing installed has an entry point of the group "
        "framebridge.models; name a file by its path, ./styled.py:ATTRIBUTE"
    )


def test_one_that_is_broken_is_named_as_it_was_asked_for(site: Path) -> None:
    assert refused("broken") == "--model broken: there is no module 'stylish.nowhere'; correct the name"
    path = site / "stylish/nets.py"
    path.write_text("1 / 0\n")
    assert (
        refused("stylised")
        == f"--model stylised: {path}, line 1, raises ZeroDivisionError: division by zero; mend it there"
    )


def test_a_name_that_two_distributions_offer_is_refused(site: Path, write: Write) -> None:
    write("site/other-3.dist-info/entry_points.txt", "[framebridge.models]", "stylised = other:STYLE")
    write("site/other-3.dist-info/METADATA", "Metadata-Version: 2.1", "Name: other", "Version: 3")
    said = "--model stylised: offered by other 3 (other:STYLE) and stylish 1.2 (stylish.nets:STYLE); name one by its"
    assert refused("stylised").startswith(said)
