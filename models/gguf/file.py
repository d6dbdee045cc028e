"""Reads GGUF files: metadata and tensors, memory-mapped, as numpy arrays.

Source: ggml's docs/gguf.md (versions 2 and 3, little endian, which are the same but for byte order). Trusts none of the
bytes: whatever does not fit raises ValueError. Knows no model.
"""

import mmap
import struct
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from models.gguf.four_bit import four_bit
from models.gguf.kinds import KINDS, NOT_READ, Kind
from models.gguf.tensor import Tensor, stack

__all__ = ["GGUF", "Tensor", "four_bit", "read", "stack"]

T = TypeVar("T")

VERSIONS = (2, 3)
SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
LENGTH = struct.Struct("<Q")
STRING, ARRAY = 8, 9
DEEPEST_ARRAY = 4
MOST_DIMENSIONS = 4
MOST_ITEMS = 1 << 22  # metadata, tensors and elements of arrays together: five times those of the largest vocabularies
LONGEST_KEY = 65_535
LONGEST_NAME = 64  # of a tensor

DOWNLOAD = "download it again"
CONVERT = "convert the model again with a current llama.cpp"


@dataclass(frozen=True, slots=True)
class GGUF:
    """An open file. The arrays in `tensors` are views of the map, which closes with the last of them."""

    metadata: dict[str, Any]
    tensors: dict[str, Tensor]

    def value(self, key: str, kind: type[T]) -> T:
        """The metadata at `key`, a str, int, float, bool or list; ValueError if it is missing or of another type."""
        value = self.metadata.get(key)
        if type(value) is not kind:
            raise ValueError(f"the GGUF file has no {kind.__name__} {key!r} in its metadata; {CONVERT}")
        return value

    def tensor(self, name: str, shape: tuple[int, ...]) -> Tensor:
        """The tensor `name`; ValueError if it is missing or of another shape."""
        found = self.tensors.get(name)
        if found is None:
            raise ValueError(f"the GGUF file has no tensor {name!r}; {CONVERT}")
        if found.shape != shape:
            raise ValueError(f"the GGUF file's tensor {name!r} has the shape {found.shape}, not {shape}; {CONVERT}")
        return found


def read(path: Path) -> GGUF:
    """Open a GGUF file.

    ValueError, which names the file, if it is not one, is damaged, is one part of several, or holds a type of tensor
    that is not read; OSError if it cannot be opened.
    """
    with path.open("rb") as file:
        if file.seek(0, 2) < 24:
            raise ValueError(f"{path.name} is too short for a GGUF file; {DOWNLOAD}")
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return _Reader(data, path.name).file()


@dataclass(frozen=True, slots=True)
class _Described:
    """A tensor's entry in the head of the file; `offset` is from the begin of the data."""

    name: str
    shape: tuple[int, ...]
    kind: Kind
    offset: int

    @property
    def stored(self) -> tuple[int, ...]:
        """The shape in blocks."""
        return (*self.shape[:-1], self.shape[-1] // self.kind.values)

    @property
    def end(self) -> int:
        return self.offset + prod(self.stored) * self.kind.block.itemsize


class _Reader:
    """A cursor in the map; each method reads one construct and advances."""

    def __init__(self, data: mmap.mmap, name: str) -> None:
        self.data, self.name, self.at = data, name, 0
        self.items_left = MOST_ITEMS

    def file(self) -> GGUF:
        self.version()
        tensors, pairs = self.count(least=32), self.count(least=13)
        metadata = dict(self.pair() for _ in range(pairs))
        self.refuse_parts(metadata)
        described = [self.description() for _ in range(tensors)]
        begin = self.begin_of_data(metadata.get("general.alignment", 32))
        needed = begin + max((each.end for each in described), default=0)
        if described and needed > len(self.data):
            raise self.broken(f"it ends early: {len(self.data):,} bytes of {needed:,}")
        found = {each.name: self.tensor(each, begin) for each in described}
        if len(metadata) != pairs or len(found) != tensors:
            raise self.broken("a name occurs twice")
        return GGUF(metadata, found)

    def version(self) -> None:
        if self.take(4) != b"GGUF":
            raise self.broken("it does not begin as a GGUF file")
        version = self.scalar("<I")
        if version and version % 65_536 == 0:
            raise self.broken("it is big-endian", "use the little-endian file")
        if version not in VERSIONS:
            raise self.broken(f"it is of version {version} of GGUF, and 2 and 3 are read", CONVERT)

    def refuse_parts(self, metadata: dict[str, Any]) -> None:
        parts, number = metadata.get("split.count"), metadata.get("split.no")
        if isinstance(parts, int) and parts > 1:
            which = f"part {number + 1}" if isinstance(number, int) else "a part"
            raise self.broken(f"it is {which} of {parts} of a split file", "join them with llama-gguf-split --merge")

    def begin_of_data(self, alignment: Any) -> int:
        if not isinstance(alignment, int) or alignment <= 0 or alignment % 8:
            raise self.broken("its alignment is not a multiple of 8")
        return -(-self.at // alignment) * alignment

    def pair(self) -> tuple[str, Any]:
        return self.string(LONGEST_KEY), self.value(self.scalar("<I"))

    def value(self, kind: int, depth: int = 0) -> Any:
        if kind == STRING:
            return self.string(len(self.data))
        if kind != ARRAY:
            return self.scalar(self.format(kind))
        if depth == DEEPEST_ARRAY:
            raise self.broken("its arrays are nested too deeply")
        return self.array(self.scalar("<I"), depth + 1)

    def array(self, kind: int, depth: int) -> list[Any]:
        if kind == STRING:
            return self.strings(self.count(least=8))
        if kind == ARRAY:
            return [self.value(kind, depth) for _ in range(self.count(least=12))]
        form = self.format(kind)
        width = struct.calcsize(form)
        length = self.count(least=width)
        return list(struct.unpack(f"<{length}{form[1]}", self.take(length * width)))

    def strings(self, count: int) -> list[str]:
        """`string` so many times, in a third of the time: vocabularies have hundreds of thousands."""
        data, at, end = self.data, self.at, len(self.data)
        texts = []
        try:
            for _ in range(count):
                begin = at + 8
                at = begin + LENGTH.unpack_from(data, at)[0]
                if at > end:
                    raise self.ended()
                texts.append(data[begin:at].decode())
        except struct.error as error:
            raise self.ended() from error
        except UnicodeDecodeError as error:
            raise self.not_text() from error
        self.at = at
        return texts

    def description(self) -> _Described:
        name = self.string(LONGEST_NAME)
        dimensions = self.scalar("<I")
        if not 1 <= dimensions <= MOST_DIMENSIONS:
            raise self.broken(f"tensor {name!r} has {dimensions} dimensions")
        shape = tuple(self.scalar("<Q") for _ in range(dimensions))[::-1]
        kind = self.kind(self.scalar("<I"))
        if shape[-1] % kind.values:
            raise self.broken(f"a row of {shape[-1]} values is not whole blocks of {kind.values}")
        if prod(shape) == 0:
            raise self.broken(f"tensor {name!r} is empty")
        return _Described(name, shape, kind, self.scalar("<Q"))

    def kind(self, number: int) -> Kind:
        kind = KINDS.get(number)
        if kind is None:
            named = NOT_READ.get(number, f"the unknown type {number}")
            read = ", ".join(each.name for each in KINDS.values())
            raise self.broken(f"it has a tensor in {named}, and these are read: {read}", "use a file in one of them")
        return kind

    def tensor(self, described: _Described, begin: int) -> Tensor:
        kind, stored = described.kind, described.stored
        blocks = np.frombuffer(self.data, kind.block, prod(stored), begin + described.offset)
        return Tensor(kind, described.shape, blocks.reshape(stored))

    def format(self, kind: int) -> str:
        if kind not in SCALARS:
            raise self.broken(f"it has metadata of the unknown type {kind}")
        return SCALARS[kind]

    def string(self, longest: int) -> str:
        length = self.scalar("<Q")
        if length > longest:
            raise self.broken(f"it announces a name or text of {length} bytes")
        try:
            return self.take(length).decode()
        except UnicodeDecodeError as error:
            raise self.not_text() from error

    def count(self, least: int) -> int:
        """A count of items of at least `least` bytes each, which must fit into the rest of the file."""
        count, left = int(self.scalar("<Q")), len(self.data) - self.at
        if count * least > left:
            raise self.broken(f"it announces {count} items where {left} bytes are left")
        self.items_left -= count
        if self.items_left < 0:
            raise self.broken(f"its metadata have more than {MOST_ITEMS:,} items")
        return count

    def scalar(self, form: str) -> Any:
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def take(self, length: int) -> bytes:
        if length > len(self.data) - self.at:
            raise self.ended()
        self.at += length
        return self.data[self.at - length : self.at]

    def ended(self) -> ValueError:
        return self.broken("it ends early, before its tensors")

    def not_text(self) -> ValueError:
        return self.broken("a text in its metadata is not UTF-8")

    def broken(self, what: str, mend: str = DOWNLOAD) -> ValueError:
        return ValueError(f"{self.name} cannot be read: {what}; {mend}")
