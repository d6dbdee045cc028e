"""`framebridge top --json`: the raw stats as JSON, under the contract's field names, with integers as numbers."""

import json
from typing import Any

from google.protobuf.message import Message

from bridge.tools.top.rates import Poll


def as_json(poll: Poll) -> str:
    """One document: GetStats, with the models added."""
    return json.dumps({**_plain(poll.stats), "models": [_plain(model) for model in poll.models]}, indent=2)


def _plain(message: Message) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for field in message.DESCRIPTOR.fields:
        value = getattr(message, field.name)
        plain[field.name] = [_value(field, one) for one in value] if field.is_repeated else _value(field, value)
    return plain


def _value(field: Any, value: Any) -> Any:
    if field.message_type is not None:
        return _plain(value)
    if field.enum_type is not None:
        known = field.enum_type.values_by_number.get(value)
        return known.name if known is not None else value
    return value
