"""Server-sent events: bytes as they come from the network, to the data of each event.

Source: WHATWG HTML, "Server-sent events". Only `data` counts here; the other fields and comments are skipped.
"""

import re

MOST_BYTES = 256 * 1024  # of an event, and of a line
_LINE_END = re.compile(rb"\r\n|\n|\r")
_MARK = b"\xef\xbb\xbf"  # may stand before the first line


class Events:
    """The events of one response."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._line = bytearray()  # of which the end has not come
        self._data: list[bytes] = []  # of the event that has not ended
        self._size = 0  # of these
        self._after_return = False  # a "\n" now belongs to the "\r" before it
        self._begun = False

    def push(self, data: bytes) -> list[str]:
        """The events that `data` completes. ValueError for one that is too long."""
        if self._after_return and data[:1] == b"\n":
            data, self._after_return = data[1:], False
        if not data:
            return []
        self._after_return = data.endswith(b"\r")
        *ended, rest = _LINE_END.split(data)
        found: list[str] = []
        for end in ended:
            self._line += end
            self._check()
            line = bytes(self._line)
            self._line.clear()
            if not line:
                found += self._event()
            else:
                self._field(line)
        self._line += rest
        self._check()
        return found

    def _field(self, line: bytes) -> None:
        if not self._begun:
            line, self._begun = line.removeprefix(_MARK), True
        name, _, value = line.partition(b":")
        if name == b"data":
            self._data.append(value.removeprefix(b" "))
            self._size += len(line)

    def _event(self) -> list[str]:
        self._begun = True
        data, self._data, self._size = self._data, [], 0
        return [b"\n".join(data).decode("utf-8", "replace")] if data else []

    def _check(self) -> None:
        if len(self._line) + self._size > self._most:
            raise ValueError(f"an event has more than {self._most:,} bytes")
