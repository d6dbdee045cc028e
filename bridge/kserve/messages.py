"""The messages of `inference.proto`, in a descriptor pool of their own.

A process may hold Triton's client too, and protobuf's default pool takes one package `inference` only. Classes are made
when the module is imported; for a type checker they are `Any`.
"""

from importlib import resources
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool
from google.protobuf.descriptor import Descriptor, ServiceDescriptor
from google.protobuf.message_factory import GetMessageClass

_FILES = resources.files("bridge.kserve").joinpath("inference.binpb")
_POOL = descriptor_pool.DescriptorPool()
for _file in descriptor_pb2.FileDescriptorSet.FromString(_FILES.read_bytes()).file:
    _POOL.AddSerializedFile(_file.SerializeToString())

SERVICE: ServiceDescriptor = _POOL.FindServiceByName("inference.GRPCInferenceService")


def message(name: str) -> Any:
    """The class of a message, by its name in the package."""
    kind: Descriptor = _POOL.FindMessageTypeByName(f"inference.{name}")
    return GetMessageClass(kind)


def numbers(enum: str) -> dict[str, int]:
    """The values of an enum by name."""
    return {value.name: value.number for value in _POOL.FindEnumTypeByName(f"inference.{enum}").values}
