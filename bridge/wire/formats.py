"""Texture formats between wire and codecs: which a server offers, and which cheaper one stands in for another."""

from collections.abc import Mapping, Sequence
from typing import Any

from bridge.codecs import textures
from bridge.codecs.formats import TextureFormat, size_bytes
from bridge.v1 import media_pb2

# Both sides name a format alike.
WIRE: Mapping[int, TextureFormat] = {
    media_pb2.TextureFormat.Value(f"TEXTURE_FORMAT_{form.name}"): form for form in TextureFormat
}
_CHEAPER = {form: form.cheaper for form in TextureFormat}  # asked for with every frame
_FILE_BYTES_PER_PIXEL = 1.0  # a rough guess at picture files, whose size nobody knows before


def offered() -> list[int]:
    """The formats that this machine can make, as the wire numbers them."""
    made = textures.available()
    return [number for number, form in WIRE.items() if form in made]


def agreed(wanted: Sequence[Any]) -> list[Any]:
    """The formats that both sides know, in the client's order; formats of a newer contract are passed over."""
    if not wanted:
        return [media_pb2.TEXTURE_FORMAT_RGBA32]
    known = offered()
    return [number for number in dict.fromkeys(wanted) if number in known]


def cheaper(wanted: int, agreed: Sequence[int]) -> int | None:
    """The agreed format that stands in for `wanted` when time or the link is short; None when there is none."""
    names = {WIRE[number]: number for number in agreed}
    return next((names[form] for form in _CHEAPER[WIRE[wanted]] if form in names), None)


def expected_bytes(number: int, side: int) -> int:
    """About how many bytes a square texture of that side takes."""
    form = WIRE[number]
    return round(side * side * _FILE_BYTES_PER_PIXEL) if form.is_file else size_bytes(form, side, side)
