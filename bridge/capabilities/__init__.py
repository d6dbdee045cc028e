"""The table of all capabilities, one folder each. They do not import one another, and the table imports no model."""

from bridge.capabilities.avatar.capability import AVATAR
from bridge.capabilities.dialogue.capability import DIALOGUE
from bridge.capabilities.inference.capability import INFERENCE
from bridge.capabilities.recognition.capability import RECOGNITION
from bridge.device.catalog import Capability

# in the order in which counters are reported
CAPABILITIES: tuple[Capability, ...] = (AVATAR, RECOGNITION, DIALOGUE, INFERENCE)
MODELS = tuple(sorted(model.name for capability in CAPABILITIES for model in capability.models))
