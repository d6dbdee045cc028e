"""Number formats: KServe's names of them, numpy's, and Triton's numbers."""

from collections.abc import Mapping

from bridge.kserve.messages import numbers

DTYPES: Mapping[str, str] = {
    "BOOL": "bool",
    "UINT8": "uint8",
    "INT8": "int8",
    "INT16": "int16",
    "INT32": "int32",
    "INT64": "int64",
    "FP16": "float16",
    "FP32": "float32",
    "FP64": "float64",
}
NAMES: Mapping[str, str] = {dtype: name for name, dtype in DTYPES.items()}
NUMBERS: Mapping[str, int] = {name.removeprefix("TYPE_"): number for name, number in numbers("DataType").items()}
CONTENTS: Mapping[str, str] = {  # the field of `contents` for each; FP16 has none
    "BOOL": "bool_contents",
    "UINT8": "uint_contents",
    "INT8": "int_contents",
    "INT16": "int_contents",
    "INT32": "int_contents",
    "INT64": "int64_contents",
    "FP32": "fp32_contents",
    "FP64": "fp64_contents",
}
