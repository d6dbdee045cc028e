"""SentencePiece's BPE from the scores of a GGUF file's pieces, as in Llama 2 and Mistral.

As llama.cpp's llm_tokenizer_spm does it: of all neighbours that form a piece, those of the highest score are merged,
the leftmost first, until none is left; characters that form no piece become bytes. Differs in one thing: a text reaches
ordinary pieces alone, so none becomes a control or byte token by its name.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from heapq import heapify, heappop, heappush
from itertools import pairwise

from models.gguf.file import GGUF
from models.language.tokenizers.listed import Kind, Listed
from models.language.tokenizers.tokenizer import Tokenizer

SPACE = "\u2581"  # how pieces write a space
LONGEST_PIECE = 512  # characters; trained vocabularies have 16 at most
LONGEST_KEPT = 24  # characters of a word that is remembered
KEPT = 16_384  # words
PLACE = 32  # bits of a heap entry that say where; those above say how good
HERE = (1 << PLACE) - 1


def sentence_pieces_of(file: GGUF) -> Tokenizer:
    """ValueError if the vocabulary is damaged."""
    tokens = Listed.of(file)
    scores = file.value("tokenizer.ggml.scores", list)
    if len(scores) != len(tokens.names) or not all(isinstance(score, int | float) for score in scores):
        raise ValueError("the GGUF file's tokens and their scores do not fit one another; fetch the file again")
    prefix = file.metadata.get("tokenizer.ggml.add_space_prefix", True)
    values = {name: _byte(name) for name in tokens.of_kind(Kind.BYTE)}
    of_byte = {values[name]: i for name, i in tokens.of_kind(Kind.BYTE).items()}
    merger = SentencePieces(tokens.of_kind(Kind.NORMAL), scores, of_byte, prefix is not False)
    pieces = [_piece(name, kind, values) for name, kind in zip(tokens.names, tokens.kinds, strict=True)]
    return Tokenizer(tokens.vocabulary(file, pieces, begins=True), merger.encode)


def _piece(name: str, kind: int, values: Mapping[str, int]) -> bytes:
    if kind == Kind.BYTE:
        return bytes([values[name]])
    return name.replace(SPACE, " ").encode() if kind in (Kind.NORMAL, Kind.ADDED) else b""


def _byte(name: str) -> int:
    """The value of a byte token such as <0x0A>."""
    try:
        if len(name) != 6 or not (name.startswith("<0x") and name.endswith(">")):
            raise ValueError(name)
        return int(name[3:5], 16)
    except ValueError as error:
        raise ValueError(f"the GGUF file's byte token {name!r} names no byte; fetch the file again") from error


class SentencePieces:
    """Thread-safe. Symbols are numbers: a piece's id, or a number behind all ids for a character that is no piece."""

    def __init__(
        self, pieces: Mapping[str, int], scores: Sequence[float], of_byte: Mapping[int, int], prefix: bool
    ) -> None:
        """`scores` by id; `of_byte` are the ids of bytes; `prefix`: a space is put in front of every text."""
        if any(len(piece) > LONGEST_PIECE for piece in pieces):
            raise ValueError(f"a piece of the GGUF file has more than {LONGEST_PIECE} characters; fetch the file again")
        self._of_byte, self._prefix, self._ids = of_byte, prefix, len(scores)
        loose = sorted({character for piece in pieces for character in piece}.difference(pieces))
        self._symbols = {**pieces, **{character: self._ids + i for i, character in enumerate(loose)}}
        self._none = self._ids + len(loose)  # a character of no piece
        self._pairs = self._merges(pieces, scores)
        self._joined = {a + b for piece in pieces for a, b in pairwise(piece)}
        self._kept = lru_cache(KEPT)(self._merged)

    def _merges(self, pieces: Mapping[str, int], scores: Sequence[float]) -> dict[int, tuple[int, int]]:
        """Two neighbours as one number, to how early they merge (0 first; alike at the same score) and into what."""
        order = {score: i for i, score in enumerate(sorted({scores[i] for i in pieces.values()}, reverse=True))}
        symbols, span = self._symbols, self._none + 1
        return {
            symbols[left] * span + symbols[right]: (order[scores[token]], token)
            for piece, token in pieces.items()
            for cut in range(1, len(piece))
            if (left := piece[:cut]) in symbols and (right := piece[cut:]) in symbols
        }

    def encode(self, text: str, first: bool) -> list[int]:
        """Ids of a text. Wherever two neighbouring characters stand side by side in no piece, nothing can merge across
        them, so the text falls into words there.
        """
        if not text:
            return []
        text = (SPACE + text if self._prefix else text).replace(" ", SPACE)
        joined, ids = self._joined, list[int]()
        edges = [i for i, (a, b) in enumerate(pairwise(text), 1) if a + b not in joined]
        for start, end in pairwise((0, *edges, len(text))):
            ids += self._kept(text[start:end]) if end - start <= LONGEST_KEPT else self._merged(text[start:end])
        return ids

    def _merged(self, word: str) -> tuple[int, ...]:
        """Merge a word's characters; `following` and `preceding` link those that are left."""
        count, pairs, span = len(word), self._pairs, self._none + 1
        symbols = [self._symbols.get(character, self._none) for character in word]
        symbols.append(self._none)  # behind the last and, as symbols[-1], before the first: it merges with nothing
        following, preceding = list(range(1, count + 2)), list(range(-1, count))
        neighbours = ((i, pairs.get(symbols[i] * span + symbols[i + 1])) for i in range(count))
        heap = [pair[0] << PLACE | i for i, pair in neighbours if pair]
        heapify(heap)
        while heap:
            entry = heappop(heap)
            left = entry & HERE
            right = following[left]
            pair = pairs.get(symbols[left] * span + symbols[right])
            if pair is None or pair[0] != entry >> PLACE:
                continue  # one of the two has merged with another since
            symbols[left], symbols[right] = pair[1], -1  # a negative symbol is in no pair
            following[left] = after = following[right]
            preceding[after] = left
            before = preceding[left]
            if pair := pairs.get(symbols[before] * span + symbols[left]):
                heappush(heap, pair[0] << PLACE | before)
            if pair := pairs.get(symbols[left] * span + symbols[after]):
                heappush(heap, pair[0] << PLACE | left)
        return tuple(self._spelt(word, symbols))

    def _spelt(self, word: str, symbols: Sequence[int]) -> list[int]:
        """The ids of what is left; a character that is no piece as its bytes, without those that have no token."""
        ids = list[int]()
        for character, symbol in zip(word, symbols, strict=False):
            if symbol >= self._ids:
                ids += [self._of_byte[byte] for byte in character.encode() if byte in self._of_byte]
            elif symbol >= 0:
                ids.append(symbol)
        return ids
