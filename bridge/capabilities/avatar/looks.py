"""Converts looks on the wire to the generator's conditions, and validates them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bridge.errors import InvalidRequest, OutOfRange, UnknownAttribute
from bridge.v1 import avatar_pb2
from bridge.wire.bounds import within

Conditions = NDArray[np.float32]

_MOST_ATTRIBUTES = 32


def schema(processor: Any) -> avatar_pb2.GetAvatarSchemaResponse:
    """The attributes and expressions that a look may have."""
    response = avatar_pb2.GetAvatarSchemaResponse(expressions=processor.expressions)
    for name, choices in processor.attributes.items():
        color = choices == ("#rrggbb",)
        response.attributes.add(name=name, choices=() if color else choices, is_color=color)
    return response


def conditions_of(look: avatar_pb2.AvatarLook, processor: Any) -> Conditions:
    """The conditions of a look. UnknownAttribute, InvalidRequest or OutOfRange for an invalid one."""
    if len(look.attributes) > _MOST_ATTRIBUTES:
        raise OutOfRange(f"{len(look.attributes)} attributes; send at most {_MOST_ATTRIBUTES}")
    values = {attribute.name: attribute.value for attribute in look.attributes}
    if len(values) < len(look.attributes):
        raise InvalidRequest("an attribute is given twice; give each at most once")
    expression: tuple[Any, ...] = ()
    if look.HasField("expression"):
        within("intensity", look.expression.intensity, 0, 1)
        expression = (look.expression.name, look.expression.intensity)
    try:
        conditions: Conditions = processor.conditions(look.seed, values, *expression)
    except ValueError as error:
        raise UnknownAttribute(str(error)) from error
    return conditions
