from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ImageFormat(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    IMAGE_FORMAT_UNSPECIFIED: _ClassVar[ImageFormat]
    IMAGE_FORMAT_JPEG: _ClassVar[ImageFormat]
    IMAGE_FORMAT_PNG: _ClassVar[ImageFormat]
    IMAGE_FORMAT_WEBP: _ClassVar[ImageFormat]
    IMAGE_FORMAT_RGB24: _ClassVar[ImageFormat]
    IMAGE_FORMAT_RGBA32: _ClassVar[ImageFormat]
    IMAGE_FORMAT_BGRA32: _ClassVar[ImageFormat]
    IMAGE_FORMAT_BGR24: _ClassVar[ImageFormat]

class RowOrder(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ROW_ORDER_UNSPECIFIED: _ClassVar[RowOrder]
    ROW_ORDER_TOP_DOWN: _ClassVar[RowOrder]
    ROW_ORDER_BOTTOM_UP: _ClassVar[RowOrder]

class TextureFormat(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TEXTURE_FORMAT_UNSPECIFIED: _ClassVar[TextureFormat]
    TEXTURE_FORMAT_RGBA32: _ClassVar[TextureFormat]
    TEXTURE_FORMAT_PNG: _ClassVar[TextureFormat]
    TEXTURE_FORMAT_WEBP: _ClassVar[TextureFormat]
    TEXTURE_FORMAT_BC1: _ClassVar[TextureFormat]
    TEXTURE_FORMAT_BC3: _ClassVar[TextureFormat]
    TEXTURE_FORMAT_BC7: _ClassVar[TextureFormat]
    TEXTURE_FORMAT_ETC2_RGBA: _ClassVar[TextureFormat]
    TEXTURE_FORMAT_ASTC_4X4: _ClassVar[TextureFormat]
    TEXTURE_FORMAT_ASTC_6X6: _ClassVar[TextureFormat]

class ColorSpace(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    COLOR_SPACE_UNSPECIFIED: _ClassVar[ColorSpace]
    COLOR_SPACE_SRGB: _ClassVar[ColorSpace]

class AlphaMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ALPHA_MODE_UNSPECIFIED: _ClassVar[AlphaMode]
    ALPHA_MODE_PREMULTIPLIED: _ClassVar[AlphaMode]
IMAGE_FORMAT_UNSPECIFIED: ImageFormat
IMAGE_FORMAT_JPEG: ImageFormat
IMAGE_FORMAT_PNG: ImageFormat
IMAGE_FORMAT_WEBP: ImageFormat
IMAGE_FORMAT_RGB24: ImageFormat
IMAGE_FORMAT_RGBA32: ImageFormat
IMAGE_FORMAT_BGRA32: ImageFormat
IMAGE_FORMAT_BGR24: ImageFormat
ROW_ORDER_UNSPECIFIED: RowOrder
ROW_ORDER_TOP_DOWN: RowOrder
ROW_ORDER_BOTTOM_UP: RowOrder
TEXTURE_FORMAT_UNSPECIFIED: TextureFormat
TEXTURE_FORMAT_RGBA32: TextureFormat
TEXTURE_FORMAT_PNG: TextureFormat
TEXTURE_FORMAT_WEBP: TextureFormat
TEXTURE_FORMAT_BC1: TextureFormat
TEXTURE_FORMAT_BC3: TextureFormat
TEXTURE_FORMAT_BC7: TextureFormat
TEXTURE_FORMAT_ETC2_RGBA: TextureFormat
TEXTURE_FORMAT_ASTC_4X4: TextureFormat
TEXTURE_FORMAT_ASTC_6X6: TextureFormat
COLOR_SPACE_UNSPECIFIED: ColorSpace
COLOR_SPACE_SRGB: ColorSpace
ALPHA_MODE_UNSPECIFIED: AlphaMode
ALPHA_MODE_PREMULTIPLIED: AlphaMode

class Image(_message.Message):
    __slots__ = ("format", "width", "height", "row_stride_bytes", "row_order", "rotation_degrees", "mirrored", "significant_bits", "data")
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    ROW_STRIDE_BYTES_FIELD_NUMBER: _ClassVar[int]
    ROW_ORDER_FIELD_NUMBER: _ClassVar[int]
    ROTATION_DEGREES_FIELD_NUMBER: _ClassVar[int]
    MIRRORED_FIELD_NUMBER: _ClassVar[int]
    SIGNIFICANT_BITS_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    format: ImageFormat
    width: int
    height: int
    row_stride_bytes: int
    row_order: RowOrder
    rotation_degrees: int
    mirrored: bool
    significant_bits: int
    data: bytes
    def __init__(self, format: _Optional[_Union[ImageFormat, str]] = ..., width: _Optional[int] = ..., height: _Optional[int] = ..., row_stride_bytes: _Optional[int] = ..., row_order: _Optional[_Union[RowOrder, str]] = ..., rotation_degrees: _Optional[int] = ..., mirrored: _Optional[bool] = ..., significant_bits: _Optional[int] = ..., data: _Optional[bytes] = ...) -> None: ...
