"""The messages of an inference stream, whose bytes of tensors bypass protobuf's copies."""

from bridge.client.link.received import Received
from bridge.v1 import inference_pb2
from bridge.wire.bulk import Bulk, prefix, read_inner

_PAYLOAD = inference_pb2.InferRequest.PAYLOAD_FIELD_NUMBER


def write_request(request: Bulk) -> bytes:
    """Serialise an InferRequest and its payload."""
    head: bytes = request.message.SerializeToString()
    return b"".join((head, prefix(_PAYLOAD, len(request.payload)), request.payload)) if request.payload else head


def read_response(data: bytes) -> Received:
    """Parse a message. DecodeError if the bytes are not an InferResponse."""
    result = read_inner(inference_pb2.InferResponse, "result", data)
    if result is not None:
        return Received("result", result.message, result.payload)
    message = inference_pb2.InferResponse.FromString(data)
    kind = message.WhichOneof("message") or ""
    body = getattr(message, kind) if kind else None
    return Received(kind, body, message.result.payload if kind == "result" else b"")
