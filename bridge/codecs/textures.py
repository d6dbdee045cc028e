"""The table of texture encoders: add a format's encoder here.

Formats whose library has no wheel for this platform are left out and not offered. All encoders are thread-safe; each
encoder's file says whether it releases the GIL.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from bridge.codecs import bc_torch, png, raw, webp
from bridge.codecs.formats import TextureFormat

Encoder = Callable[[NDArray[np.uint8]], bytes]

_ENCODERS: dict[TextureFormat, Encoder] = {
    TextureFormat.RGBA32: raw.encode,
    TextureFormat.PNG: png.encode,
    TextureFormat.WEBP: webp.encode,
}

try:
    from bridge.codecs import bc_ispc
except ImportError:
    pass
else:
    _ENCODERS |= {
        TextureFormat.BC1: bc_ispc.bc1,
        TextureFormat.BC3: bc_ispc.bc3,
        TextureFormat.BC7: bc_ispc.bc7,
    }

try:
    from bridge.codecs import etc2
except ImportError:
    pass
else:
    _ENCODERS |= {TextureFormat.ETC2_RGBA: etc2.rgba}

try:
    from bridge.codecs import astc
except ImportError:
    pass
else:
    _ENCODERS |= {
        TextureFormat.ASTC_4X4: astc.astc_4x4,
        TextureFormat.ASTC_6X6: astc.astc_6x6,
    }

_ON_DEVICE: dict[TextureFormat, Callable[[Tensor], Tensor]] = {
    TextureFormat.BC1: bc_torch.bc1,
    TextureFormat.BC3: bc_torch.bc3,
}


def available() -> tuple[TextureFormat, ...]:
    """The formats that `encode` supports on this machine."""
    return tuple(_ENCODERS)


def available_on_device() -> tuple[TextureFormat, ...]:
    """The formats that `encode_on_device` supports, on every device."""
    return tuple(_ON_DEVICE)


def encode(picture: NDArray[np.uint8], form: TextureFormat, *, bottom_up: bool = False) -> bytes:
    """Encode premultiplied RGBA, uint8 [H, W, 4], top row first, with any strides, as `form`, one of `available()`.

    With `bottom_up` the lowest row comes first, as game engines expect. Image files stay top row first, as their
    readers expect.
    """
    flipped = bottom_up and not form.is_file
    return _ENCODERS[form](picture[::-1] if flipped else picture)


def encode_on_device(pictures: Tensor, form: TextureFormat, *, bottom_up: bool = False) -> Tensor:
    """Like `encode` for a batch, on its device: uint8 [B, H, W, 4] to uint8 [B, bytes].

    No copy to the host and no synchronisation. `form` must be one of `available_on_device()`.
    """
    return _ON_DEVICE[form](pictures.flip(1) if bottom_up else pictures)
