"""The version of the contract that this client implements."""

from bridge.v1 import bridge_pb2

MAJOR, MINOR = 1, 7


def protocol() -> bridge_pb2.ProtocolVersion:
    """The version as a message."""
    return bridge_pb2.ProtocolVersion(major=MAJOR, minor=MINOR)
