"""The files of NPCs in a folder, and what has become of them since they were read."""

import logging
from collections.abc import Mapping
from pathlib import Path

from models.npc.character import Npc
from models.npc.reading import NpcError, read

log = logging.getLogger("framebridge.npc")

MOST_FILES = 1_024

_Stamp = tuple[int, int]  # when a file was written, and its size


class Folder:
    """Not thread-safe."""

    def __init__(self, path: Path) -> None:
        """Read every file. NpcError, with every problem, for one that is no NPC."""
        self._path = path
        self._stamps: dict[Path, _Stamp] = {}  # also of files that are wrong, so that each is read once
        self._read: dict[Path, Npc] = {}
        self._wrong = self._look()
        if self._wrong:
            raise NpcError(tuple(self._wrong))

    @property
    def npcs(self) -> Mapping[str, Npc]:
        """By their ids."""
        return {npc.id: npc for npc in self._read.values()}

    def refresh(self) -> bool:
        """Read what is new or has changed; whether there was any of that. What is wrong is logged, and a file that
        cannot be read any more keeps the NPC that it had.
        """
        before, known = dict(self._read), self._wrong
        self._wrong = self._look()
        for problem in self._wrong:
            if problem not in known:
                log.error("%s; what was read before is kept", problem)
        return self._read != before

    def _look(self) -> list[str]:
        """Bring what was read up to date. Returns what is wrong."""
        if not self._path.is_dir():
            return [f"{self._path} is no folder; name one with a file *.toml for each NPC"]
        files = sorted(self._path.glob("*.toml"))
        if len(files) > MOST_FILES:
            return [f"{self._path} has {len(files)} files *.toml; at most {MOST_FILES} are read"]
        problems: list[str] = []
        for gone in self._stamps.keys() - set(files):
            del self._stamps[gone]
            self._read.pop(gone, None)
        for file in files:
            stamp = _stamp(file)
            if stamp is None or stamp == self._stamps.get(file):
                continue
            self._stamps[file] = stamp
            problems += self._take(file)
        return problems

    def _take(self, file: Path) -> list[str]:
        """Read a file. Returns what is wrong with it."""
        try:
            npc = read(file)
        except NpcError as error:
            return list(error.problems)
        for other, known in self._read.items():
            if known.id == npc.id and other != file:
                del self._stamps[file]  # looked at again, as the other may change
                return [f"{file}: id: {npc.id!r} is already that of {other.name}; give it another"]
        self._read[file] = npc
        return []


def _stamp(file: Path) -> _Stamp | None:
    """None for a file that has gone meanwhile."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
