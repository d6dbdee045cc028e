"""The pieces of the inference client by themselves: framing, memory of requests, results from chunks, slots."""

import mmap
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.client.inference.framing import read_response, write_request
from bridge.client.inference.results import Results
from bridge.client.inference.tensors import split
from bridge.client.inference.upload import WORTH_SHARING, UploadMemory
from bridge.client.link.shared import SharedMemory
from bridge.errors import ContractBroken
from bridge.v1 import avatar_pb2, bridge_pb2, inference_pb2, tensor_pb2
from bridge.wire.bulk import Bulk
from tests.client.test_shared import place, write

KEY = bytes(range(16))
SIZE = 64 * 1024


def result(offset: int = 0, total: int = 300, index: int = 1, **more: Any) -> inference_pb2.InferenceResult:
    return inference_pb2.InferenceResult(request_index=index, chunk_offset=offset, total_bytes=total, **more)


@pytest.mark.parametrize("size", [0, 1, 5000, 300_000])
def test_messages_are_framed_as_protobuf_frames_them(size: int) -> None:
    head = inference_pb2.InferRequest(request=inference_pb2.InferenceRequest(model="style", total_bytes=size))
    data = bytes(size)
    written = write_request(Bulk(head, memoryview(data)))
    assert written == inference_pb2.InferRequest(request=head.request, payload=data).SerializeToString()
    whole = inference_pb2.InferResponse(result=result(total=size, payload=data))
    kind, body, payload = read_response(whole.SerializeToString())
    assert (kind, body.total_bytes, bytes(payload)) == ("result", size, data)


def test_other_responses_are_read_too() -> None:
    opened = inference_pb2.InferResponse(opened=inference_pb2.InferOpened())
    assert read_response(opened.SerializeToString()) == ("opened", opened.opened, b"")
    assert read_response(b"") == ("", None, b"")


# -- upload memory -----------------------------------------------------------------------------------------------------


def offer(path: Path, key: bytes = KEY) -> bridge_pb2.SharedMemory:
    path.write_bytes(key + bytes(SIZE - len(key)))
    return bridge_pb2.SharedMemory(path=str(path), size_bytes=SIZE, key=KEY)


def memory_of(path: Path) -> UploadMemory:
    memory = UploadMemory.attach(offer(path))
    assert memory is not None
    return memory


def test_tensors_are_written_behind_the_key_one_after_the_other(tmp_path: Path) -> None:
    path = tmp_path / "framebridge-1-2-3"
    memory = memory_of(path)
    first, second = np.arange(4099, dtype=np.uint8), np.arange(7.0).reshape(7, 1)
    offset = memory.put(1, {"first": first, "second": second})
    assert offset is not None
    written = path.read_bytes()
    assert written[:16] == KEY
    assert written[offset : offset + 4099 + 56] == first.tobytes() + second.tobytes()
    assert path.exists(), "its name is the server's to remove"
    assert memory.put(2, {"small": np.zeros(WORTH_SHARING - 1, np.uint8)}) is None
    memory.close()


def test_another_file_is_not_written_to(tmp_path: Path) -> None:
    path = tmp_path / "framebridge-1-2-3"
    assert UploadMemory.attach(offer(path, key=bytes(16))) is None
    keyless = bridge_pb2.SharedMemory(path=str(path), size_bytes=SIZE)
    assert UploadMemory.attach(keyless) is None


@settings(derandomize=True, deadline=None)
@given(steps=st.lists(st.tuples(st.booleans(), st.integers(WORTH_SHARING, 20_000)), max_size=40))
def test_ranges_in_use_never_overlap_and_freed_ones_are_used_again(steps: list[tuple[bool, int]]) -> None:
    memory, taken = UploadMemory(mmap.mmap(-1, SIZE), len(KEY)), dict[int, tuple[int, int]]()
    for index, (frees, size) in enumerate(steps):
        if frees and taken:
            gone = next(iter(taken))
            memory.free(gone)
            del taken[gone]
        offset = memory.put(index, {"x": np.zeros(size, np.uint8)})
        if offset is not None:
            assert len(KEY) <= offset <= SIZE - size
            assert all(offset + size <= begin or end <= offset for begin, end in taken.values())
            taken[index] = offset, offset + size
        assert len(memory) == len(taken)
    for index in taken:
        memory.free(index)
    assert memory.put(-1, {"x": np.zeros(SIZE - 64, np.uint8)}) == 64
    memory.close()


# -- results -----------------------------------------------------------------------------------------------------------


@settings(derandomize=True, deadline=None)
@given(payloads=st.lists(st.binary(max_size=400), min_size=1, max_size=4), size=st.integers(1, 150))
def test_chunks_become_the_results_that_were_cut(payloads: list[bytes], size: int) -> None:
    results = Results(None, 400)
    for index, payload in enumerate(payloads, 1):
        whole, offsets = None, range(0, max(1, len(payload)), size)
        for offset in offsets:
            assert whole is None
            outputs = [tensor_pb2.Tensor(name="x")] if offset == 0 else []
            chunk = result(offset, len(payload), index, outputs=outputs)
            whole = results.take(chunk, payload[offset : offset + size])
        assert whole is not None
        assert (whole.header.request_index, whole.chunks) == (index, len(offsets))
        assert [output.name for output in whole.header.outputs] == ["x"]
        assert isinstance(whole.data, np.ndarray)
        assert whole.data.tobytes() == payload


@pytest.mark.parametrize(
    "chunks",
    [
        [(result(total=-1), b"x")],
        [(result(total=401), bytes(401))],
        [(result(offset=100), bytes(100))],
        [(result(), b"")],
        [(result(), bytes(301))],
        [(result(), bytes(100)), (result(offset=150), bytes(100))],
        [(result(), bytes(100)), (result(offset=100), bytes(201))],
        [(result(), bytes(100)), (result(offset=100, index=2), bytes(100))],
        [(result(), bytes(100)), (result(offset=100, total=299), bytes(100))],
        [(result(shared=avatar_pb2.SharedPayload(offset_bytes=72, stamp=1)), b"")],
    ],
)
def test_a_chunk_out_of_place_breaks_the_contract(chunks: list[tuple[Any, bytes]]) -> None:
    results = Results(None, 400)
    *fine, wrong = chunks
    for chunk, part in fine:
        assert results.take(chunk, part) is None
    with pytest.raises(ContractBroken):
        results.take(*wrong)


def test_a_result_whose_shared_memory_was_used_again_is_missing(tmp_path: Path) -> None:
    shared = SharedMemory.attach(write(tmp_path / "framebridge-1-2-3"))
    assert shared is not None
    results = Results(shared, 400)
    fresh, gone = (
        results.take(result(total=64, shared=place()), b""),
        results.take(result(total=64, shared=place(stamp=1)), b""),
    )
    assert fresh is not None
    assert isinstance(fresh.data, np.ndarray)
    assert fresh.data.tolist() == list(range(64))
    assert gone is not None
    assert not isinstance(gone.data, np.ndarray)
    results.close()
    shared.release()


@pytest.mark.parametrize(
    ("shape", "kind", "size"),
    [((2,), tensor_pb2.DATA_TYPE_INT64, 15), ((2,), tensor_pb2.DATA_TYPE_INT64, 17), ((-1,), 4, 1), ((1,), 99, 1)],
)
def test_outputs_that_are_not_as_declared_break_the_contract(shape: tuple[int, ...], kind: Any, size: int) -> None:
    with pytest.raises(ContractBroken):
        split([tensor_pb2.Tensor(name="x", data_type=kind, shape=shape)], np.zeros(size, np.uint8))
