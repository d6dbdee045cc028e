"""Sources with a prefix, such as `hf:NAME`: the one place where another kind of them enters."""

from collections.abc import Mapping

# "module:function", imported on use: it takes the text after the prefix and returns a bridge.ModuleModel, or raises
# ConfigError with what is wrong and the mend
PREFIXES: Mapping[str, str] = {"hf": "bridge.device.hf_models:hf_model"}
