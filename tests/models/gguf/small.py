"""A small GGUF file, byte by byte by the specification."""

import struct

import numpy as np

ANY = bytes(range(7, 256)) + bytes(7)


def string(text: str) -> bytes:
    return struct.pack("<Q", len(text.encode())) + text.encode()


def pair(key: str, kind: int, value: bytes) -> bytes:
    return string(key) + struct.pack("<I", kind) + value


def entry(name: str, shape: tuple[int, ...], kind: int, offset: int) -> bytes:
    """A tensor's; `shape` fastest axis first."""
    return string(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, offset)


PAIRS = (
    pair("general.architecture", 8, string("llama")),
    pair("count", 4, struct.pack("<I", 7)),
    pair("scale", 6, struct.pack("<f", 0.5)),
    pair("flags", 9, struct.pack("<IQ3?", 7, 3, True, False, True)),
    pair("names", 9, struct.pack("<IQ", 8, 2) + string("ä") + string("b")),
    pair(
        "nested",
        9,
        struct.pack("<IQIQ2bIQ", 9, 2, 1, 2, -1, 1, 8, 1) + string("c"),
    ),
)
TENSORS = {  # name: number, width, two rows
    "f32": (0, 2, np.arange(4, dtype="<f4").tobytes()),
    "f16": (1, 2, np.arange(4, dtype="<f2").tobytes()),
    "q4_1": (3, 32, b"".join(struct.pack("<2e16B", 0.5, -1, *range(100, 116)) for _ in range(2))),
    "q8_0": (8, 32, b"".join(struct.pack("<e32b", 0.25, *range(-16, 16)) for _ in range(2))),
    "q4_k": (12, 256, b"".join(struct.pack("<2e", 0.5, 1) + ANY[:140] for _ in range(2))),
    "q6_k": (14, 256, b"".join(ANY[:208] + struct.pack("<e", 0.5) for _ in range(2))),
}


def small(version: int = 3, more: tuple[bytes, ...] = ()) -> bytes:
    """The whole file, with `more` metadata."""
    described, data = b"", b""
    for name, (kind, width, raw) in TENSORS.items():
        data += b"\0" * (-len(data) % 32)
        described += entry(name, (width, 2), kind, len(data))
        data += raw
    pairs = (*PAIRS, *more)
    return whole(b"GGUF" + struct.pack("<IQQ", version, len(TENSORS), len(pairs)) + b"".join(pairs) + described, data)


def whole(head: bytes, data: bytes = b"") -> bytes:
    return head + b"\0" * (-len(head) % 32) + data


def of_pairs(*pairs: bytes) -> bytes:
    """A file of metadata alone."""
    return b"GGUF" + struct.pack("<IQQ", 3, 0, len(pairs)) + b"".join(pairs)


def of_tensors(*entries: bytes, data: bytes = bytes(64)) -> bytes:
    """A file of tensors alone."""
    return whole(b"GGUF" + struct.pack("<IQQ", 3, len(entries), 0) + b"".join(entries), data)
