"""A look on the wire becomes the numbers that the generator is given."""

from bridge.errors import InvalidRequest, OutOfRange, UnknownAttribute
from bridge.v1 import avatar_pb2
from bridge.wire.bounds import within
from models.avatar.look import EXPRESSIONS, Conditions, attribute_schema, conditions, express, look_from_seed

_MOST_ATTRIBUTES = 32


def schema() -> avatar_pb2.GetAvatarSchemaResponse:
    """What a look may be made of."""
    response = avatar_pb2.GetAvatarSchemaResponse(expressions=list(EXPRESSIONS))
    for name, choices in attribute_schema().items():
        color = choices == ("#rrggbb",)
        response.attributes.add(name=name, choices=() if color else choices, is_color=color)
    return response


def conditions_of(look: avatar_pb2.AvatarLook) -> Conditions:
    """UnknownAttribute or OutOfRange for a look that cannot be made."""
    if len(look.attributes) > _MOST_ATTRIBUTES:
        raise OutOfRange(f"{len(look.attributes)} attributes; send at most {_MOST_ATTRIBUTES}")
    values = {attribute.name: attribute.value for attribute in look.attributes}
    if len(values) < len(look.attributes):
        raise InvalidRequest("an attribute is given twice; give each at most once")
    try:
        base = look_from_seed(look.seed).with_attributes(values)
        if not look.HasField("expression"):
            return conditions(base)
        within("intensity", look.expression.intensity, 0, 1)
        return express(base, look.expression.name, look.expression.intensity)
    except ValueError as error:
        raise UnknownAttribute(str(error)) from error
