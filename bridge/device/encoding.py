"""Texture encoders as device lanes, one per format; a frame enters one after the model's lane.

So encoding is predicted, scheduled by deadline and accounted like a model, and several frames share a slice. A picture
still on the device is encoded there if torch can; other formats are encoded by libraries on the CPU.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from bridge.codecs import textures
from bridge.codecs.formats import TextureFormat
from models.program import Lane

_SIDE = 64  # of the warm-up pictures
_MAX_BATCH = 4


@dataclass(frozen=True, slots=True)
class EncoderInput:
    """A picture to encode: uint8 [H, W, 4], premultiplied RGBA, top row first, in memory or on the device."""

    picture: NDArray[np.uint8] | Tensor
    bottom_up: bool = False


@dataclass(frozen=True, slots=True)
class Texture:
    """An encoded picture, as a client samples it."""

    payload: bytes | memoryview
    width: int
    height: int


def lane_of(form: TextureFormat) -> str:
    """The lane of a format."""
    return f"texture.{form.value}"


def on_device(form: TextureFormat, device: str) -> bool:
    """Whether a format is encoded by torch on the GPU, where the picture already is."""
    return device == "cuda" and form in textures.available_on_device()


class Encoding:
    """All encoders available here; implements `models.program.Program`."""

    name, version, resident_bytes = "texture", "1", 0

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._forms = {lane_of(form): form for form in textures.available() if form is not TextureFormat.RGBA32}
        self.lanes = tuple(Lane(lane, _MAX_BATCH, stages=1) for lane in self._forms)

    def start(self, lane: str, inputs: Sequence[EncoderInput]) -> Generator[None, None, Sequence[Any]]:
        """Encode `inputs`: a Texture each, or the exception that it raised."""
        form = self._forms[lane]
        made = [self._encode(row, form) for row in inputs]
        yield
        return [_texture(row.picture, payload) for row, payload in zip(inputs, made, strict=True)]

    def _encode(self, row: EncoderInput, form: TextureFormat) -> bytes | Tensor | Exception:
        try:
            if isinstance(row.picture, Tensor):
                return textures.encode_on_device(row.picture[None], form, bottom_up=row.bottom_up)[0]
            return textures.encode(row.picture, form, bottom_up=row.bottom_up)
        except (ValueError, RuntimeError, MemoryError) as error:
            return error

    def sample(self, lane: str, batch: int) -> Sequence[EncoderInput]:
        """Pictures like an avatar's: a shaded disc with a soft edge on a transparent ground."""
        picture = _disc()
        if on_device(self._forms[lane], self._device.type):
            return [EncoderInput(torch.from_numpy(picture).to(self._device))] * batch
        return [EncoderInput(picture)] * batch

    def close(self) -> None:
        """Nothing to free."""


def _texture(picture: NDArray[np.uint8] | Tensor, payload: bytes | Tensor | Exception) -> Texture | Exception:
    if isinstance(payload, Exception):
        return payload
    if isinstance(payload, Tensor):
        payload = payload.cpu().numpy().tobytes()
    return Texture(payload, width=picture.shape[1], height=picture.shape[0])


def _disc() -> NDArray[np.uint8]:
    down, across = np.mgrid[-1 : 1 : _SIDE * 1j, -1 : 1 : _SIDE * 1j]
    alpha = np.clip((0.9 - np.hypot(down, across)) * _SIDE / 4, 0, 1)
    shades = np.stack([(1 + across) / 2, (1 + down) / 2, np.full_like(down, 0.5), np.ones_like(down)], axis=2)
    disc: NDArray[np.uint8] = (shades * alpha[..., None] * 255).astype(np.uint8)
    return disc
