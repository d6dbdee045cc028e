"""The Python client of FrameBridge: async and typed; start with BridgeClient."""

from bridge.client.answers import Disposition, Timing, Unanswered
from bridge.client.avatars import Avatars
from bridge.client.camera import Camera, Task
from bridge.client.client import BridgeClient
from bridge.client.dialogue import Dialogue
from bridge.client.frames import Frame
from bridge.client.health import is_serving
from bridge.client.history import History, Line
from bridge.client.inference import Inferred, Model, TensorSpec
from bridge.client.npc import ActionFailed, Grounds, Known, Moderated, Npc, Player, Rejected, Trace
from bridge.client.probe import Probe
from bridge.client.recognition import Box, Face, FaceMesh, HeadPose, Label, PeopleMask, Recognized
from bridge.client.sampling import Form, Sampling
from bridge.client.turn import Done, HistoryCut, Sentence, Token, Turn

__all__ = [
    "ActionFailed",
    "Avatars",
    "Box",
    "BridgeClient",
    "Camera",
    "Dialogue",
    "Disposition",
    "Done",
    "Face",
    "FaceMesh",
    "Form",
    "Frame",
    "Grounds",
    "HeadPose",
    "History",
    "HistoryCut",
    "Inferred",
    "Known",
    "Label",
    "Line",
    "Model",
    "Moderated",
    "Npc",
    "PeopleMask",
    "Player",
    "Probe",
    "Recognized",
    "Rejected",
    "Sampling",
    "Sentence",
    "Task",
    "TensorSpec",
    "Timing",
    "Token",
    "Trace",
    "Turn",
    "Unanswered",
    "is_serving",
]
