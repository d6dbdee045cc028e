"""No float field of the contract takes NaN or infinity."""

import math
from collections.abc import Iterator
from typing import Any

import pytest
from google.protobuf.descriptor import Descriptor

from tests.conftest import Run
from tests.serving.client import (
    A,
    B,
    D,
    R,
    assert_serves,
    connected,
    read,
)
from tests.serving.server import FakeServer
from tests.wire.outcomes import STREAMS, assert_invalid, outcome_of


def float_paths(descriptor: Descriptor, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for field in descriptor.fields:
        here = (*path, field.name)
        if field.cpp_type in (field.CPPTYPE_FLOAT, field.CPPTYPE_DOUBLE):
            yield here
        elif field.message_type is not None:
            yield from float_paths(field.message_type, here)


def set_float(message: Any, path: tuple[str, ...], value: float) -> Any:
    """Set a float field, in the first element of whatever repeats on the way."""
    here = message
    for name in path[:-1]:
        part = getattr(here, name)
        here = part.add() if hasattr(part, "add") else part
    field = here.DESCRIPTOR.fields_by_name[path[-1]]
    if field.is_repeated:
        getattr(here, path[-1]).append(value)
    else:
        setattr(here, path[-1], value)
    return message


FLOATS = [(name, path) for name, kind in STREAMS.items() for path in float_paths(kind.DESCRIPTOR)]
UNARY_FLOATS = [
    (method.full_name, path)
    for module in (A, B, D, R)
    for service in module.DESCRIPTOR.services_by_name.values()
    for method in service.methods
    if not method.client_streaming
    for path in float_paths(method.input_type)
]


def test_the_float_fields_are_found() -> None:
    assert ("avatars", ("look", "look", "expression", "intensity")) in FLOATS
    assert ("recognition", ("frame", "tasks", "score_threshold")) in FLOATS
    assert len(FLOATS) >= 6
    assert not UNARY_FLOATS, "a control call has a float field now: test it here"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize(("stream", "path"), FLOATS, ids=lambda part: part if isinstance(part, str) else ".".join(part))
def test_no_float_field_takes_nan_or_infinity(
    run: Run, fake: FakeServer, stream: str, path: tuple[str, ...], value: float
) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await getattr(client, f"open_{stream}")()
            await call.write(set_float(STREAMS[stream](), path, value))
            assert_invalid(outcome_of(await read(call)), "OUT_OF_RANGE", path[-1], "send a finite number")
            await assert_serves(fake.port)

    run(scenario())
