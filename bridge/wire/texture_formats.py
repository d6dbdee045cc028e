"""Texture formats on the wire, mapped to the codecs': what the server offers, and the cheaper fallback of each."""

from collections.abc import Mapping, Sequence
from typing import Any

from bridge.codecs import textures
from bridge.codecs.formats import TextureFormat, size_bytes
from bridge.v1 import media_pb2

# A format has the same name in the contract and in codecs.
WIRE: Mapping[int, TextureFormat] = {
    media_pb2.TextureFormat.Value(f"TEXTURE_FORMAT_{form.name}"): form for form in TextureFormat
}
_CHEAPER = {form: form.cheaper for form in TextureFormat}  # looked up for every frame
_FILE_BYTES_PER_PIXEL = 1.0  # a rough guess: the size of a picture file is unknown until it is encoded


def offered() -> list[int]:
    """The formats this machine can encode, by wire number."""
    made = textures.available()
    return [number for number, form in WIRE.items() if form in made]


def agreed(wanted: Sequence[Any]) -> list[Any]:
    """The formats both sides know, in the client's order; those of a newer contract are ignored."""
    if not wanted:
        return [media_pb2.TEXTURE_FORMAT_RGBA32]
    known = offered()
    return [number for number in dict.fromkeys(wanted) if number in known]


def cheaper(wanted: int, agreed: Sequence[int]) -> int | None:
    """The agreed format to fall back to from `wanted` when time or bandwidth is short; None without one."""
    names = {WIRE[number]: number for number in agreed}
    return next((names[form] for form in _CHEAPER[WIRE[wanted]] if form in names), None)


def expected_bytes(number: int, side: int) -> int:
    """The approximate size in bytes of a square texture with this side."""
    form = WIRE[number]
    return round(side * side * _FILE_BYTES_PER_PIXEL) if form.is_file else size_bytes(form, side, side)
