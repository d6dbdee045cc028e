"""Reads one table of a TOML file key by key, and collects a sentence for everything that is wrong with it."""

import difflib
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

_CALLED: Mapping[type, str] = {
    bool: "a boolean",
    int: "a whole number",
    Decimal: "a float",
    str: "a string",
    list: "an array",
    dict: "a table",
    date: "a date",
    datetime: "a date",
    time: "a time",
    type(None): "null",  # in JSON
}
_MOST_WHOLE = 10**9
_SHOWN = 40  # characters of a name that a problem quotes


class Table:
    """A table at `place`. Whatever is wrong is added to `problems`, and a harmless value is returned in its stead.

    A key is known once it has been asked for; `close` reports all others.
    """

    def __init__(self, found: Mapping[str, Any], place: str, problems: list[str]) -> None:
        self.found = found
        self.place = place
        self.problems = problems
        self._known: list[str] = []

    def wrong(self, key: str, what: str) -> None:
        """Report what is wrong with a key, and how to mend it."""
        self.problems.append(f"{self.at(key)}: {what}")

    def at(self, key: str) -> str:
        """Where a key is: `wares[2].price`."""
        return f"{self.place}.{key}" if self.place else key

    def text(self, key: str, most: int, *, required: bool = True, example: str = "text") -> str:
        """A string of one line, white space collapsed; "" if it is missing."""
        found = self._get(key, str, f'a string, such as {key} = "{example}"', required)
        return "" if found is None else self._checked(key, found, most)

    def texts(
        self, key: str, most: int, each: int, *, least: int = 0, example: str = "text", place: str = ""
    ) -> tuple[str, ...]:
        """An array of `least` to `most` strings of at most `each` characters."""
        found = self._get(key, list, f'an array of strings, such as {key} = ["{example}"]', least > 0)
        if found is None:
            return ()
        if not least <= len(found) <= most:
            self.wrong(key, f"has {len(found)} entries; use {least or 1} to {most}")
        texts = []
        for number, entry in enumerate(found[:most]):
            if isinstance(entry, str):
                texts.append(self._checked(f"{key}[{number}]", entry, each))
            else:
                self.wrong(f"{key}[{number}]", f"is {called(entry)}; use a string")
        return tuple(texts)

    def flag(self, key: str) -> bool | None:
        """A boolean; None if it is missing."""
        found: bool | None = self._get(key, bool, f"a boolean, such as {key} = true", required=False)
        return found

    def whole(self, key: str, *, example: int) -> int | None:
        """A whole number that is not negative; None if it is missing."""
        found: int | None = self._get(key, int, f"a whole number, such as {key} = {example}", required=False)
        if found is None or 0 <= found <= _MOST_WHOLE:
            return found
        self.wrong(key, f"is {found}; use 0 to {_MOST_WHOLE}")
        return None

    def amount(self, key: str, *, example: int) -> Decimal | None:
        """A whole number or one with at most two decimal places, not negative. None if missing or wrong."""
        wanted = f"a number, such as {key} = {example}"
        self._know(key)
        found = self.found.get(key)
        if found is None:
            self.wrong(key, f"is missing; write {wanted}")
            return None
        if type(found) not in (int, Decimal):
            self.wrong(key, f"is {called(found)}; use {wanted}")
            return None
        value = Decimal(found)
        if not value.is_finite() or not 0 <= value <= _MOST_WHOLE:
            self.wrong(key, f"is {value}; use 0 to {_MOST_WHOLE}")
            return None
        if value != value.quantize(Decimal("0.01")):
            self.wrong(key, f"is {value}; use at most two decimal places")
            return None
        return value

    def table(self, key: str) -> dict[str, Any] | None:
        """A table as it is; None if it is missing."""
        found: dict[str, Any] | None = self._get(key, dict, f"a table, such as [{self.at(key)}]", required=False)
        return found

    def tables(self, key: str, most: int) -> list["Table"]:
        """An array of tables: `[[wares]]`."""
        found = self._get(key, list, f"an array of tables: [[{key}]]", required=False) or []
        if len(found) > most:
            self.wrong(key, f"has {len(found)} entries; at most {most} are allowed")
        made = []
        for number, entry in enumerate(found[:most]):
            place = f"{self.at(key)}[{number}]"
            if isinstance(entry, dict):
                made.append(Table(entry, place, self.problems))
            else:
                self.problems.append(f"{place}: is {called(entry)}; write it as a table under [[{key}]]")
        return made

    def either(self, key: str) -> Any:
        """Whatever is there, for a key of several kinds; None if it is missing."""
        self._know(key)
        return self.found.get(key)

    def close(self) -> None:
        """Report every key that was not asked for."""
        for key in self.found:
            if key not in self._known:
                where = f"{self.place}: " if self.place else ""
                self.problems.append(f"{where}unknown key {shown(key)}; {nearest(key, self._known)}")

    def _know(self, key: str) -> None:
        if key not in self._known:
            self._known.append(key)

    def _get(self, key: str, kind: type, wanted: str, required: bool) -> Any:
        self._know(key)
        found = self.found.get(key)
        if found is None:
            if required:
                self.wrong(key, f"is missing; write {wanted}")
            return None
        if type(found) is not kind:
            self.wrong(key, f"is {called(found)}; use {wanted}")
            return None
        return found

    def _checked(self, key: str, found: str, most: int) -> str:
        text = " ".join(found.split())
        if not text:
            self.wrong(key, "is empty; write it out or leave the key out")
        elif len(text) > most:
            self.wrong(key, f"has {len(text)} characters; at most {most} are allowed")
        elif odd := next((sign for sign in text if unicodedata.category(sign) in ("Cc", "Cf", "Co", "Cs")), None):
            self.wrong(key, f"holds the control character U+{ord(odd):04X}; leave it out")
        return text


def nearest(name: str, known: list[str] | tuple[str, ...]) -> str:
    """The known name that was probably meant, or all of them."""
    close = difflib.get_close_matches(name.lower(), known, n=1)
    return f"did you mean {close[0]!r}?" if close else f"there {'is' if len(known) == 1 else 'are'} {', '.join(known)}"


def shown(name: str) -> str:
    """A name of the file as a problem quotes it, cut if it is long."""
    return repr(name if len(name) <= _SHOWN else name[:_SHOWN] + "…")


def called(found: Any) -> str:
    """What kind of value TOML calls this."""
    return _CALLED[type(found)]
