"""The method of Ray Serve's gRPC proxy, bytes to bytes, imported by proxy and client.

Ray Serve selects the model by the metadata `application`.
"""

from typing import Any

import grpc
from google.protobuf.wrappers_pb2 import BytesValue

_SERVICE = "framebridge.Fake"
METHOD = f"/{_SERVICE}/Predict"


def add_to_server(servicer: Any, server: Any) -> None:
    """The counterpart of add_FakeServicer_to_server in generated code."""
    handler = grpc.unary_unary_rpc_method_handler(
        servicer.Predict,
        request_deserializer=BytesValue.FromString,
        response_serializer=BytesValue.SerializeToString,
    )
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(_SERVICE, {"Predict": handler}),))
