"""The table of all capabilities, one folder each. They do not import one another, and the table imports no model."""

from bridge.capabilities.avatar.capability import AVATAR
from bridge.capabilities.dialogue.capability import DIALOGUE
from bridge.capabilities.inference.capability import INFERENCE
from bridge.capabilities.recognition.capability import RECOGNITION
from bridge.config import Config
from bridge.device.catalog import Capability

# in the order in which counters are reported
CAPABILITIES: tuple[Capability, ...] = (AVATAR, RECOGNITION, DIALOGUE, INFERENCE)
_ALL = sorted((model for capability in CAPABILITIES for model in capability.models), key=lambda model: model.name)
ALL_MODELS = tuple(model.name for model in _ALL)
MODELS = tuple(model.name for model in _ALL if model.is_default)  # loaded where no configuration says which


def helpers(config: Config) -> tuple[str, ...]:
    """Models that are loaded because something configured asks for them."""
    return tuple(model.name for model in _ALL if model.helps is not None and model.helps(config))
