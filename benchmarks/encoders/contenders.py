"""Texture encoders to compare, and a decoder to measure their error."""

import io
from collections.abc import Callable
from dataclasses import dataclass

import etcpak
import ispc_texcomp
import numpy as np
import texture2ddecoder
import torch
from numpy.typing import NDArray
from PIL import Image

from bridge.codecs import textures
from bridge.codecs.formats import TextureFormat

Picture = NDArray[np.uint8]  # [S, S, 4], premultiplied RGBA, top row first

_DECODERS: dict[TextureFormat, Callable[[bytes, int, int], bytes]] = {
    TextureFormat.BC1: texture2ddecoder.decode_bc1,
    TextureFormat.BC3: texture2ddecoder.decode_bc3,
    TextureFormat.BC7: texture2ddecoder.decode_bc7,
    TextureFormat.ETC2_RGBA: texture2ddecoder.decode_etc2a8,
    TextureFormat.ASTC_4X4: lambda data, width, height: texture2ddecoder.decode_astc(data, width, height, 4, 4),
    TextureFormat.ASTC_6X6: lambda data, width, height: texture2ddecoder.decode_astc(data, width, height, 6, 6),
}


@dataclass(frozen=True, slots=True)
class Contender:
    """An encoder of one format."""

    name: str  # its key in the results: the format, plus the encoder unless it is the bridge's
    form: TextureFormat
    encode: Callable[[Picture], bytes]


def _ours(form: TextureFormat) -> Contender:
    return Contender(form.value, form, lambda picture: textures.encode(picture, form))


def _torch(form: TextureFormat) -> Contender:
    def encode(picture: Picture) -> bytes:
        return textures.encode_on_device(torch.from_numpy(picture)[None], form)[0].numpy().tobytes()

    return Contender(f"{form.value}_torch", form, encode)


def _etcpak(form: TextureFormat, compress: Callable[[bytes, int, int], bytes]) -> Contender:
    return Contender(f"{form.value}_etcpak", form, lambda picture: compress(picture.tobytes(), *picture.shape[1::-1]))


def _whole_bc7(picture: Picture) -> bytes:
    surface = ispc_texcomp.RGBASurface(picture.tobytes(), *picture.shape[1::-1])
    encoded: bytes = ispc_texcomp.compress_blocks_bc7(surface, _BC7)
    return encoded


def _plain_bc3(picture: Picture) -> bytes:
    encoded: bytes = ispc_texcomp.compress_blocks_bc3(
        ispc_texcomp.RGBASurface(picture.tobytes(), *picture.shape[1::-1])
    )
    return encoded


_BC7 = ispc_texcomp.BC7EncSettings.from_profile("alpha_ultrafast")

CONTENDERS = (
    *(_ours(form) for form in textures.available()),
    *(_torch(form) for form in textures.available_on_device()),
    _etcpak(TextureFormat.BC1, etcpak.compress_bc1),
    _etcpak(TextureFormat.BC3, etcpak.compress_bc3),
    Contender("bc3_ispc", TextureFormat.BC3, _plain_bc3),
    _etcpak(TextureFormat.ETC2_RGBA, etcpak.compress_etc2_rgba),
    _etcpak(TextureFormat.BC7, lambda data, width, height: etcpak.compress_bc7(data, width, height, None)),
    Contender("bc7_ispc_whole", TextureFormat.BC7, _whole_bc7),
)


def decoded(data: bytes, form: TextureFormat, side: int) -> Picture:
    """A texture of side x side pixels, decoded."""
    if form.is_file:
        return np.asarray(Image.open(io.BytesIO(data), formats=[form.name]).convert("RGBA"))
    if form is TextureFormat.RGBA32:
        return np.frombuffer(data, np.uint8).reshape(side, side, 4)
    return np.frombuffer(_DECODERS[form](data, side, side), np.uint8).reshape(side, side, 4)[..., [2, 1, 0, 3]]


def decibels(data: bytes, form: TextureFormat, picture: Picture) -> float:
    """PSNR of a texture against its picture, of RGB only if the format drops alpha; infinite if equal."""
    channels = 4 if form.keeps_alpha else 3
    difference = decoded(data, form, len(picture))[..., :channels].astype(np.float64) - picture[..., :channels]
    error = np.square(difference).mean()
    return float(10 * np.log10(255**2 / error)) if error else float("inf")


def above_alpha(data: bytes, form: TextureFormat, side: int) -> int:
    """The largest difference of any colour channel above its pixel's alpha."""
    pixels = decoded(data, form, side).astype(np.int32)
    return max(0, int((pixels[..., :3].max(axis=2) - pixels[..., 3]).max()))
