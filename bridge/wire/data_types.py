"""Number formats of tensors: the contract's numbers, and numpy's names."""

from collections.abc import Mapping

from bridge.v1 import tensor_pb2

NAMES: Mapping[tensor_pb2.DataType, str] = {
    tensor_pb2.DATA_TYPE_FLOAT16: "float16",
    tensor_pb2.DATA_TYPE_FLOAT32: "float32",
    tensor_pb2.DATA_TYPE_FLOAT64: "float64",
    tensor_pb2.DATA_TYPE_UINT8: "uint8",
    tensor_pb2.DATA_TYPE_INT8: "int8",
    tensor_pb2.DATA_TYPE_INT16: "int16",
    tensor_pb2.DATA_TYPE_INT32: "int32",
    tensor_pb2.DATA_TYPE_INT64: "int64",
    tensor_pb2.DATA_TYPE_BOOL: "bool",
}
NUMBERS: Mapping[str, tensor_pb2.DataType] = {name: number for number, name in NAMES.items()}
