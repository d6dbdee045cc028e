"""One rule as an operator writes it: words in order, made into a regular expression over normalised words.

    word            this word            word*   it begins so       *word*  it has this in it
    (a|b c)         one of these         [a|b]   one of these, or nothing
    <name>          a group of words that the list defines
    ..              up to three words of the same sentence; ..5 up to five
    kill+yourself   written apart or as one
    ^  $            where a sentence begins and ends

Words are matched whole. A text is written as " . word word . word . ", with a full stop around each sentence.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from bridge.moderation.characters import apart, plain

_TOKEN = re.compile(r"\s*(\(|\)|\[|\]|\||\^|\$|<[^<>\s]*>|\.\.\d?|[^\s()\[\]|<>^$]+)")
_WORD = re.compile(r"\*?[^\W_]+\*?|[^\x00-\x7f]")  # or an emoji
_BEGIN, _END = r"(?<=\. )", r"(?=\. )"
_NONE: frozenset[str] = frozenset()
_COMMON_WORDS = (  # so many texts have them that a rule is looked for by another of its words, if there is one
    "a all an and are at be by can do for from go have he how i if in is it me my no not of off on or out she so that "
    "the they this to up was we what when who will with would you your"
)
_COMMON = frozenset(_COMMON_WORDS.split())
_MOST_GAP = 3
_MOST_DEPTH = 20  # of brackets
_MOST_CHARACTERS = 4000  # of one rule


class PatternError(Exception):
    """What is wrong with a rule, and what to write instead."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A rule or a part of one."""

    expression: str
    anchors: frozenset[str] | None  # words, some with stars, of which a text has one; None: it may match nothing
    words: frozenset[str]  # all that it names
    alone: frozenset[str]  # words that match it by themselves


@dataclass(frozen=True, slots=True)
class Names:
    """What a list defines before its rules: groups of words, and the words that a spelling stands for."""

    groups: dict[str, Piece] = field(default_factory=dict)
    same: dict[str, tuple[str, ...]] = field(default_factory=dict)


def pattern(text: str, names: Names) -> Piece:
    """Read a rule. PatternError says what is wrong with it."""
    whole = alternatives(text, names)
    if whole.anchors is None:
        raise PatternError(f"{text!r} may match any text; name at least one word that has to be there")
    return replace(whole, expression=f"(?<= ){whole.expression}")


def alternatives(text: str, names: Names) -> Piece:
    """Read the words of a group."""
    reader = _Reader(text, names)
    whole = reader.choice()
    if reader.rest:
        raise PatternError(f"{text!r} has a {reader.rest[0]!r} that nothing opens; leave it out")
    return whole


def either(options: Sequence[Piece]) -> Piece:
    """Any of some parts."""
    anchors = [option.anchors for option in options]
    return Piece(
        f"(?:{'|'.join(option.expression for option in options)})",
        None if None in anchors else _all(each for each in anchors if each),
        _all(option.words for option in options),
        _all(option.alone for option in options),
    )


def _all(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return _NONE.union(*sets)


def _in_order(parts: Sequence[Piece]) -> Piece:
    """Parts one after the other; of their anchors those of the part that the fewest texts have."""
    needed = [part for part in parts if part.anchors is not None]
    anchors = [part.anchors for part in parts if part.anchors is not None]
    edged = any(part.expression in (_BEGIN, _END) for part in parts)
    return Piece(
        "".join(part.expression for part in parts),
        min(anchors, key=lambda words: (len(words & _COMMON), len(words)), default=None),
        _all(part.words for part in parts),
        needed[0].alone if len(needed) == 1 and not edged else _NONE,
    )


class _Reader:
    """Reads a rule from left to right."""

    def __init__(self, text: str, names: Names) -> None:
        if len(text) > _MOST_CHARACTERS:
            raise PatternError(f"a rule has {len(text)} characters; use up to {_MOST_CHARACTERS}")
        self.text = text
        self.rest: list[str] = _TOKEN.findall(text)
        self._names = names
        self._depth = 0

    def choice(self) -> Piece:
        """`a|b c`, up to a closing bracket or the end."""
        options = [_in_order(self.sequence())]
        while self.rest and self.rest[0] == "|":
            self.rest.pop(0)
            options.append(_in_order(self.sequence()))
        return options[0] if len(options) == 1 else either(options)

    def sequence(self) -> list[Piece]:
        """Parts in order, up to a bar, a closing bracket or the end."""
        parts: list[Piece] = []
        while self.rest and self.rest[0] not in ("|", ")", "]"):
            parts.append(self._part(self.rest.pop(0)))
        if not parts:
            raise PatternError(f"{self.text!r} has an empty place; write a word there, or [word] for one that may lack")
        return parts

    def _part(self, part: str) -> Piece:
        if part in ("^", "$"):
            return Piece(_BEGIN if part == "^" else _END, None, _NONE, _NONE)
        if part in ("(", "["):
            return self._bracket(part)
        if part.startswith(".."):
            return Piece(f"(?:[^ .]+ ){{0,{part[2:] or _MOST_GAP}}}?", None, _NONE, _NONE)
        if part.startswith("<"):
            if part[1:-1] not in self._names.groups:
                raise PatternError(f"{self.text!r} has {part}, and no group has this name; define it in [words] first")
            return self._names.groups[part[1:-1]]
        if "+" in part:
            words = part.split("+")
            return either([_in_order([self._word(word) for word in words]), self._word("".join(words))])
        return self._word(part)

    def _bracket(self, opening: str) -> Piece:
        self._depth += 1
        if self._depth > _MOST_DEPTH:
            raise PatternError(
                f"{self.text[:40]!r}... has more than {_MOST_DEPTH} brackets in one another; name a group"
            )
        inner = self.choice()
        self._depth -= 1
        closing = ")" if opening == "(" else "]"
        if not self.rest or self.rest.pop(0) != closing:
            raise PatternError(f"{self.text!r} has a {opening!r} without its {closing!r}")
        return inner if opening == "(" else Piece(f"(?:{inner.expression})?", None, inner.words, _NONE)

    def _word(self, written: str) -> Piece:
        """A word as texts have it, so contractions and other spellings as the words that they stand for."""
        words = [each for word in apart(plain(written)[0]) for each in self._names.same.get(word, (word,))]
        return _in_order([self._plain_word(word, written) for word in words])

    def _plain_word(self, word: str, written: str) -> Piece:
        if not _WORD.fullmatch(word):
            raise PatternError(
                f"{self.text!r} has {written!r}; use letters, digits and a * at the beginning or the end"
            )
        before, after = ("[^ .]*" if word.startswith("*") else ""), ("[^ .]*" if word.endswith("*") else "")
        named = frozenset([word])
        return Piece(f"{before}{re.escape(word.strip('*'))}{after} ", named, named, named)
