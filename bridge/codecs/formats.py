"""The formats a texture can travel in: how many bytes each takes, and whether it keeps transparency."""

import enum


class TextureFormat(enum.Enum):
    """What the bytes of a texture are. The block formats are what a graphics card samples as it stands."""

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
        """Pixels of a block each way, and the bytes of one; RGBA32 is blocks of one pixel; None for a file."""
        return _BLOCKS.get(self)

    @property
    def is_file(self) -> bool:
        """Whether it is a picture file, which has a header and is always top row first."""
        return self not in _BLOCKS

    @property
    def keeps_alpha(self) -> bool:
        """Whether transparency survives. BC1 comes out opaque."""
        return self is not TextureFormat.BC1


_BLOCKS = {  # pixels of a block each way, bytes of a block
    TextureFormat.RGBA32: (1, 4),
    TextureFormat.BC1: (4, 8),
    TextureFormat.BC3: (4, 16),
    TextureFormat.BC7: (4, 16),
    TextureFormat.ETC2_RGBA: (4, 16),
    TextureFormat.ASTC_4X4: (4, 16),
    TextureFormat.ASTC_6X6: (6, 16),
}


def size_bytes(form: TextureFormat, width: int, height: int) -> int:
    """Bytes of a texture without mipmaps; blocks at the right and lower edge may hang over.

    Raises ValueError for a file, whose length depends on the picture, and for a size below 1 x 1.
    """
    if form.block is None:
        raise ValueError(f"the length of a {form.value} file depends on the picture; encode it to know")
    if width < 1 or height < 1:
        raise ValueError(f"a texture is 1 x 1 or larger, not {width} x {height}")
    side, block_bytes = form.block
    return -(-width // side) * -(-height // side) * block_bytes
