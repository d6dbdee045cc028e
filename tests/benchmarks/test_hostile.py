"""The messages of the hostile benchmark, and its verdict."""

from collections import Counter

from attack.mutations import Mutator
from google.protobuf.message import DecodeError
from hostile import faults

from bridge.v1 import avatar_pb2, recognition_pb2

GOOD = {
    "unknown_or_internal": 0,
    "share_beside_honest": {"pictures": 0.9},
    "share_beside_hostile": {"pictures": 0.86},
    "rss_over_start": 1.05,
    "left": {"jobs": 0, "slots": 0, "threads": 0, "descriptors": 0},
}


def test_equal_seeds_draw_equal_messages() -> None:
    drawn = [
        [mutator.bytes_of(avatar_pb2.StreamAvatarRequest) for _ in range(50)]
        for mutator in (Mutator(7, ["s"]), Mutator(7, ["s"]), Mutator(8, ["s"]))
    ]
    assert drawn[0] == drawn[1] != drawn[2]


def test_messages_of_every_kind_are_drawn_whole_and_broken() -> None:
    mutator, kinds = Mutator(7, ["s"]), Counter[str]()
    for _ in range(600):
        try:
            message = recognition_pb2.RecognizeRequest.FromString(mutator.bytes_of(recognition_pb2.RecognizeRequest))
            kinds[message.WhichOneof("message") or "empty"] += 1
        except DecodeError:
            kinds["broken"] += 1
    assert min(kinds[kind] for kind in ("open", "frame", "close_slot", "empty", "broken")) >= 5, kinds


def test_a_good_run_has_no_faults() -> None:
    assert faults(GOOD) == []


def test_every_flaw_is_a_fault() -> None:
    flaws = (
        {"unknown_or_internal": 1},
        {"share_beside_hostile": {"pictures": 0.85}},
        {"rss_over_start": 1.051},
        {"left": {"threads": 1}},
        {"died": "the server ended with -11 after resets"},
    )
    for flaw in flaws:
        assert len(faults({**GOOD, **flaw})) == 1, flaw


def test_bundles_are_drawn_with_parts_that_are_read_and_parts_that_are_not() -> None:
    mutator, found = Mutator(7, ["s"]), Counter[str]()
    for _ in range(400):
        message = mutator.filled(avatar_pb2.StreamAvatarRequest)
        for part in message.bundle.parts:
            try:
                found[avatar_pb2.StreamAvatarRequest.FromString(part).WhichOneof("message") or "empty"] += 1
            except DecodeError:
                found["broken"] += 1
        found[f"{len(message.bundle.parts)} parts" if message.HasField("bundle") else "single"] += 1
    assert min(found[kind] for kind in ("look", "frame", "acknowledge", "bundle", "empty", "broken")) >= 5, found
    assert min(found[kind] for kind in ("single", "1 parts", "64 parts", "65 parts")) >= 1, found
