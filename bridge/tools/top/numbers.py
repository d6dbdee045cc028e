"""The raw numbers as JSON: every field of the contract under its own name, whole numbers as numbers."""

import json
from typing import Any

from google.protobuf.message import Message

from bridge.tools.top.rates import Poll


def as_json(poll: Poll) -> str:
    """One document: GetStats, and the models beside it."""
    return json.dumps({**_plain(poll.stats), "models": [_plain(model) for model in poll.models]}, indent=2)


def _plain(message: Message) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for field in message.DESCRIPTOR.fields:
        value = getattr(message, field.name)
        told[field.name] = [_value(field, one) for one in value] if field.is_repeated else _value(field, value)
    return told


def _value(field: Any, value: Any) -> Any:
    if field.message_type is not None:
        return _plain(value)
    if field.enum_type is not None:
        known = field.enum_type.values_by_number.get(value)
        return known.name if known is not None else value
    return value
