"""From a model's rows to a ModelInferResponse: tensors are appended to the message as raw bytes, without protobuf's
copies.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bridge.errors import ModelFailed
from bridge.kserve.datatypes import NAMES
from bridge.kserve.messages import message
from bridge.wire.bulk import prefix

_RESPONSE: Any = message("ModelInferResponse")
_STREAMED: Any = message("ModelStreamInferResponse")
_RAW = _RESPONSE.DESCRIPTOR.fields_by_name["raw_output_contents"].number
_INSIDE = _STREAMED.DESCRIPTOR.fields_by_name["infer_response"].number

Output = tuple[str, NDArray[Any]]  # a name, and the rows as one array


def joined(model: str, names: Sequence[str], rows: Sequence[dict[str, NDArray[Any]]]) -> list[Output]:
    """The outputs of a whole batch. ModelFailed if the rows do not fit together."""
    outputs = []
    for name in names:
        parts = [row.get(name) for row in rows]
        known = [np.asarray(part) for part in parts if part is not None]
        if len(known) < len(parts) or len({(part.shape, part.dtype) for part in known}) > 1:
            raise ModelFailed(
                f"the rows' outputs {name!r} of {model!r} do not fit together; send one row in a request, or look at "
                "the model"
            )
        outputs.append((name, np.stack(known)))
    return outputs


def response(asked: Any, version: str, outputs: Sequence[Output]) -> bytes:
    """The serialised ModelInferResponse."""
    return b"".join(_parts(_head(asked, version, outputs), outputs))


def streamed(asked: Any, version: str, outputs: Sequence[Output]) -> bytes:
    """The serialised ModelStreamInferResponse, marked as the only one of its request."""
    head = _head(asked, version, outputs)
    head.parameters["triton_final_response"].bool_param = True
    parts = _parts(head, outputs)
    return b"".join((prefix(_INSIDE, sum(map(len, parts))), *parts))


def failed(asked: Any, sentence: str) -> bytes:
    """The serialised ModelStreamInferResponse of a request that gets no outputs, as Triton sends it."""
    told: bytes = _STREAMED(error_message=sentence, infer_response={"id": asked.id}).SerializeToString()
    return told


def _head(asked: Any, version: str, outputs: Sequence[Output]) -> Any:
    head = _RESPONSE(model_name=asked.model_name, model_version=version, id=asked.id)
    for name, array in outputs:
        head.outputs.add(name=name, datatype=NAMES[array.dtype.name], shape=array.shape)
    return head


def _parts(head: Any, outputs: Sequence[Output]) -> list[bytes | memoryview]:
    parts: list[bytes | memoryview] = [head.SerializeToString()]
    for _, array in outputs:
        parts += [prefix(_RAW, array.nbytes), array.reshape(-1).view(np.uint8).data]
    return parts
