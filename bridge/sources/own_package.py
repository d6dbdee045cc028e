"""Makes `import models` find FrameBridge's own package, whatever lies in the current folder.

`python -m bridge.cli` puts the current folder before everything that is installed, and the finder of an editable
install comes after all folders of the path.
"""

import importlib.util
import sys
from collections.abc import Iterator
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path

import bridge

RESERVED = ("bridge", "models")
_MARK = Path("module", "module_program.py")  # what tells our package from another `models`


def import_own_models() -> None:
    """Import FrameBridge's `models`, before anything imports another. Does nothing where it is not installed."""
    if "models" in sys.modules:
        return
    spec = next((spec for spec in _candidates() if _is_own(spec)), None)
    if spec is None or spec.loader is None:
        return
    module = importlib.util.module_from_spec(spec)
    sys.modules["models"] = module
    spec.loader.exec_module(module)


def own_folder(name: str) -> Path | None:
    """The folder of FrameBridge's package of a reserved name."""
    found = getattr(sys.modules.get(name), "__file__", None)
    return None if found is None else Path(found).parent


def _candidates() -> Iterator[ModuleSpec | None]:
    beside = Path(bridge.__file__).parents[1]
    yield from (PathFinder.find_spec("models", [entry]) for entry in (str(beside), *sys.path))
    for finder in sys.meta_path:  # an editable install
        yield finder.find_spec("models", None)


def _is_own(spec: ModuleSpec | None) -> bool:
    return spec is not None and any(
        (Path(folder) / _MARK).is_file() for folder in spec.submodule_search_locations or ()
    )
