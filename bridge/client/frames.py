"""Texture frames of avatars, and the reassembly of those sent in chunks."""

import functools
import io
from dataclasses import dataclass, field
from typing import Any, final

import numpy as np
import numpy.typing as npt

from bridge.client import png
from bridge.client.answers import Timing
from bridge.codecs.formats import TextureFormat, size_bytes
from bridge.errors import ContractBroken
from bridge.v1 import avatar_pb2, media_pb2

MAX_FRAME_BYTES = 64 * 1024 * 1024


@final
@dataclass(frozen=True, slots=True)
class Frame:
    """A complete texture frame, on time unless `late_by` says otherwise.

    `payload` holds its bytes in `format` ("rgba32", "png", "webp", "bc1", "bc3", "bc7", "etc2_rgba", "astc_4x4",
    "astc_6x6"), colours premultiplied by alpha, sRGB. `repeated` marks an earlier picture sent again because a new one
    could not be on time. `elapsed` is in seconds, from the request (or a subscription's tick) until it was received.
    """

    slot: int
    frame_index: int
    width: int
    height: int
    format: str
    bottom_up: bool
    repeated: bool
    elapsed: float
    budget: float
    timing: Timing
    payload: bytes = field(repr=False)

    @property
    def on_time(self) -> bool:
        """Whether it came within its budget, by the client's clock."""
        return self.late_by == 0

    @property
    def late_by(self) -> float:
        """By how many seconds it came after its budget, because of the link. 0 for a frame on time."""
        return max(0.0, self.elapsed - self.budget) if self.budget > 0 else 0.0

    @property
    def pixels(self) -> npt.NDArray[np.uint8]:
        """RGBA pixels, [height, width, 4], premultiplied. A read-only view of the payload if it is raw.

        Raises ValueError for block-compressed formats, which only a GPU samples, and ImportError for a PNG or WebP if
        Pillow, which is not a dependency of the client, is not installed.
        """
        if self.format == "rgba32":
            return np.frombuffer(self.payload, np.uint8).reshape(self.height, self.width, 4)
        if not TextureFormat(self.format).is_file:
            raise ValueError(f"a {self.format} texture is compressed for a GPU; request rgba32 to get pixels")
        try:
            from PIL import Image
        except ModuleNotFoundError:
            raise ImportError(
                f"Pillow is needed to decode a {self.format} texture: pip install pillow, or request rgba32"
            ) from None
        with Image.open(io.BytesIO(self.payload)) as picture:
            return np.asarray(picture.convert("RGBA"))

    def to_png(self) -> bytes:
        """The picture as a PNG file: straight alpha, top row first. Raises what `pixels` raises."""
        return png.encode(self.pixels[::-1] if self.bottom_up else self.pixels)


class Assembly:
    """Reassembles the chunked frames of one slot. ContractBroken if the chunks do not fit together."""

    def __init__(self) -> None:
        self._index = 0
        self._total = 0
        self._parts: list[bytes | memoryview] = []
        self._filled = 0

    def add(self, chunk: avatar_pb2.TextureFrame, payload: bytes | memoryview) -> bytes | None:
        """Add a chunk; returns the whole payload once it is complete."""
        total, offset, size = chunk.total_bytes, chunk.chunk_offset, len(payload)
        if not 0 < total <= MAX_FRAME_BYTES:
            raise ContractBroken(f"a frame of {total} bytes; 1 to {MAX_FRAME_BYTES} are allowed")
        if offset == 0:
            self._index, self._total, self._parts, self._filled = chunk.frame_index, total, [], 0
        if (chunk.frame_index, total, offset) != (self._index, self._total, self._filled):
            raise ContractBroken(f"a chunk at {offset} of frame {chunk.frame_index} where {self._filled} was due")
        if size == 0 or offset + size > total:
            raise ContractBroken(f"a chunk of {size} bytes at {offset} of a frame of {total}")
        self._parts.append(payload)
        self._filled += size
        if self._filled < total:
            return None
        parts, self._parts, self._total = self._parts, [], 0
        return bytes(parts[0]) if len(parts) == 1 else b"".join(parts)


_FORMATS = {
    media_pb2.TEXTURE_FORMAT_RGBA32: "rgba32",
    media_pb2.TEXTURE_FORMAT_PNG: "png",
    media_pb2.TEXTURE_FORMAT_WEBP: "webp",
    media_pb2.TEXTURE_FORMAT_BC1: "bc1",
    media_pb2.TEXTURE_FORMAT_BC3: "bc3",
    media_pb2.TEXTURE_FORMAT_BC7: "bc7",
    media_pb2.TEXTURE_FORMAT_ETC2_RGBA: "etc2_rgba",
    media_pb2.TEXTURE_FORMAT_ASTC_4X4: "astc_4x4",
    media_pb2.TEXTURE_FORMAT_ASTC_6X6: "astc_6x6",
}
FORMAT_VALUES: dict[str, Any] = {name: value for value, name in _FORMATS.items()}


@functools.lru_cache(maxsize=64)
def _exact_bytes(name: str, width: int, height: int) -> int:
    """Bytes of a picture in a format; 0 for an image file, whose length depends on the picture."""
    form = TextureFormat(name)
    return 0 if form.is_file else size_bytes(form, width, height)


def frame_of(chunk: avatar_pb2.TextureFrame, payload: bytes, elapsed: float, budget: float) -> Frame:
    """A frame from its last chunk and its whole payload. ContractBroken if the payload does not match its header."""
    name = _FORMATS.get(chunk.format)
    if name is None:
        raise ContractBroken(f"a frame in texture format {chunk.format}, which was not agreed on")
    if len(payload) != (_exact_bytes(name, chunk.width, chunk.height) or len(payload)):
        raise ContractBroken(f"{len(payload)} bytes for a picture of {chunk.width}x{chunk.height}")
    return Frame(
        slot=chunk.slot,
        frame_index=chunk.frame_index,
        width=chunk.width,
        height=chunk.height,
        format=name,
        bottom_up=chunk.row_order == media_pb2.ROW_ORDER_BOTTOM_UP,
        repeated=chunk.repeated_frame,
        elapsed=elapsed,
        budget=budget,
        timing=Timing.of(chunk.timing),
        payload=payload,
    )
