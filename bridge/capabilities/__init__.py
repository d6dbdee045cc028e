"""One folder a capability. They do not know one another; this table knows them all, and names no model's code."""

from bridge.capabilities.avatar.capability import AVATAR
from bridge.capabilities.dialogue.capability import DIALOGUE
from bridge.capabilities.recognition.capability import RECOGNITION
from bridge.device.catalog import Capability

CAPABILITIES: tuple[Capability, ...] = (AVATAR, RECOGNITION, DIALOGUE)  # the order in which counts are told
MODELS = tuple(sorted(model.name for capability in CAPABILITIES for model in capability.models))
