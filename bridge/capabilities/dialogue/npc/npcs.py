"""The NPCs of a server: those of its folder, and those that clients have sent lately."""

import difflib
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path

from bridge.capabilities.dialogue.npc.loaded import LoadedNpc
from bridge.capabilities.dialogue.npc.message import npc_of
from bridge.errors import ConfigError, InvalidRequest
from bridge.v1 import npc_pb2
from models.npc.character import Npc
from models.npc.folder import Folder
from models.npc.reading import NpcError

_MOST_SENT = 64  # of clients, kept ready
_MOST_SHOWN = 8  # names in a sentence


class Npcs:
    """NPCs by name, and by what a client sent. Thread-safe."""

    def __init__(self, folder: str | None, context: int) -> None:
        """ConfigError, with every problem, for a file that is no NPC. `context` as for LoadedNpc."""
        self._context = context
        self._folder = _folder(folder) if folder is not None else None
        self._files: Mapping[str, Npc] = self._folder.npcs if self._folder is not None else {}
        self._named: dict[str, LoadedNpc] = {}  # those that somebody has met
        self._sent: OrderedDict[bytes, LoadedNpc] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._files)

    @property
    def names(self) -> Sequence[str]:
        """Those of the folder."""
        return list(self._files)

    def refresh(self) -> bool:
        """Read what has changed in the folder; whether there was any of that. Call it off the event loop."""
        if self._folder is None or not self._folder.refresh():
            return False
        files = self._folder.npcs
        with self._lock:
            self._named = {name: one for name, one in self._named.items() if files.get(name) == one.npc}
            self._files = files
        return True

    def check(self, name: str) -> None:
        """InvalidRequest, with what may have been meant, if there is no file for a name."""
        if name not in self._files:
            raise InvalidRequest(f"npc_id {name[:64]!r}: there is no such NPC; {self._hint(name)}")

    def named(self, name: str) -> LoadedNpc:
        """That of a file, made ready on first sight. InvalidRequest as for `check`: its file may have gone."""
        with self._lock:
            npc = self._files.get(name)
            if name in self._named:
                return self._named[name]
        if npc is None:
            self.check(name)
            return self.named(name)
        made = LoadedNpc(npc, self._context)
        with self._lock:
            if self._files.get(name) is not npc:
                return made  # changed meanwhile: this turn has the one that it began with
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


def _folder(folder: str) -> Folder:
    try:
        return Folder(Path(folder))
    except NpcError as error:
        raise ConfigError(f"--npcs: {error}") from None
