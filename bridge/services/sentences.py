"""Finds the sentences in a reply while it is being written, for subtitles and voices.

A sentence ends at . ! ? or an ellipsis, closing quotes included, when what follows is space and the start of something
new; never inside "Mr. Smith", "3.5 gold", "J. R. Hartley", "1. First" or "Well... maybe". A line break ends one too.
"""

import re

_END = re.compile(r"""(?P<mark>[.!?…]+)["'”’»)\]*]*(?P<space>\s+)(?=\S)|(?P<line>\s*\n\s*)(?=\S)""")  # noqa: RUF001
_WORD = re.compile(r"[\w.]*$")
_OPENING = "\"'“‘«([*"  # noqa: RUF001
_ABBREVIATIONS = frozenset(
    ["mr", "mrs", "ms", "dr", "st", "prof", "sr", "jr", "vs", "capt", "gen", "sgt", "lt", "col", "e.g", "i.e", "mt"]
)


class Sentences:
    """Of one reply."""

    def __init__(self) -> None:
        self._rest = ""

    def push(self, text: str) -> list[str]:
        """The sentences that `text` completes, without surrounding space."""
        self._rest += text
        done: list[str] = []
        start = 0
        for match in _END.finditer(self._rest):
            if self._ends(match, start):
                done.append(self._rest[start : match.end()].strip())
                start = match.end()
        self._rest = self._rest[start:]
        return [sentence for sentence in done if sentence]

    def finish(self) -> list[str]:
        """What is left when the reply is over."""
        rest, self._rest = self._rest.strip(), ""
        return [rest] if rest else []

    def _ends(self, match: re.Match[str], start: int) -> bool:
        if match["line"] is not None or "\n" in match["space"]:
            return True
        following = self._rest[match.end() :].lstrip(_OPENING)
        if not following:
            return False  # an opening quote alone: what it opens decides
        if following[0].islower():
            return False
        return match["mark"] != "." or not self._abbreviates(match.start(), start, following[0])

    def _abbreviates(self, dot: int, start: int, following: str) -> bool:
        """Whether the word before a single dot is one that carries a dot of its own."""
        found = _WORD.search(self._rest, start, dot)
        word = found[0] if found else ""
        initial = len(word) == 1 and word.isupper() and word != "I"
        number = word.isdigit() and self._rest[start:dot].strip() == word
        numbered = word.lower() == "no" and following.isdigit()
        return initial or number or numbered or word.lower() in _ABBREVIATIONS
