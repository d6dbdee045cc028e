"""Range checks on what clients send. Each raises OutOfRange with the field, its value and the allowed range."""

import functools
import math
from collections.abc import Callable
from typing import NamedTuple

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper
from google.protobuf.message import Message

from bridge.config import Limits
from bridge.errors import OutOfRange
from bridge.v1 import timing_pb2

MICROS = 1_000_000
MOST_COUNTED = 2**53  # five million years of frames at 60 fps; counting up from here fits every field
_LADDERS = frozenset(timing_pb2.LadderPolicy.values())
_FLOATS = (FieldDescriptor.CPPTYPE_FLOAT, FieldDescriptor.CPPTYPE_DOUBLE)


class Terms(NamedTuple):
    """The terms of an answer, in seconds: its budget, and the share of it that the link takes."""

    budget: float
    link: float = 0.0
    best_only: bool = False
    rate: float = 0.0  # downlink bytes per second; 0 if unknown

    def payload_seconds(self, count: int) -> float:
        """Transfer time of `count` bytes on the link."""
        return count / self.rate if self.rate else 0.0

    @property
    def server_budget(self) -> float:
        """The budget left for the server."""
        return self.budget - self.link


def check_finite(message: Message) -> None:
    """Refuse NaN and infinity in any float field, at any depth."""
    check = _finite_check(message.DESCRIPTOR)
    if check is not None:
        check(message, "")


@functools.cache
def _finite_check(descriptor: Descriptor) -> Callable[[Message, str], None] | None:
    """The check of a message type, which looks at its float fields alone; None if it has none at any depth. No message
    of the contract is recursive.
    """
    numbers = [(field.name, field.is_repeated) for field in descriptor.fields if field.cpp_type in _FLOATS]
    parts = [
        (field.name, field.is_repeated, check)
        for field in descriptor.fields
        if field.message_type is not None and (check := _finite_check(field.message_type)) is not None
    ]
    if not numbers and not parts:
        return None

    def check_fields(message: Message, path: str) -> None:
        for name, is_repeated in numbers:
            value = getattr(message, name)
            for number in value if is_repeated else (value,):
                if not math.isfinite(number):
                    raise OutOfRange(f"{path}{name} is {number}; send a finite number")
        for name, is_repeated, check in parts:
            if is_repeated:
                for part in getattr(message, name):
                    check(part, f"{path}{name}.")
            elif message.HasField(name):
                check(getattr(message, name), f"{path}{name}.")

    return check_fields


def within(name: str, value: float, least: float, most: float) -> None:
    """Refuse a number outside [least, most]."""
    if not least <= value <= most:
        raise OutOfRange(f"{name} is {value:g}; send a value from {least:g} to {most:g}")


def check_slot(slot: int, limits: Limits) -> None:
    """Refuse a slot number beyond the stream's limit."""
    if not 0 <= slot < limits.slots_per_stream:
        raise OutOfRange(f"slot is {slot}; use 0 to {limits.slots_per_stream - 1} (Limits.max_slots_per_stream)")


def check_rising(name: str, value: int, last: int) -> None:
    """Refuse a number that does not increase, or is too large to count up from."""
    if value <= last:
        raise OutOfRange(f"{name} is {value} where {last} has been seen; it must rise, starting from 1")
    if value > MOST_COUNTED:
        raise OutOfRange(f"{name} is {value}; start from 1, at most {MOST_COUNTED} can be used")


def check_enum(name: str, enum: EnumTypeWrapper, value: int, *, unspecified: bool = True) -> None:
    """Refuse an enum value unknown to this version of the contract, or zero where a choice is required."""
    if value not in _numbers(enum) or (value == 0 and not unspecified):
        choices = ", ".join(enum.Name(number) for number in sorted(enum.values()) if number)
        raise OutOfRange(f"{name} is {value}; choose one of {choices}")


@functools.cache
def _numbers(enum: EnumTypeWrapper) -> frozenset[int]:
    return frozenset(enum.values())


def terms_of(budget: timing_pb2.Budget, default: float, limits: Limits) -> Terms:
    """Validate a budget; zero means the default. OutOfRange for an impossible one."""
    whole, link, ladder, rate = budget.budget_micros, budget.link_micros, budget.ladder, budget.link_bytes_per_second
    most = limits.budget_seconds * MICROS
    if not (0 <= whole <= most and 0 <= link <= most and rate >= 0 and ladder in _LADDERS):
        _refuse_budget(budget, default, round(most))
    return Terms(whole / MICROS or default, link / MICROS, ladder == timing_pb2.LADDER_POLICY_BEST_ONLY, float(rate))


def _refuse_budget(budget: timing_pb2.Budget, default: float, most: int) -> None:
    if not 0 <= budget.budget_micros <= most:
        raise OutOfRange(
            f"budget_micros is {budget.budget_micros}; send 1 to {most}, or 0 for the default of {default * MICROS:.0f}"
        )
    if not 0 <= budget.link_micros <= most:
        raise OutOfRange(f"link_micros is {budget.link_micros}; send 0 (unknown) to {most}")
    if budget.link_bytes_per_second < 0:
        raise OutOfRange(f"link_bytes_per_second is {budget.link_bytes_per_second}; send 0 (unknown) or more")
    check_enum("ladder", timing_pb2.LadderPolicy, budget.ladder)
