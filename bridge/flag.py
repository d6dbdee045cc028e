"""One flag of `framebridge serve`: the field of Config that it sets, and how its value is written."""

from dataclasses import dataclass
from typing import Any

from bridge.config import Config
from bridge.value_kinds import ValueKind


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag, the field it sets, and how its value is written."""

    name: str
    field: str  # of Config; "budgets.NAME", "limits.NAME" or "model_options.NAME.FIELD" inside of those
    metavar: str
    help: str
    kind: ValueKind
    default: Any
    unset: str = ""  # what a default of None means
    sample: Any = None  # a value to show in a file where the default is None
    path: tuple[str, ...] = ()  # the key in a file with its tables, if it is not the flag's name
    repeats: bool = False  # given once for each value

    @property
    def key(self) -> tuple[str, ...]:
        """The key in a configuration file, after the tables it is in."""
        return self.path or (self.name.removeprefix("--"),)

    @property
    def shown_default(self) -> str:
        """The default as on the command line."""
        return self.unset if self.default is None else self.kind.show(self.default)


_DEFAULT = Config()


def flag(name: str, field: str, metavar: str, about: str, kind: ValueKind, **more: Any) -> Flag:
    """A flag whose default is that of its field."""
    return Flag(name, field, metavar, about, kind, getattr(_DEFAULT, field), **more)
