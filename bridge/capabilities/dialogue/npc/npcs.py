"""The NPCs of a server: those of its folder, read when it starts, and those that clients have sent lately."""

import difflib
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path

from bridge.capabilities.dialogue.npc.loaded import LoadedNpc
from bridge.capabilities.dialogue.npc.message import npc_of
from bridge.errors import ConfigError, InvalidRequest
from bridge.v1 import npc_pb2
from models.npc.character import Npc
from models.npc.reading import NpcError, read

MOST_FILES = 1_024
_MOST_SENT = 64  # of clients, kept ready
_MOST_SHOWN = 8  # names in a sentence


class Npcs:
    """NPCs by name, and by what a client sent. Thread-safe."""

    def __init__(self, folder: str | None, context: int) -> None:
        """ConfigError, with every problem, for a file that is no NPC. `context` as for LoadedNpc."""
        self._context = context
        self._files: Mapping[str, Npc] = _read(Path(folder)) if folder is not None else {}
        self._named: dict[str, LoadedNpc] = {}  # those that somebody has met
        self._sent: OrderedDict[bytes, LoadedNpc] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._files)

    def check(self, name: str) -> None:
        """InvalidRequest, with what may have been meant, if there is no file for a name."""
        if name not in self._files:
            raise InvalidRequest(f"npc_id {name[:64]!r}: there is no such NPC; {self._hint(name)}")

    def named(self, name: str) -> LoadedNpc:
        """That of a file, made ready on first sight."""
        with self._lock:
            if name in self._named:
                return self._named[name]
        made = LoadedNpc(self._files[name], self._context)
        with self._lock:
            return self._named.setdefault(name, made)

    def sent(self, data: bytes) -> LoadedNpc:
        """That of a client's message, made ready on first sight. InvalidRequest names the place of what is wrong."""
        key = hashlib.sha256(data).digest()
        with self._lock:
            if key in self._sent:
                self._sent.move_to_end(key)
                return self._sent[key]
        made = LoadedNpc(npc_of(npc_pb2.Npc.FromString(data)), self._context)
        with self._lock:
            self._sent[key] = made
            if len(self._sent) > _MOST_SENT:
                self._sent.popitem(last=False)
        return made

    def _hint(self, name: str) -> str:
        if not self._files:
            return "the server has no folder of NPCs; send the NPC itself in `npc`, or start it with --npcs FOLDER"
        close = difflib.get_close_matches(name[:64].lower(), self._files, n=1)
        if close:
            return f"did you mean {close[0]}?"
        names = sorted(self._files)
        more = f" and {len(names) - _MOST_SHOWN} more" if len(names) > _MOST_SHOWN else ""
        return f"there {'is' if len(names) == 1 else 'are'} {', '.join(names[:_MOST_SHOWN])}{more}"


def _read(folder: Path) -> dict[str, Npc]:
    if not folder.is_dir():
        raise ConfigError(f"--npcs {folder} is no folder; name one with a file *.toml for each NPC")
    files = sorted(folder.glob("*.toml"))
    if len(files) > MOST_FILES:
        raise ConfigError(f"--npcs {folder} has {len(files)} files *.toml; at most {MOST_FILES} are read")
    found: dict[str, Npc] = {}
    origins: dict[str, Path] = {}
    problems: list[str] = []
    for file in files:
        try:
            npc = read(file)
        except NpcError as error:
            problems += error.problems
            continue
        if npc.id in found:
            problems.append(f"{file}: id: {npc.id!r} is already that of {origins[npc.id].name}; give it another")
        found[npc.id], origins[npc.id] = npc, file
    if problems:
        raise ConfigError("\n".join(problems))
    return found
