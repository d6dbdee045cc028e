"""Modules beside two sources that have one name: the second would get the first one's, without a word."""

from pathlib import Path

from bridge.errors import ConfigError
from bridge.sources.imports import files_at, imports
from bridge.sources.reference import Reference
from bridge.sources.user_code import added_folders, spec_of


def check_siblings(reference: Reference) -> None:
    """ConfigError if a file would import a sibling whose name finds one beside another source."""
    path = Path(reference.target).absolute()
    others = [folder for folder in added_folders if folder != path.parent]
    for file, one in imports(path, [path.parent]):
        sibling = next(files_at(path.parent / one.top), None)
        found = spec_of(one.top) if sibling is not None and others else None
        if found is not None and found.origin in [str(file) for other in others for file in files_at(other / one.top)]:
            raise ConfigError(
                f"--model {reference.text}: {file}, line {one.line}, imports {one.top!r}, which finds {found.origin} "
                f"beside another source and not your {sibling}; rename one of them"
            )
