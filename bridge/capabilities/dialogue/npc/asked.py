"""What a `say` says of an NPC: which one, who speaks to it, and what it remembers. Checked on arrival."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from bridge.capabilities.dialogue.npc.meeting import Meeting
from bridge.capabilities.dialogue.npc.npcs import Npcs
from bridge.config import Limits
from bridge.errors import InvalidRequest, TooLarge
from bridge.v1 import dialogue_pb2, npc_pb2

_MOST_NAME, _MOST_ROLES = 64, 16
_MOST_MEMORIES, _LONGEST_MEMORY = 256, 400
_WITHOUT = "with an NPC there is none"


@dataclass(frozen=True, slots=True)
class Player:
    """Who speaks."""

    name: str = ""
    roles: Sequence[str] = ()


def meeting_of(message: dialogue_pb2.ConverseSay, known: Meeting | None, npcs: Npcs, limits: Limits) -> Meeting | None:
    """The NPC that a turn is with: the one that it names or brings, else the conversation's. None for a plain persona.

    InvalidRequest for a name that is not known, and for what an NPC leaves no room for; TooLarge.
    """
    if not message.npc_id and not message.HasField("npc"):
        return None if message.persona.strip() else known
    if message.npc_id and message.HasField("npc"):
        raise InvalidRequest("both npc_id and npc are set; send one of them")
    if message.persona.strip():
        raise InvalidRequest(f"persona is set; {_WITHOUT}, as the NPC has its own: leave it out")
    if message.npc_id:
        npcs.check(message.npc_id)
        meeting = Meeting(message.npc_id, partial(npcs.named, message.npc_id))
    else:
        data = _bytes_of(message.npc, limits)
        meeting = Meeting(hashlib.sha256(data).digest(), partial(npcs.sent, data))
    return known if known is not None and known.key == meeting.key else meeting


def check_settings(message: dialogue_pb2.ConverseSay) -> None:
    """InvalidRequest for settings of a turn that cannot be with an NPC."""
    if message.HasField("form"):
        raise InvalidRequest(f"form is set; {_WITHOUT}: ask without an NPC, or leave it out")
    if message.sampling.stop or message.sampling_changes.stop:
        raise InvalidRequest(f"stop is set; {_WITHOUT}, as its sentences are released whole: leave it out")


def player_of(message: npc_pb2.NpcPlayer) -> Player:
    """Who speaks. InvalidRequest for a name or a role that is too long, and for too many roles."""
    if len(message.roles) > _MOST_ROLES:
        raise InvalidRequest(f"player has {len(message.roles)} roles; send at most {_MOST_ROLES}")
    for what, text in (("name", message.name), *((f"roles[{at}]", role) for at, role in enumerate(message.roles))):
        if len(text) > _MOST_NAME or not text.isprintable():
            raise InvalidRequest(f"player.{what} is no name; send at most {_MOST_NAME} characters on one line")
    return Player(message.name.strip(), tuple(message.roles))


def memories_of(texts: Sequence[str]) -> Sequence[str]:
    """What the NPC remembers. InvalidRequest for too many, and for one that is empty or too long."""
    if len(texts) > _MOST_MEMORIES:
        raise InvalidRequest(f"there are {len(texts)} memories; send the best {_MOST_MEMORIES}")
    for at, text in enumerate(texts):
        if not 1 <= len(text.strip()) <= _LONGEST_MEMORY:
            raise InvalidRequest(f"memories[{at}] has {len(text.strip())} characters; send 1 to {_LONGEST_MEMORY}")
    return [" ".join(text.split()) for text in texts]


def _bytes_of(message: npc_pb2.Npc, limits: Limits) -> bytes:
    data = message.SerializeToString(deterministic=True)
    if len(data) > limits.npc_bytes:
        raise TooLarge(
            f"npc has {len(data):,} bytes; send at most {limits.npc_bytes:,} (Limits.max_npc_bytes), or make it a file "
            "of the server's --npcs folder"
        )
    return data
