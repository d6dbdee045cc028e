"""The version of the contract that these clients were built for."""

from bridge.v1 import bridge_pb2

MAJOR, MINOR = 1, 2


def protocol() -> bridge_pb2.ProtocolVersion:
    """As it goes up."""
    return bridge_pb2.ProtocolVersion(major=MAJOR, minor=MINOR)
