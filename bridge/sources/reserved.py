"""Finds modules of the operator's own that are called `bridge` or `models`, before anything is loaded.

An import of such a name finds FrameBridge's package instead.
"""

from collections.abc import Sequence
from importlib.machinery import PathFinder
from pathlib import Path

import bridge
from bridge.errors import ConfigError
from bridge.sources.imports import Import, files_at, imports
from bridge.sources.own_package import RESERVED, own_folder
from bridge.sources.reference import Kind, Reference
from bridge.sources.user_code import spec_of


def check_reserved(reference: Reference) -> None:
    """ConfigError if the code that a reference names would import a module of its own by a reserved name."""
    if reference.kind is Kind.FILE:
        path = Path(reference.target)
        folders = [path.absolute().parent, Path.cwd()]
    else:
        if reference.target.partition(".")[0] in RESERVED:
            raise ConfigError(_in_the_name(reference))
        folders = [Path.cwd()]
        found = _module_file(reference.target, folders)
        if found is None:
            return
        path = found
        folders.append(_root(path, reference.target))
    for file, one in imports(path, folders):
        if one.top not in RESERVED:
            continue
        own = next((own for folder in folders if (own := _own(one.top, folder))), None)
        if own is not None and not _is_framebridge(one, own):
            raise ConfigError(
                f"--model {reference.text}: {file}, line {one.line}, imports {one.module!r}, which finds FrameBridge's "
                f"package of that name and not your {own}; rename that, for example to my_{own.name}, and its imports"
            )


def _in_the_name(reference: Reference) -> str:
    top, _, rest = reference.target.partition(".")
    own = _own(top, Path.cwd())
    called = f"your {own}" if own is not None else "yours"
    renamed = f"my_{top}{'.' if rest else ''}{rest}:{reference.attribute}"
    return (
        f"--model {reference.text}: {top!r} is the name of a package of FrameBridge; rename {called}, for example so "
        f"that it is {renamed}, or name a file by its path, as in ./{top}.py:{reference.attribute}"
    )


def _own(name: str, folder: Path) -> Path | None:
    """The operator's own module or package of a reserved name in a folder; FrameBridge's own does not count."""
    package = folder / name
    ours = own_folder(name)
    if package.is_dir() and any(package.glob("*.py")) and not (ours is not None and package.samefile(ours)):
        return package
    file = folder / f"{name}.py"
    return file if file.is_file() else None


def _is_framebridge(one: Import, own: Path) -> bool:
    """Whether an import means FrameBridge's package although there is another of its name."""
    top, _, rest = one.module.partition(".")
    if one.module == "bridge" and one.names and set(one.names) <= set(bridge.__all__):
        return True
    ours = own_folder(top)
    if ours is None or (not rest and not one.names):
        return False
    parts = rest.split(".") if rest else []
    wanted = [parts] if rest else [[name] for name in one.names]
    return all(any(files_at(ours.joinpath(*path))) and not any(files_at(own.joinpath(*path))) for path in wanted)


def _module_file(target: str, folders: Sequence[Path]) -> Path | None:
    """The file of a dotted name; no package of it is imported."""
    top, *rest = target.split(".")
    spec = spec_of(top) or PathFinder.find_spec(top, [str(folder) for folder in folders])
    name = top
    for part in rest:
        if spec is None or spec.submodule_search_locations is None:
            return None
        name = f"{name}.{part}"
        spec = PathFinder.find_spec(name, list(spec.submodule_search_locations))
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        return None
    return Path(spec.origin)


def _root(path: Path, target: str) -> Path:
    """The folder that the top package of a module lies in."""
    depth = len(target.split(".")) - (path.name != "__init__.py")
    return path.absolute().parents[depth]
