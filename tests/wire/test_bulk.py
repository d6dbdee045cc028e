"""Payloads split off and appended, held against what protobuf makes of the same bytes."""

import pytest
from google.protobuf.message import DecodeError
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bridge.v1 import bridge_pb2
from bridge.wire.bulk import carries_bulk, prefix, read_bulk

Request = bridge_pb2.ProbeRequest
NONCE = Request(nonce=7).SerializeToString()
PAYLOAD = Request(payload=b"abc").SerializeToString()
FOREIGN = b"\x9d\x01\x01\x02\x03\x04"  # a 32-bit field of a newer contract, number 19


@pytest.fixture(autouse=True)
def _split_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.wire.bulk._WORTH_SPLITTING", 0)


probed = settings(
    derandomize=True, deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def test_messages_with_a_payload_are_known() -> None:
    assert carries_bulk(Request)
    assert not carries_bulk(bridge_pb2.PingRequest)


@probed
@given(st.integers(-(2**63), 2**63 - 1), st.binary(max_size=400))
@example(0, b"")
@example(1, bytes(2**14))
def test_it_reads_what_protobuf_writes(nonce: int, payload: bytes) -> None:
    bulk = read_bulk(Request, Request(nonce=nonce, payload=payload).SerializeToString())
    assert (bulk.message, bytes(bulk.payload)) == (Request(nonce=nonce), payload)


@probed
@given(st.lists(st.sampled_from([NONCE, PAYLOAD, FOREIGN, b"", b"\x7a\x00"]), max_size=5).map(b"".join))
def test_fields_in_any_order_mean_the_same(data: bytes) -> None:
    plain = Request.FromString(data)
    bulk = read_bulk(Request, data)
    assert bytes(bulk.payload) == plain.payload
    assert bulk.message.nonce == plain.nonce
    assert not bulk.message.payload


@probed
@given(st.binary(max_size=40) | st.binary(max_size=12).map(lambda tail: NONCE + b"\x7a" + tail))
@example(b"\x7a")
@example(b"\x7a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")
@example(b"\xff" * 11)
@example(PAYLOAD[:-1])
def test_hostile_bytes_are_refused_or_mean_the_same(data: bytes) -> None:
    try:
        plain = Request.FromString(data)
    except DecodeError:
        with pytest.raises(DecodeError):
            read_bulk(Request, data)
        return
    bulk = read_bulk(Request, data)
    assert (bulk.message.nonce, bytes(bulk.payload)) == (plain.nonce, plain.payload)


@pytest.mark.parametrize("size", [0, 1, 127, 128, 2**14, 2**20])
def test_an_appended_payload_is_read_by_protobuf(size: int) -> None:
    data = NONCE + prefix(Request.PAYLOAD_FIELD_NUMBER, size) + bytes(size)
    assert Request.FromString(data) == Request(nonce=7, payload=bytes(size))


def test_a_payload_that_is_not_the_last_field_is_read_all_the_same() -> None:
    data = Request(payload=bytes(5000)).SerializeToString() + NONCE
    bulk = read_bulk(Request, data)
    assert (bulk.message.nonce, len(bulk.payload)) == (7, 5000)
