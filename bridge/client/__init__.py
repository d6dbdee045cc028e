"""The Python client of FrameBridge: async and typed; start with BridgeClient."""

from bridge.client.answers import Disposition, Timing, Unanswered
from bridge.client.avatars import Avatars
from bridge.client.camera import Box, Camera, Label, Recognized, Task
from bridge.client.client import BridgeClient
from bridge.client.dialogue import Dialogue
from bridge.client.frames import Frame
from bridge.client.health import is_serving
from bridge.client.history import History, Line
from bridge.client.inference import Inferred, Model, TensorSpec
from bridge.client.probe import Probe
from bridge.client.sampling import Form, Sampling
from bridge.client.turn import Done, HistoryCut, Sentence, Token, Turn

__all__ = [
    "Avatars",
    "Box",
    "BridgeClient",
    "Camera",
    "Dialogue",
    "Disposition",
    "Done",
    "Form",
    "Frame",
    "History",
    "HistoryCut",
    "Inferred",
    "Label",
    "Line",
    "Model",
    "Probe",
    "Recognized",
    "Sampling",
    "Sentence",
    "Task",
    "TensorSpec",
    "Timing",
    "Token",
    "Turn",
    "Unanswered",
    "is_serving",
]
