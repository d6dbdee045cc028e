"""Modules of one's own called `models` or `bridge`: found before anything is loaded, else harmless."""

from pathlib import Path

import pytest

from bridge.errors import ConfigError
from bridge.sources.loading import declared
from tests.own.conftest import Write
from tests.own.sources import DEPTH, HEAD, STYLE

LOADED = "raise RuntimeError('loaded')"


def refused(source: str) -> str:
    with pytest.raises(ConfigError) as error:
        declared(source)
    assert "loaded" not in str(error.value)
    return str(error.value).removeprefix(f"--model {source}: ")


def test_an_import_of_a_module_called_models_says_what_to_rename(write: Write, folder: Path) -> None:
    file = write("portraits.py", HEAD, "import os", "from models import Style", LOADED)
    models = write("models.py", LOADED)
    assert refused("./portraits.py:STYLE") == (
        f"portraits.py, line 3, imports 'models', which finds FrameBridge's package of that name and not your {models}"
        "; rename that, for example to my_models.py, and its imports"
    )
    assert file.parent == folder


@pytest.mark.parametrize(
    "line",
    [
        "import models",
        "import models.nets as nets",
        "from models.nets import Style",
        "from models.dialogue import Reader",  # FrameBridge has one too
        "def make():\n    from models import nets",
        "try:\n    import models\nexcept ImportError: pass",
    ],
)
def test_so_does_one_of_a_package(write: Write, folder: Path, line: str) -> None:
    write("models/nets.py", LOADED)
    write("models/dialogue.py", LOADED)
    write("portraits.py", HEAD, line, LOADED)
    assert f"and not your {folder / 'models'}; rename that, for example to my_models," in refused(
        "./portraits.py:STYLE"
    )


@pytest.mark.parametrize("line", ["import bridge", "from bridge import Rope", "import bridge.nets"])
def test_so_does_one_called_bridge(write: Write, folder: Path, line: str) -> None:
    write("bridge/nets.py", LOADED)
    write("portraits.py", line, LOADED)
    assert f"and not your {folder / 'bridge'}; rename that" in refused("./portraits.py:STYLE")


def test_siblings_are_followed(write: Write, folder: Path) -> None:
    write("nets/portraits.py", "import strokes", LOADED)
    write("nets/strokes/__init__.py", "from .brush import Brush")
    write("nets/strokes/brush.py", "import os.path", "import models")
    write("nets/models.py", LOADED)
    said = refused("./nets/portraits.py:STYLE")
    assert said.startswith(f"{folder / 'nets/strokes/brush.py'}, line 2, imports 'models'")


def test_packages_are_followed_without_importing_them(write: Write, folder: Path) -> None:
    write("my_pkg/__init__.py", LOADED)
    write("my_pkg/nets.py", "from my_pkg import parts", LOADED)
    write("my_pkg/parts.py", "from models import Style")
    write("models/__init__.py", LOADED)
    assert refused("my_pkg.nets:STYLE").startswith(f"{folder / 'my_pkg/parts.py'}, line 1, imports 'models'")


@pytest.mark.parametrize("source", ["models:STYLE", "models.nets:STYLE", "bridge:STYLE"])
def test_a_module_that_is_called_so_itself_is_named_by_its_file(write: Write, folder: Path, source: str) -> None:
    top = source.partition(":")[0].partition(".")[0]
    own = write(f"{top}.py", LOADED)
    said = refused(source)
    assert said.startswith(
        f"{top!r} is the name of a package of FrameBridge; rename your {own}, for example so that it"
    )
    assert f"it is my_{source}, or name a file by its path, as in ./{top}.py:STYLE" in said


# -- what is fine ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", ["models.py", "bridge.py"])
def test_a_file_of_such_a_name_is_fine_itself(write: Write, file: str) -> None:
    write(file, HEAD, STYLE)
    assert declared(f"./{file}:STYLE")[0].name == "style"


@pytest.mark.parametrize(
    "line",
    [
        "from models.program import Lane",  # FrameBridge's, which theirs does not have
        "from models import program",
        "import models.module.tensors",
        "import typing\nif typing.TYPE_CHECKING:\n    import models",
        "from mine.models import WIDTH",
        "from mine import models",
    ],
)
def test_what_means_framebridge_s_or_another_package_s_is_fine(write: Write, line: str) -> None:
    write("models.py", "import bridge", LOADED)  # which nothing imports, nor what that imports
    write("bridge.py", LOADED)
    write("mine/__init__.py")
    write("mine/models.py", "WIDTH = 3")
    write("portraits.py", HEAD, line, STYLE, DEPTH)
    assert declared("./portraits.py:STYLE")[0].name == "style"


def test_a_folder_of_weights_is_no_package(write: Write) -> None:
    write("models/style.safetensors")
    write("portraits.py", HEAD, "import models", STYLE)
    assert declared("./portraits.py:STYLE")[0].name == "style"


def test_code_that_cannot_be_read_is_left_to_the_import(write: Write) -> None:
    write("models.py", LOADED)
    write("portraits.py", "import strokes", HEAD, STYLE)
    write("strokes.py", "import models ((")
    assert "SyntaxError" in refused("./portraits.py:STYLE")
