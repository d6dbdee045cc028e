"""Talk with NPCs: who they are, what they do in the game, and why they said what they said."""

from bridge.client.npc.actions import ActionFailed, Handler
from bridge.client.npc.character import Npc, Player
from bridge.client.npc.trace import Grounds, Known, Moderated, Rejected, Trace

__all__ = ["ActionFailed", "Grounds", "Handler", "Known", "Moderated", "Npc", "Player", "Rejected", "Trace"]
