"""The texture formats: add one here, a line each, and its encoder in `textures.py`."""

import enum
from typing import NamedTuple


class Layout(NamedTuple):
    """Memory layout of a format. `side` is a block's side in pixels, 0 for an image file."""

    side: int = 0
    block_bytes: int = 0
    keeps_alpha: bool = True
    cheaper: tuple[str, ...] = ()  # formats with alpha that encode faster or take fewer bytes, best first


class TextureFormat(enum.Enum):
    """The format of a texture's bytes. GPUs sample the block formats directly."""

    RGBA32 = "rgba32"
    PNG = "png"
    WEBP = "webp"
    BC1 = "bc1"
    BC3 = "bc3"
    BC7 = "bc7"
    ETC2_RGBA = "etc2_rgba"
    ASTC_4X4 = "astc_4x4"
    ASTC_6X6 = "astc_6x6"

    @property
    def block(self) -> tuple[int, int] | None:
        """Side and bytes of a block; RGBA32 has blocks of one pixel; None for an image file."""
        layout = _LAYOUTS[self]
        return (layout.side, layout.block_bytes) if layout.side else None

    @property
    def is_file(self) -> bool:
        """Whether it is an image file, which has a header and always stores the top row first."""
        return not _LAYOUTS[self].side

    @property
    def keeps_alpha(self) -> bool:
        """Whether transparency survives. BC1 comes out opaque."""
        return _LAYOUTS[self].keeps_alpha

    @property
    def cheaper(self) -> tuple["TextureFormat", ...]:
        """Substitutes when time or the link is short, best first."""
        return tuple(TextureFormat[name] for name in _LAYOUTS[self].cheaper)


_LAYOUTS = {
    TextureFormat.RGBA32: Layout(1, 4, cheaper=("BC3", "ETC2_RGBA", "ASTC_4X4")),
    TextureFormat.PNG: Layout(cheaper=("WEBP",)),
    TextureFormat.WEBP: Layout(),
    TextureFormat.BC1: Layout(4, 8, keeps_alpha=False),
    TextureFormat.BC3: Layout(4, 16),
    TextureFormat.BC7: Layout(4, 16, cheaper=("BC3",)),
    TextureFormat.ETC2_RGBA: Layout(4, 16),
    TextureFormat.ASTC_4X4: Layout(4, 16, cheaper=("ETC2_RGBA", "ASTC_6X6")),
    TextureFormat.ASTC_6X6: Layout(6, 16),
}


def size_bytes(form: TextureFormat, width: int, height: int) -> int:
    """Bytes of a texture without mipmaps; blocks may overhang the right and lower edges.

    ValueError for an image file, whose length depends on the picture, and for a size below 1 x 1.
    """
    if form.block is None:
        raise ValueError(f"the length of a {form.value} file depends on the picture; encode it to know")
    if width < 1 or height < 1:
        raise ValueError(f"a texture is at least 1 x 1, not {width} x {height}")
    side, block_bytes = form.block
    return -(-width // side) * -(-height // side) * block_bytes
