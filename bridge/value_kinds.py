"""Kinds of values: how one is written on the command line and in a configuration file, and read from either."""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class ValueKind:
    """A kind of value. Readers raise ValueError or OverflowError for what they cannot read."""

    name: str  # for error messages
    in_file: tuple[type, ...]  # the types that TOML may give it; Decimal is a number with a fraction or an exponent
    read: Callable[[str], Any]  # from the command line
    show: Callable[[Any], str] = str  # for the command line
    load: Callable[[Any], Any] | None = None  # from TOML, if not as from the command line
    dump: Callable[[Any], str] | None = None  # for TOML, if not as for the command line

    def loaded(self, found: Any) -> Any:
        """The value from one of a TOML file."""
        return self.read(str(found)) if self.load is None else self.load(found)

    def dumped(self, value: Any) -> str:
        """The value as TOML."""
        return self.show(value) if self.dump is None else self.dump(value)


def in_bounds(value: Any) -> bool:
    """Whether a file may have a value: any but a number that is negative or not finite."""
    return not isinstance(value, float) or 0 <= value < math.inf


def _quoted(value: object) -> str:
    """A TOML string in ASCII, so that no terminal or redirection can damage it."""
    return '"' + "".join(map(_escaped, str(value))) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if " " <= character <= "~":
        return character
    return f"\\u{ord(character):04x}" if ord(character) < 1 << 16 else f"\\U{ord(character):08x}"


def _array(names: Iterable[str]) -> str:
    return f"[{', '.join(map(_quoted, names))}]"


def _names(text: str) -> tuple[str, ...]:
    return () if text.strip() == "none" else tuple(name.strip() for name in text.split(",") if name.strip())


def _shown_names(names: tuple[str, ...]) -> str:
    return ",".join(names) or "none"


def _outcomes(text: str) -> tuple[str, ...]:
    """ "threat=mark,slur=hold", each class once."""
    pairs = () if text.strip() == "none" else tuple(pair.strip() for pair in text.split(","))
    if not all(_OUTCOME.fullmatch(pair) for pair in pairs) or len({pair.split("=")[0] for pair in pairs}) < len(pairs):
        raise ValueError(text)
    return pairs


def _outcomes_of(table: Mapping[str, Any]) -> tuple[str, ...]:
    return _outcomes(",".join(f"{kind}={outcome}" for kind, outcome in table.items()) or "none")


def _table_of_outcomes(pairs: Iterable[str]) -> str:
    written = [f"{kind} = {_quoted(outcome)}" for kind, _, outcome in (pair.partition("=") for pair in pairs)]
    return f"{{ {', '.join(written)} }}" if written else "{}"


def _adapters(text: str) -> tuple[str, ...]:
    """ "NAME=FOLDER", once for each adapter."""
    name, _, folder = text.partition("=")
    if not ADAPTER.fullmatch(name) or not folder:
        raise ValueError(text)
    return (text,)


def _adapters_of(table: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(text for name, folder in table.items() for text in _adapters(f"{name}={folder}"))


def _table(adapters: Iterable[str]) -> str:
    pairs = (text.partition("=") for text in adapters)
    return f"{{ {', '.join(f'{name} = {_quoted(folder)}' for name, _, folder in pairs)} }}" if adapters else "{}"


def _switch(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError(text)
    return text == "true"


def _millis(text: str) -> float:
    return float(text) / 1e3


def _mebibytes(text: str) -> int:
    return int(float(text) * 1024 * 1024)


def _shortest(read: Callable[[str], Any], near: float, value: float) -> str:
    """The shortest text that reads as a value and is near a number."""
    for digits in range(6, 18):
        for number in (near, math.nextafter(near, math.inf), math.nextafter(near, -math.inf)):
            text = f"{number:.{digits}g}"
            if read(text) == value:
                return text
    return repr(near)


_OUTCOME = re.compile(r"\w{1,64}=(pass|mark|hold)", re.ASCII)
_NUMBER = (int, Decimal)
ADAPTER = re.compile(r"[A-Za-z0-9_-]{1,64}")  # the name of an adapter

TEXT = ValueKind("a string", (str,), str, dump=_quoted)
FILE = ValueKind("a string", (str,), Path, dump=_quoted)
MODEL = ValueKind("a string", (str,), str, dump=_quoted, load=str)
FOLDER = ValueKind("a string", (str,), str, dump=_quoted, load=str)
ADAPTERS = ValueKind("a table of folders", (dict,), _adapters, ",".join, load=_adapters_of, dump=_table)
WHOLE = ValueKind("a whole number", (int,), int)
NUMBER = ValueKind("a number", _NUMBER, float, lambda value: _shortest(float, value, value))
MILLIS = ValueKind("a number", _NUMBER, _millis, lambda value: _shortest(_millis, value * 1e3, value))
MEBIBYTES = ValueKind("a number", _NUMBER, _mebibytes, lambda value: _shortest(_mebibytes, value / (1 << 20), value))
NAMES = ValueKind("an array of strings", (list,), _names, _shown_names, load=tuple, dump=_array)
SOURCES = ValueKind("an array of strings", (list,), lambda text: (text,), ",".join, load=tuple, dump=_array)
OUTCOMES = ValueKind(
    "a table of pass, mark or hold for each class", (dict,), _outcomes, _shown_names, _outcomes_of, _table_of_outcomes
)
SWITCH = ValueKind("true or false", (bool,), _switch, lambda value: str(value).lower(), load=bool)
