"""Loads the operator's code: a module by its name, or a file by its path. Whatever it raises becomes a sentence."""

import hashlib
import importlib
import importlib.util
import os
import sys
import traceback
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

from bridge.errors import ConfigError
from bridge.sources.reference import Kind, Reference

added_folders: list[Path] = []  # to the path, in order


def load(reference: Reference) -> ModuleType:
    """The module that a reference names. ConfigError if there is none, or it fails."""
    return _file(reference) if reference.kind is Kind.FILE else _module(reference)


def spec_of(top: str) -> ModuleSpec | None:
    """Where a module or package that is in no other would be imported from; nothing is imported."""
    return sys.modules[top].__spec__ if top in sys.modules else importlib.util.find_spec(top)


def add_to_path(folder: Path) -> None:
    """Make a folder's modules importable, after everything else so that they never shadow what is installed."""
    known = {os.path.realpath(entry or os.curdir) for entry in sys.path}
    if os.path.realpath(folder) not in known:
        sys.path.append(str(folder))
        added_folders.append(folder)
        importlib.invalidate_caches()


def _module(reference: Reference) -> ModuleType:
    add_to_path(Path.cwd())
    missing = _missing(reference.target)
    if missing:
        raise ConfigError(
            f"--model {reference.text}: there is no module {missing!r}, neither installed nor in {Path.cwd()}; correct "
            "the name, start in the folder that it is in, or name its file, as in ./file.py:ATTRIBUTE"
        )
    return _run(reference, lambda: importlib.import_module(reference.target))


def _missing(target: str) -> str:
    """The first part of a dotted name, if there is no such module or package."""
    top = target.partition(".")[0]
    return "" if top in sys.modules or spec_of(top) is not None else top


def _file(reference: Reference) -> ModuleType:
    path = Path(reference.target)
    if not path.is_file():
        raise ConfigError(f"--model {reference.text}: there is no file {path}; {_others(path)}")
    name = f"_framebridge_{path.stem}_{hashlib.sha256(os.fsencode(os.path.realpath(path))).hexdigest()[:8]}"
    if name in sys.modules:  # two models of one file
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and pickle look there
    add_to_path(path.absolute().parent)
    run = spec.loader.exec_module
    try:
        return _run(reference, lambda: run(module) or module)
    except ConfigError:
        del sys.modules[name]
        raise


def _others(path: Path) -> str:
    if not path.parent.is_dir():
        return f"there is no folder {path.parent} either"
    names = sorted(other.name for other in path.parent.glob("*.py"))[:8]
    return f"in that folder there {'is' if len(names) == 1 else 'are'} {', '.join(names) or 'no .py files'}"


def _run(reference: Reference, run: Callable[[], ModuleType]) -> ModuleType:
    try:
        return run()
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # SystemExit too: a script without `if __name__ == "__main__"`
        raise ConfigError(f"--model {reference.text}: {_failure(reference, error)}") from error


def _failure(reference: Reference, error: BaseException) -> str:
    """What the code raised, where, and what to do about it."""
    place = _place(reference, error)
    if isinstance(error, ConfigError):
        return f"{place} declares a model that cannot be served: {error}"
    if isinstance(error, ModuleNotFoundError) and error.name:
        if f"{reference.target}.".startswith(f"{error.name}."):
            return f"there is no module {error.name!r}; correct the name"
        return f"{place} imports {error.name!r}, which is not installed; install it, or put it beside that file"
    if isinstance(error, ImportError) and "relative import" in str(error):
        return (
            f"{place} imports relatively, and a file that is named by its path is in no package; name it as a "
            "module, as in my_pkg.module:ATTRIBUTE"
        )
    if isinstance(error, SystemExit):
        return f'{place} ends the process; put that under `if __name__ == "__main__":`'
    return f"{place} raises {traceback.format_exception_only(error)[-1].strip()}; mend it there"


def _place(reference: Reference, error: BaseException) -> str:
    """The last line of the operator's own code that an error passed through."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}, line {error.lineno},"
    root = Path(reference.target).parent if reference.kind is Kind.FILE else _package(reference.target)
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if _within(frame.filename, root)]
    return f"{own[-1].filename}, line {own[-1].lineno}," if own else "it"


def _package(target: str) -> Path:
    """The folder of the top package of a dotted name, or its file if it is a plain module; nothing is imported."""
    spec = spec_of(target.partition(".")[0])
    folders = [] if spec is None else list(spec.submodule_search_locations or ())
    return Path(folders[0] if folders else (spec.origin if spec is not None else None) or "-")


def _within(file: str, root: Path) -> bool:
    """Whether a file is the operator's: in a folder, and not in a virtual environment that lies in it."""
    if file.startswith("<"):  # generated, such as the __init__ of a dataclass
        return False
    path = Path(file).resolve()
    return path.is_relative_to(root.resolve()) and "site-packages" not in path.relative_to(root.resolve()).parts
