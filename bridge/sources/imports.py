"""The imports in Python files, read and not run: those of one file and, transitively, of its sibling modules."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bridge.sources.own_package import RESERVED

_MOST_FILES = 300
_MOST_BYTES = 1 << 20  # of a file that is read


@dataclass(frozen=True, slots=True)
class Import:
    """One import statement: `names` are those of a from-import."""

    module: str
    names: tuple[str, ...]
    level: int
    line: int

    @property
    def top(self) -> str:
        """The package or module that is imported first."""
        return self.module.partition(".")[0]


def imports(path: Path, folders: Sequence[Path]) -> Iterator[tuple[Path, Import]]:
    """The imports of a file and of what it imports from `folders`, with the file that they are in.

    Relative ones are followed, and not yielded.
    """
    waiting, seen = [path], {path}
    while waiting and len(seen) <= _MOST_FILES:
        file = waiting.pop(0)
        for one in _statements(file):
            if not one.level:
                yield file, one
                if one.top in RESERVED:
                    continue
            for other in _files(one, file, folders):
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)


def _statements(file: Path) -> Iterator[Import]:
    """The import statements of a file; none of one that cannot be read, which loading it will report."""
    try:
        if file.stat().st_size > _MOST_BYTES:
            return
        tree = ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return
    nodes: list[ast.AST] = [tree]
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, (), 0, node.lineno)
        elif isinstance(node, ast.ImportFrom):
            yield Import(node.module or "", tuple(alias.name for alias in node.names), node.level, node.lineno)
        for_types = isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")
        nodes += node.orelse if isinstance(node, ast.If) and for_types else ast.iter_child_nodes(node)


def _files(one: Import, file: Path, folders: Sequence[Path]) -> Iterator[Path]:
    """The files that an import would run: in `folders`, or from the file's own folder upwards if it is relative."""
    bases = list(file.parents)[one.level - 1 : one.level] if one.level else folders
    parts = one.module.split(".") if one.module else []
    for base in bases:
        for end in range(1, len(parts) + 1):
            yield from files_at(base.joinpath(*parts[:end]))
        for name in one.names:
            yield from files_at(base.joinpath(*parts, name))


def files_at(path: Path) -> Iterator[Path]:
    """The file of a package or module, if there is one."""
    for file in (path / "__init__.py", path.parent / f"{path.name}.py"):
        if file.is_file():
            yield file
