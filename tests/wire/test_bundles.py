"""Bundles in bytes: what is split and joined, within which limits, and what a bad part costs."""

import itertools
from typing import Any

import pytest
from google.protobuf.message import Message
from hypothesis import given
from hypothesis import strategies as st

from bridge.config import Limits
from bridge.errors import BridgeError, ContractBroken, TooLarge
from bridge.v1 import avatar_pb2, bridge_pb2, bundle_pb2, dialogue_pb2, inference_pb2, recognition_pb2
from bridge.wire.bulk import Bulk
from bridge.wire.bundles import MOST_PARTS, PART_BYTES, Joiner, Parts, first_byte
from bridge.wire.handlers import decoder
from bridge.wire.shape import CONTROL_BYTES, MOST_FIELDS, MOST_PART_FIELDS
from tests.serving.bundles import bundle, parts_of
from tests.serving.client import A, B, D, N, R, acknowledge, ask, look
from tests.wire.test_shape import varint

LIMIT = Limits().message_bytes
KINDS: dict[str, tuple[type[Message], type[Message]]] = {
    "avatars": (A.StreamAvatarRequest, A.StreamAvatarResponse),
    "dialogue": (D.ConverseRequest, D.ConverseResponse),
    "recognition": (R.RecognizeRequest, R.RecognizeResponse),
    "inference": (N.InferRequest, N.InferResponse),
    "probe": (B.ProbeRequest, B.ProbeResponse),
}
EMPTY_LOOK = A.StreamAvatarRequest(look=A.AvatarSetLook())


def heard(data: bytes, kind: type[Message] = A.StreamAvatarRequest, limit: int = LIMIT) -> Any:
    """What a stream hears of these bytes: its message, the parts of a bundle, or an error."""
    return decoder(kind, limit)(data)


def heard_parts(*messages: Any) -> Parts:
    found = heard(bundle(*messages).SerializeToString())
    assert isinstance(found, Parts), found
    return found


def assert_wrong(found: Any, kind: type[BridgeError], *words: str) -> None:
    assert isinstance(found, kind), found
    for each in words:
        assert each in str(found)


# -- what a bundle holds ---------------------------------------------------------------------------------------------


def test_parts_are_heard_in_order_as_if_each_came_alone() -> None:
    messages = [look(3, seed=9), acknowledge(4, 3), ask(5, 3), look(1)]
    assert list(heard_parts(*messages)) == [heard(message.SerializeToString()) for message in messages]


def test_a_bundle_of_one_is_a_bundle() -> None:
    assert heard_parts(ask(1)) == (ask(1),)


def test_a_payload_in_a_part_is_split_off_it() -> None:
    small, large = N.InferRequest(payload=bytes(range(200))), N.InferRequest(payload=b"x" * 4500)
    small.request.slot, large.request.slot = 1, 2
    found = heard(bundle(small, large).SerializeToString(), N.InferRequest)
    assert all(isinstance(part, Bulk) for part in found)
    assert [(part.message.request.slot, bytes(part.payload)) for part in found] == [
        (1, small.payload),
        (2, large.payload),
    ]
    assert not any(part.message.payload for part in found)


@pytest.mark.parametrize("stream", KINDS)
def test_every_stream_has_bundles_both_ways(stream: str) -> None:
    asked, answered = KINDS[stream]
    assert isinstance(heard(asked(bundle=bundle_pb2.Bundle(parts=[b"", b""])).SerializeToString(), asked), Parts)
    joined: Any = answered.FromString(Joiner(answered).join([b"one", b"two"]))
    assert list(joined.bundle.parts) == [b"one", b"two"]


@pytest.mark.parametrize("stream", KINDS)
def test_a_bundle_is_known_by_its_first_byte_and_nothing_else_is_taken_for_one(stream: str) -> None:
    for kind in KINDS[stream]:
        first = first_byte(kind)
        for field in kind.DESCRIPTOR.fields:
            keys = {varint(field.number << 3 | wire)[0] for wire in (0, 1, 2, 5)}
            assert (first in keys) == (field.name == "bundle")
            assert field.number < 16, "a key of one byte"


def test_messages_of_unary_calls_have_none() -> None:
    assert first_byte(B.PingRequest) not in range(256)


# -- limits ----------------------------------------------------------------------------------------------------------


def test_a_bundle_has_as_many_parts_as_it_may_and_no_more() -> None:
    assert len(heard_parts(*[ask(1)] * MOST_PARTS)) == MOST_PARTS
    found = heard(bundle(*[ask(1)] * (MOST_PARTS + 1)).SerializeToString())
    assert_wrong(found, ContractBroken, "65 parts", "send 1 to 64")


def test_an_empty_bundle_is_none() -> None:
    assert_wrong(heard(A.StreamAvatarRequest(bundle={}).SerializeToString()), ContractBroken, "0 parts", "send 1 to 64")


def test_more_parts_than_a_message_has_fields_are_not_even_read() -> None:
    found = heard(bundle(EMPTY_LOOK, *[b"\x12\0"] * (1 << 13)).SerializeToString())
    assert_wrong(found, ContractBroken, f"more than {MOST_FIELDS:,} fields")


def sized(kind: Any, size: int) -> Any:
    """A probe, or a request of tensors, of so many bytes."""
    message = kind(payload=bytes(size))
    message.payload = bytes(2 * size - message.ByteSize())
    assert message.ByteSize() == size
    return message


@pytest.mark.parametrize("kind", [B.ProbeRequest, N.InferRequest])
def test_a_part_is_as_large_as_it_may_be_and_no_larger(kind: Any) -> None:
    right, wrong, last = heard(
        bundle(sized(kind, PART_BYTES), sized(kind, PART_BYTES + 1), sized(kind, 9)).SerializeToString(), kind
    )
    assert isinstance(right, Bulk)
    assert isinstance(last, Bulk)
    assert_wrong(wrong, TooLarge, "4,609 bytes", "send more than 4,608 as its own message")


def test_a_part_holds_a_payload_of_4_kib_and_its_header() -> None:
    header = N.InferenceRequest(slot=63, request_index=1 << 52, model="m" * 64, total_bytes=4096)
    for name in ("position", "velocity", "seen"):
        header.inputs.add(name=name, data_type=1, shape=[1, 4, 256])
    assert N.InferRequest(request=header, payload=bytes(4096)).ByteSize() <= PART_BYTES


def test_a_bundle_obeys_the_limit_of_one_message() -> None:
    data = bundle(*[sized_look(4000)] * 20).SerializeToString()
    assert_wrong(heard(data, limit=CONTROL_BYTES), TooLarge, f"at most {CONTROL_BYTES:,}")
    assert isinstance(heard(data, limit=len(data)), Parts)


def sized_look(size: int) -> Any:
    named = A.AvatarAttribute(name="x" * (size - 10))
    return A.StreamAvatarRequest(look=A.AvatarSetLook(look=A.AvatarLook(attributes=[named])))


def fielded(count: int) -> bytes:
    """A message of so many fields, of which none means anything: it may be a part."""
    return b"\x80\x01\x01" * count  # an unknown field of number 16


def test_the_fields_of_all_parts_are_counted_together() -> None:
    most = MOST_PART_FIELDS // 4
    assert isinstance(heard(bundle(EMPTY_LOOK, *[fielded(most)] * 3).SerializeToString()), Parts)
    found = heard(bundle(EMPTY_LOOK, *[fielded(most)] * 4).SerializeToString())
    assert_wrong(found, ContractBroken, f"more than {MOST_PART_FIELDS:,} fields")


def test_fields_inside_of_parts_are_counted_too() -> None:
    attributes = A.AvatarLook(attributes=[A.AvatarAttribute()] * 1000)
    crowded = A.StreamAvatarRequest(look=A.AvatarSetLook(look=attributes))
    assert isinstance(heard(bundle(*[crowded] * 4).SerializeToString()), Parts)
    assert_wrong(heard(bundle(*[crowded] * 5).SerializeToString()), ContractBroken, "more than 4,096 fields")


def test_the_fields_of_a_part_that_is_too_large_count_for_nobody_else() -> None:
    wrong, right = heard_parts(fielded(10_000), ask(1))
    assert_wrong(wrong, TooLarge, "30,000 bytes")
    assert right == ask(1)


def test_a_part_has_no_more_fields_than_a_message_of_its_size_may() -> None:
    crowded = fielded(1400)
    assert MOST_FIELDS < 1400 < len(crowded) < PART_BYTES
    assert_wrong(heard(crowded), ContractBroken, "more than 1,024 fields")
    wrong, right = heard_parts(crowded, ask(1))
    assert_wrong(wrong, ContractBroken, "more than 1,024 fields")
    assert right == ask(1)


# -- bad parts, and bad bundles --------------------------------------------------------------------------------------

TEXT = A.StreamAvatarRequest(
    look=A.AvatarSetLook(look=A.AvatarLook(attributes=[A.AvatarAttribute(name="hair")]))
).SerializeToString()
WRONG_PARTS: dict[str, tuple[bytes, type[BridgeError], tuple[str, ...]]] = {
    "no message": (b"\xff\xff\xff", ContractBroken, ("not a valid bridge.v1.StreamAvatarRequest", "protos/bridge/v1")),
    "cut short": (ask(1).SerializeToString()[:-1], ContractBroken, ("not a valid bridge.v1.StreamAvatarRequest",)),
    "no UTF-8": (TEXT.replace(b"hair", b"ha\xff\xfe"), ContractBroken, ("UTF-8",)),
    "a bundle": (bundle(ask(1)).SerializeToString(), ContractBroken, ("is a bundle", "one after the other")),
    "an empty bundle": (
        A.StreamAvatarRequest(bundle={}).SerializeToString(),
        ContractBroken,
        ("is a bundle", "one after the other"),
    ),
}


@pytest.mark.parametrize("case", WRONG_PARTS)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_bad_part_costs_itself_alone(case: str, place: int) -> None:
    bad, kind, words = WRONG_PARTS[case]
    messages: list[Any] = [look(), ask(1)]
    messages.insert(place, bad)
    found = list(heard_parts(*messages))
    assert_wrong(found.pop(place), kind, *words)
    assert found == [look(), ask(1)]


def test_a_bundle_in_a_part_behind_a_long_key_is_a_message_of_kind_bundle() -> None:
    """Protobuf reads a key of more bytes than it needs; the streams refuse what comes of it."""
    hidden = bytes((first_byte(A.StreamAvatarRequest) | 0x80, 0)) + bundle(ask(1)).SerializeToString()[1:]
    assert heard(hidden) == bundle(ask(1))
    assert heard_parts(look(), hidden)[1] == bundle(ask(1))


ONE = bundle(ask(1)).SerializeToString()
BESIDE: dict[str, tuple[Any, bytes]] = {
    "a message of the stream": (A.StreamAvatarRequest, ONE + look().SerializeToString()),
    "a bundle and a message": (A.StreamAvatarRequest, ONE + ONE + acknowledge(1).SerializeToString()),
    "a nonce": (B.ProbeRequest, bundle(B.ProbeRequest(nonce=1)).SerializeToString() + b"\x08\x05"),
    "a payload": (B.ProbeRequest, bundle(B.ProbeRequest(nonce=1)).SerializeToString() + b"\x7a\x02xy"),
    "tensors": (N.InferRequest, bundle(N.InferRequest(cancel={})).SerializeToString() + b"\x7a\x02xy"),
}


@pytest.mark.parametrize("case", BESIDE)
def test_nothing_may_lie_beside_a_bundle(case: str) -> None:
    """The last of a oneof is the one that counts, so that a client would lose the other without a word."""
    kind, data = BESIDE[case]
    assert_wrong(heard(data, kind), ContractBroken, "something beside it", "send that as a part")


def test_what_a_later_contract_puts_beside_a_bundle_is_passed_over() -> None:
    assert heard(ONE + b"\xa0\x06\x01") == (ask(1),)


def test_a_message_before_a_bundle_is_no_bundle() -> None:
    """The bundle is what counts, and its parts would be lost: the stream says so, as for any misplaced message."""
    assert heard(look().SerializeToString() + ONE) == bundle(ask(1))


def test_two_bundles_in_one_message_are_read_as_protobuf_does() -> None:
    assert heard(ONE + bundle(look()).SerializeToString()) == (ask(1), look())


@pytest.mark.parametrize("data", [ONE[:-1], ONE[:1], ONE[:2], ONE[:1] + b"\xff" * 11, ONE + b"\xff", ONE[:1] + b"\x05"])
def test_a_bundle_cut_short_or_too_long_is_no_message(data: bytes) -> None:
    assert_wrong(heard(data), ContractBroken, "not a valid bridge.v1.StreamAvatarRequest")


def test_a_bundle_that_says_it_is_huge_is_no_message() -> None:
    for size in (1 << 31, 1 << 40, (1 << 64) - 1):
        assert_wrong(heard(ONE[:1] + varint(size) + ONE[2:]), ContractBroken, "not a valid")
        inner = b"\x0a" + varint(size) + b"x"
        assert_wrong(heard(ONE[:1] + varint(len(inner)) + inner), ContractBroken, "not a valid")


@given(data=st.binary(max_size=300), repeat=st.integers(1, 400))
def test_whatever_lies_in_a_bundle_is_a_message_or_an_error(data: bytes, repeat: int) -> None:
    whole = ONE[:1] + varint(len(data * repeat)) + data * repeat
    for kind, _ in KINDS.values():
        found = heard(bytes((first_byte(kind),)) + whole[1:], kind)
        assert isinstance(found, (Parts, BridgeError))
        assert not isinstance(found, Parts) or all(isinstance(part, (kind, Bulk, BridgeError)) for part in found)


# -- joining ---------------------------------------------------------------------------------------------------------

SIZES = st.lists(st.one_of(st.integers(0, 300), st.integers(PART_BYTES - 2, PART_BYTES + 2)), max_size=200)


@given(sizes=SIZES)
def test_what_is_joined_is_what_is_read(sizes: list[int]) -> None:
    """Every answer in its place, none larger than a part in a bundle, and no two messages that one would do for."""
    answers = [bytes((number % 251,)) * size for number, size in enumerate(sizes)]
    joiner = Joiner(A.StreamAvatarResponse)
    messages = joiner.joined(answers)
    read: list[bytes] = []
    counts: list[int] = []
    for message in messages:
        alone = len(read) < len(answers) and message == answers[len(read)]
        parts = [message] if alone else list(A.StreamAvatarResponse.FromString(message).bundle.parts)
        assert alone or all(len(part) <= PART_BYTES for part in parts)
        assert 0 < len(parts) <= MOST_PARTS
        assert alone or len(parts) > 1, "a single one stands alone"
        read += parts
        counts.append(0 if len(message) > PART_BYTES and alone else len(parts))
    assert read == answers
    for one, other in itertools.pairwise(counts):
        assert not one or not other or one == MOST_PARTS, "what is split fills the first"


@given(seeds=st.lists(st.integers(0, 2**62), min_size=1, max_size=MOST_PARTS))
def test_what_one_side_joins_the_other_splits(seeds: list[int]) -> None:
    messages = [look(number % 64, seed=seed) for number, seed in enumerate(seeds)]
    joined = Joiner(A.StreamAvatarRequest).join([message.SerializeToString() for message in messages])
    found = heard(joined)
    assert list(found if isinstance(found, Parts) else [found]) == messages
    assert parts_of(A.StreamAvatarRequest.FromString(joined)) == messages


@pytest.mark.parametrize("size", [0, 1, 127, 128, 129, 300, PART_BYTES])
def test_the_sizes_of_parts_are_written_as_protobuf_writes_them(size: int) -> None:
    joined = Joiner(B.ProbeResponse).join([bytes(size), bytes(size)])
    assert joined == B.ProbeResponse(bundle={"parts": [bytes(size), bytes(size)]}).SerializeToString()


def test_the_numbers_of_the_contract_are_those_of_the_code() -> None:
    described = (
        avatar_pb2.DESCRIPTOR,
        bridge_pb2.DESCRIPTOR,
        dialogue_pb2.DESCRIPTOR,
        inference_pb2.DESCRIPTOR,
        recognition_pb2.DESCRIPTOR,
    )
    kinds = [kind for file in described for kind in file.message_types_by_name.values()]
    with_bundles = {kind.name for kind in kinds if "bundle" in kind.fields_by_name}
    assert with_bundles == {kind.DESCRIPTOR.name for pair in KINDS.values() for kind in pair}
