"""The words that a list names, and which of them a disguised spelling stands for.

Disguises are digits and signs for letters, repeats, letters masked or apart. A spelling is read otherwise than it is
written only if that gives a word of the list, so all other words keep their letters and boundaries.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

_SIGNS = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "6": "g", "7": "t", "8": "b", "9": "g"}
_SIGNS |= {"@": "a", "$": "s", "!": "i", "|": "i", "+": "t", "€": "e", "£": "l", "¥": "y", "§": "s", "(": "c"}
_READINGS = (str.maketrans(_SIGNS), str.maketrans(_SIGNS | {"1": "l", "|": "l", "!": "l"}))
_SOUNDS = (("ph", "f"), ("vv", "w"), ("v", "u"), ("xx", "cks"), ("x", "ck"), ("z", "s"))
_LETTER = re.compile(r"[^\W\d_]")
_LONG_RUN = re.compile(r"(.)\1{2,}")
_DOUBLE = re.compile(r"(.)\1")
_BETWEEN = str.maketrans("", "", "._-*/\\~,'\"^=:;|")
_MASKED = re.compile(r"[a-z]+[*#%_\-]+[a-z*#%_\-]*")
_MASK = re.compile(r"[*#%_\-]")
_OPEN_MASK = re.compile(r"[*#%]$")
_LONGEST = 40  # characters of a disguised word; a longer one stays as it is
_SURE = 4  # letters of a word that may be told from doubles, sounds or letters apart
_SPELLED = 3  # letters of another spelling that may be told from letters apart
_MASKED_LETTERS = 3  # of a word that may be told from a mask
_REMEMBERED = 4096  # chunks


class _Words:
    """A set of words, some of which have a star before or behind: `idiot`, `fuck*`, `*cunt*`."""

    def __init__(self, named: Iterable[str]) -> None:
        named = sorted(named)
        self.whole = frozenset(word for word in named if "*" not in word)
        self.stems = tuple(word[:-1] for word in named if word.endswith("*") and word[0] != "*")
        self.inner = tuple(word.strip("*") for word in named if word.startswith("*"))

    def __contains__(self, word: str) -> bool:
        return word in self.whole or word.startswith(self.stems) or any(part in word for part in self.inner)


class ListedWords:
    """The words of a list. `alone` are rules by themselves; `same` says what a plain spelling stands for."""

    def __init__(self, named: Iterable[str], alone: Iterable[str], same: Mapping[str, Sequence[str]]) -> None:
        self._named = _Words(named)
        self._alone = _Words(alone)
        self._same = same
        self._read: dict[str, str] = {}  # of chunks seen, as the same ones come again and again

    def __contains__(self, word: str) -> bool:
        return word in self._same or word in self._named

    def is_rule(self, word: str) -> bool:
        """Whether a word is a rule by itself."""
        return word in self._alone

    def spelled(self, word: str) -> Sequence[str]:
        """The words that a plain word stands for, mostly itself."""
        return self._same.get(word, (word,))

    def undisguised(self, chunk: str) -> str:
        """The listed word that a chunk stands for, or nothing."""
        if len(chunk) > _LONGEST or not _LETTER.search(chunk):
            return ""
        known = self._read.get(chunk)
        if known is None:
            if len(self._read) >= _REMEMBERED:
                self._read.clear()
            plain = (reading for reading in _readings(chunk) if reading in self)
            sure = (reading for reading in self._sure_readings(chunk) if reading in self._alone)
            known = self._read[chunk] = next(plain, None) or next(sure, "")
        return known

    def inside(self, letters: str) -> Sequence[str]:
        """The listed words that letters written apart stand for: all of them, or the longest word in them."""
        letters = letters.translate(_READINGS[0])
        whole = self._cut(letters) if len(letters) <= 2 * _LONGEST else ()
        if whole:
            return whole
        words = (word for part in (self._alone.whole, self._alone.stems, self._alone.inner) for word in part)
        found = [word for word in words if len(word) >= _SURE and word in letters]
        return [max(found, key=len)] if found else ()

    def _sure_readings(self, chunk: str) -> Iterator[str]:
        """Readings that only a word with a rule of its own may have."""
        for table in _READINGS:
            single = _DOUBLE.sub(r"\1", _LONG_RUN.sub(r"\1", chunk.translate(table).translate(_BETWEEN)))
            if len(single) >= _SURE:
                yield single
                yield from (single.replace(sound, letters) for sound, letters in _SOUNDS)
        if _MASKED.fullmatch(chunk):
            yield from self._unmasked(chunk)

    def _unmasked(self, chunk: str) -> Iterator[str]:
        """`f*ck`, `s**t`, `f***`: a sign for each letter, or, if two letters are there, one for several."""
        exact = re.compile(_MASK.sub("[a-z]", chunk))
        yield from (word for word in self._alone.whole if len(word) >= _MASKED_LETTERS and exact.fullmatch(word))
        for stem in self._alone.stems + self._alone.inner:
            begin, rest = chunk[: len(stem)], chunk[len(stem) :]
            if not _MASK.search(rest) and re.fullmatch(_MASK.sub("[a-z]", begin), stem):
                yield stem + rest
        if len(_MASK.sub("", chunk)) > 1 and not _OPEN_MASK.search(chunk):
            loose = re.compile(re.sub(r"[*#%_\-]+", "[a-z]+", chunk))
            words = (*self._alone.whole, *self._alone.stems)
            yield from (word for word in words if len(word) >= _SURE and loose.fullmatch(word))

    def _cut(self, letters: str) -> Sequence[str]:
        """The letters as listed words without a rest, as few as can be; nothing if that cannot be."""
        found: list[Sequence[str] | None] = [()]
        for end in range(1, len(letters) + 1):
            options = [
                (*before, letters[start:end])
                for start in range(end)
                if (before := found[start]) is not None and self._is_cut(letters[start:end])
            ]
            found.append(min(options, key=len, default=None))
        return found[-1] or ()

    def _is_cut(self, word: str) -> bool:
        if len(word) < _SPELLED:
            return word in ("i", "a", "u") or (len(word) > 1 and word in self._named.whole)
        return word in self._named.whole or word in self._alone.stems or word in self._same


def _readings(chunk: str) -> Iterator[str]:
    """A chunk with letters for its signs, and with its long runs of a letter short."""
    yield chunk
    for table in _READINGS:
        letters = chunk.translate(table)
        yield letters
        if _LONG_RUN.search(letters):
            yield _LONG_RUN.sub(r"\1\1", letters)
            yield _LONG_RUN.sub(r"\1", letters)
