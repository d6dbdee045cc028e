"""A text as words in order: plain characters, contractions apart, disguised words as what they stand for.

A full stop stands before, between and after sentences, so that no rule reaches over one.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from bridge.moderation.characters import apart, plain
from bridge.moderation.listed_words import ListedWords

STOP = "."
MOST_CHARACTERS = 16 * 1024  # of a text; what is longer is not looked at
_CHUNK = re.compile(r"\S+")
_CORE = re.compile(r"[\w@$|(].*[\w@$*#%]|\w", re.DOTALL)
_ANY = re.compile(r".*[^.!?;:]", re.DOTALL)
_LONG_RUN = re.compile(r"(.)\1\1")
_DOUBLE = re.compile(r"(.)\1")
_PART = re.compile(r"[^\W_]+|[^\x00-\x7f]")
_SENTENCE_MARKS = frozenset(".!?;:")
_SHORT_WORDS = (  # of one and two letters; others of that length are fragments
    "a i u o ad ah am an as at aw be by do eh er go ha he hi ho if in is it la lo ma me mm mr ms my no of oh ok on "
    "or ow ox pa re so to uh um up us we ya ye yo"
)
_SHORT = frozenset(_SHORT_WORDS.split())
_WHOLE = (_SHORT - set("uo")) | {STOP}  # what no word has been broken into, if a text has nothing else as short
_MOST_FRAGMENTS = 5
_FRAGMENT = 4  # letters of one, at most
_SPELLED = 3  # letters written apart, at least


class Token(NamedTuple):
    """A word, and its place in the plain text."""

    word: str
    start: int
    end: int


_LAST = Token(STOP, 0, 0)


class Words:
    """The words of a text. `line` is " . word word . " as rules see it."""

    def __init__(self, text: str, listed: ListedWords) -> None:
        letters, self._places = plain(text[:MOST_CHARACTERS])
        tokens = list(_tokens(letters, listed))
        if any(len(token.word) < _SPELLED and token.word not in _WHOLE for token in tokens):
            tokens = _fragments_joined(_letters_joined(tokens, listed), listed)
        spelled = [token._replace(word=word) for token in tokens for word in listed.spelled(token.word)]
        self.tokens = [*_stops(spelled), Token(STOP, len(letters), len(letters))]
        self.line = f" {' '.join(token.word for token in self.tokens)} "

    def place(self, start: int, end: int) -> tuple[int, int]:
        """From where to where in the text the words are that are at these places of `line`."""
        first = self.line.count(" ", 0, start) - 1
        last = self.line.count(" ", 0, end) - 2
        begin, final = self.tokens[first].start, max(self.tokens[last].end - 1, 0)
        if not self._places:
            return 0, 0
        return self._places[min(begin, len(self._places) - 1)], self._places[final] + 1


def _tokens(letters: str, listed: ListedWords) -> Iterator[Token]:
    for found in _CHUNK.finditer(letters):
        chunk, start = found.group(), found.start()
        if chunk.isalpha() and (not _DOUBLE.search(chunk) or chunk in listed):
            yield Token(chunk, start, start + len(chunk))
        else:
            yield from _odd(chunk, start, listed)


def _odd(chunk: str, start: int, listed: ListedWords) -> Iterator[Token]:
    """The words of a chunk with marks or signs in or around it, and a stop after the end of a sentence."""
    found = _CORE.search(chunk) if chunk.isascii() else _ANY.match(chunk)
    rest = chunk[found.end() :] if found else chunk
    if found is not None:
        core, at = found.group(), start + found.start()
        is_contraction = "'" in core and core.replace("'", "").isalpha() and not _LONG_RUN.search(core)
        word = "" if is_contraction else listed.undisguised(core) or listed.undisguised(core.rstrip("*#%"))
        if word:
            yield Token(word, at, at + len(core))
        else:
            yield from _parts(core, at, listed)
    if not _SENTENCE_MARKS.isdisjoint(rest):
        yield Token(STOP, start + len(chunk) - 1, start + len(chunk))


def _parts(core: str, at: int, listed: ListedWords) -> Iterator[Token]:
    if core.replace("'", "").isalpha():
        yield from (Token(word, at, at + len(core)) for word in apart(core))
    else:
        for part in _PART.finditer(core):
            word = listed.undisguised(part.group()) or part.group()
            yield Token(word, at + part.start(), at + part.end())


def _stops(tokens: list[Token]) -> Iterator[Token]:
    """Without doubled stops, and without those between words that stand alone: `Go. Kill. Yourself.`"""
    sentence: list[Token] = []
    alone = False  # whether the sentence before was one word
    for token in (*tokens, _LAST):
        if token.word != STOP:
            sentence.append(token)
        elif sentence:
            first = sentence[0].start
            if not (alone and len(sentence) == 1):
                yield Token(STOP, first, first)
            yield from sentence
            alone, sentence = len(sentence) == 1, []


def _letters_joined(tokens: list[Token], listed: ListedWords) -> list[Token]:
    """`f u c k` as the listed word that it is, `k i l l y o u r s e l f` as two."""
    joined: list[Token] = []
    at = 0
    while at < len(tokens):
        end = at
        while end < len(tokens) and len(tokens[end].word) == 1 and tokens[end].word != STOP:
            end += 1
        letters = "".join(token.word for token in tokens[at:end])
        words = listed.inside(letters) if len(letters) >= _SPELLED else ()
        joined += [Token(word, tokens[at].start, tokens[end - 1].end) for word in words] or tokens[
            at : max(end, at + 1)
        ]
        at = max(end, at + 1)
    return joined


def _fragments_joined(tokens: list[Token], listed: ListedWords) -> list[Token]:
    """`fu ck` as the listed word that it is, if a part of it is no word."""
    joined: list[Token] = []
    at = 0
    while at < len(tokens):
        end = _fragments_end(tokens, at, listed)
        parts = tokens[at:end]
        joined.append(Token("".join(part.word for part in parts), parts[0].start, parts[-1].end))
        at = end
    return joined


def _fragments_end(tokens: list[Token], at: int, listed: ListedWords) -> int:
    letters, broken = "", False
    for end in range(at, min(at + _MOST_FRAGMENTS, len(tokens))):
        word = tokens[end].word
        if word == STOP or len(word) > _FRAGMENT:
            break
        letters += word
        broken = broken or (len(word) < _SPELLED and word not in _SHORT)
        if broken and end > at and listed.is_rule(letters):
            return end + 1
    return at + 1
