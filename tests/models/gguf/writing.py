"""GGUF files for tests, written by the `gguf` package.

It quantises to F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0 and Q5_1. For the other types it cannot, so a tensor in one of
them gets random blocks with finite scales, whose values have the mean 0 and the spread of those that were asked for.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gguf
import numpy as np
from gguf import GGMLQuantizationType, GGUFValueType
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]

# Where a block's scale and minimum are (float16), and the minimum in scales with which values have the mean 0. By
# ggml-common.h, not by the code under test.
SCALES = {
    "Q8_0": ((0, 1.0),),
    "Q4_0": ((0, 1.0),),
    "Q4_1": ((0, 1.0), (2, -7.5)),
    "Q5_0": ((0, 1.0),),
    "Q5_1": ((0, 1.0), (2, -15.5)),
    "Q2_K": ((80, 1.0), (82, 1.5)),
    "Q3_K": ((108, 1.0),),
    "Q4_K": ((0, 1.0), (2, 7.5)),
    "Q5_K": ((0, 1.0), (2, 15.5)),
    "Q6_K": ((208, 1.0),),
    "IQ4_NL": ((0, 1.0),),
    "IQ4_XS": ((0, 1.0),),
}
QUANTISED_BY_PACKAGE = ("F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1")


def write(
    path: Path,
    metadata: Mapping[str, Any],
    tensors: Mapping[str, tuple[NDArray[Any], str]] | None = None,
    seed: int = 0,
) -> Path:
    """A GGUF file of `metadata` and of tensors, name: (values, type); returns `path`.

    Metadata of str, bool, float (as float32), int (uint32; int32 below 0, uint64 from 2**32 on), and lists of them,
    whose int are int32. Only what is given is written, so a model needs its "general.architecture".
    """
    writer = gguf.GGUFWriter(path, metadata.get("general.architecture", ""))
    for key, value in metadata.items():
        if key != "general.architecture":  # the writer's own
            writer.add_key_value(key, value, value_type(value))
    rng = np.random.default_rng(seed)
    for name, (values, kind) in (tensors or {}).items():
        writer.add_tensor(name, stored(values, kind, rng), raw_dtype=GGMLQuantizationType[kind])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def value_type(value: Any) -> GGUFValueType:
    if isinstance(value, list):
        return GGUFValueType.ARRAY
    if type(value) is not int:
        return GGUFValueType.get_type(value)
    if value < 0:
        return GGUFValueType.INT32
    return GGUFValueType.UINT32 if value < 2**32 else GGUFValueType.UINT64


def stored(values: NDArray[Any], kind: str, rng: np.random.Generator) -> NDArray[Any]:
    """Values [..., n] as the package takes them of type `kind`: of float type, or bytes [..., bytes of a row]."""
    values = np.ascontiguousarray(values, np.float32)
    if kind in QUANTISED_BY_PACKAGE:
        return gguf.quantize(values, GGMLQuantizationType[kind])
    unit = random_blocks(kind, values.shape, 1.0, rng)
    spread = gguf.dequantize(unit, GGMLQuantizationType[kind]).std()
    return with_scales(unit, kind, float(values.std() / spread))


def random_blocks(kind: str, shape: tuple[int, ...], scale: float, rng: np.random.Generator) -> Bytes:
    """Rows [..., bytes of a row] of `shape` values in random blocks, all of scale `scale`."""
    values, size = gguf.GGML_QUANT_SIZES[GGMLQuantizationType[kind]]
    assert shape[-1] % values == 0, f"rows of {kind} are whole blocks of {values}"
    raw = rng.integers(0, 256, (*shape[:-1], shape[-1] // values * size), np.uint8)
    return with_scales(raw, kind, scale)


def with_scales(raw: Bytes, kind: str, scale: float) -> Bytes:
    blocks = raw.copy().reshape(-1, gguf.GGML_QUANT_SIZES[GGMLQuantizationType[kind]][1])
    for at, factor in SCALES[kind]:
        blocks[:, at : at + 2] = np.frombuffer(np.float16(scale * factor).tobytes(), np.uint8)
    return blocks.reshape(raw.shape)
