"""The method that Ray Serve's gRPC proxy offers: bytes to bytes, in protobuf's own wrapper. Proxy and client import it.

Which model answers is said by the metadata `application`, as Ray Serve wants it.
"""

from typing import Any

import grpc
from google.protobuf.wrappers_pb2 import BytesValue

_SERVICE = "framebridge.Fake"
METHOD = f"/{_SERVICE}/Predict"


def add_to_server(servicer: Any, server: Any) -> None:
    """What generated code calls add_FakeServicer_to_server."""
    handler = grpc.unary_unary_rpc_method_handler(
        servicer.Predict,
        request_deserializer=BytesValue.FromString,
        response_serializer=BytesValue.SerializeToString,
    )
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(_SERVICE, {"Predict": handler}),))
