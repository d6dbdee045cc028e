"""Models of Hugging Face by name, as `framebridge serve` and `Server(models=...)` take them."""

from bridge.device.own_models import ModuleModel
from bridge.errors import ConfigError
from models.hf import declaration


def hf_model(text: str) -> ModuleModel:
    """Declare the model of a folder or repository, and options: what follows `hf:`, as `models.hf.declaration` says.

    Reads JSON files alone, and downloads only what `?online` allows; weights are read when the server loads the model.
    ConfigError, with the mend, for one that cannot be served.
    """
    try:
        found = declaration.hf_model(text)
    except ValueError as error:
        raise ConfigError(f"hf:{text}: {error}") from None
    return ModuleModel(found.name, load=found.load, inputs=found.inputs, max_batch=found.max_batch)
