"""The options of a model of the operator's own: what a configuration may change of its declaration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bridge.value_kinds import MILLIS, SWITCH, TEXT, WHOLE, ValueKind

if TYPE_CHECKING:
    from bridge.device.own_models import OwnModel

NOT_NAMES = ("load", "none", "own")  # keys of [models], and a value of --models


@dataclass(frozen=True, slots=True)
class Option:
    """A field of a declaration, its key, and which values it may have."""

    key: str
    field: str  # of ModuleModel or ProgramModel
    help: str
    kind: ValueKind
    sample: Any
    choices: tuple[str, ...] = ()
    least: float = 0.0
    most: float = 0.0  # 0: no limits

    def mend(self, value: Any) -> str:
        """What to write instead of a value; "" for one that is valid."""
        if self.choices and value not in self.choices:
            return f"use {' or '.join(filter(None, (', '.join(self.choices[:-1]), self.choices[-1])))}"
        if self.most and not self.least <= value <= self.most:
            return f"use {self.kind.show(self.least)} to {self.kind.show(self.most)}"
        return ""


OPTIONS = (
    Option("max-batch", "max_batch", "rows in a run", WHOLE, 8, least=1, most=256),
    Option(
        "dtype",
        "dtype",
        "number format of weights and floating-point inputs: float32, float16 or bfloat16",
        TEXT,
        "bfloat16",
        choices=("float32", "float16", "bfloat16"),
    ),
    Option("memory-format", "memory_format", "channels_last", TEXT, "channels_last", choices=("channels_last",)),
    Option("compile", "compile", "compile it by torch.compile; its runs are then never suspended", SWITCH, True),
    Option("slices", "slices", "whether its runs are suspended for more urgent work", SWITCH, False),
    Option("budget-ms", "budget", "budget of requests that set none", MILLIS, 0.05, least=0.001, most=60.0),
)

_BY_KEY = {option.key: option for option in OPTIONS}


def option_of(key: str) -> Option | None:
    """The option of a key, if there is one."""
    return _BY_KEY.get(key)


def options_of(model: OwnModel) -> tuple[Option, ...]:
    """The options of one model: all of a module's, the budget of a program, which decides the rest itself."""
    modules = hasattr(model, "memory_format")
    return tuple(option for option in OPTIONS if modules or option.field == "budget")
