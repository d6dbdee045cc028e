"""What an unmodified client of Triton's is told; triton.py asks, in an environment of its own."""

from typing import Any

import pytest
import torch

from tests.interop.models import MOST_ROWS, SIDE, Mood, Painter, made
from tests.interop.server import NAMES

Told = dict[str, Any]


def image(rows: int) -> torch.Tensor:
    return torch.linspace(-1, 1, rows * 3 * SIDE * SIDE, dtype=torch.float64).float().reshape(rows, 3, SIDE, SIDE)


def mood(rows: int) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.arange(rows * 3).float().reshape(rows, 3) / 10, torch.ones(rows, 2)


@torch.inference_mode()
def assert_painted(answer: Told, rows: int, outputs: tuple[str, ...] = ("scores", "features")) -> None:
    expected = made(Painter)(image(rows))
    assert tuple(answer["outputs"]) == outputs
    for name, output in answer["outputs"].items():
        assert output["datatype"] == "FP32"
        torch.testing.assert_close(torch.tensor(output["values"]), expected[name], atol=1e-4, rtol=1e-4)


@torch.inference_mode()
def assert_felt(answer: Told, rows: int) -> None:
    expected = made(Mood)(*mood(rows))
    torch.testing.assert_close(torch.tensor(answer["outputs"]["output"]["values"]), expected, atol=1e-5, rtol=1e-5)


def test_the_server_and_its_models_are_live_and_ready(triton: Told) -> None:
    expected = {"live": True, "ready": True, "model": True, "version": False, "unknown": False, "embedded": False}
    assert triton["health"] == expected


def test_models_are_described(triton: Told) -> None:
    told = triton["metadata"]
    assert told["server"]["name"] == "framebridge"
    assert told["painter"]["inputs"] == [
        {"name": "image", "datatype": "FP32", "shape": ["-1", "3", str(SIDE), str(SIDE)]}
    ]
    assert [output["shape"] for output in told["painter"]["outputs"]] == [["-1", "10"], ["-1", "4", "8", "8"]]
    assert [tensor["name"] for tensor in told["mood"]["inputs"]] == ["position", "traits"]
    assert told["logarithm"]["inputs"][0]["shape"] == ["-1", "-1"]
    assert told["logarithm"]["outputs"][0]["shape"] == ["-1", "-1"]
    assert told["unknown"]["status"] == "StatusCode.NOT_FOUND"


def test_a_model_is_configured_as_it_is_served(triton: Told) -> None:
    config = triton["metadata"]["config"]
    assert config["max_batch_size"] == MOST_ROWS
    assert config["input"] == [
        {"name": "position", "data_type": "TYPE_FP32", "dims": ["3"]},
        {"name": "traits", "data_type": "TYPE_FP32", "dims": ["2"]},
    ]
    policy = config["dynamic_batching"]["default_queue_policy"]
    assert policy == {"default_timeout_microseconds": "10000000", "allow_timeout_override": True}


def test_two_models_answer_as_their_modules_do(triton: Told) -> None:
    told = triton["infer"]
    assert_painted(told["painter"], 3)
    assert_felt(told["mood"], 2)
    assert_felt(told["inputs reversed"], 2)
    assert_felt(told["later"], 2)
    assert_painted(told["compressed"], 1)
    assert_painted(told["in time"], 1)
    assert_felt(told["its version"], 1)
    assert_felt(told["own parameters"], 1)


def test_only_the_outputs_asked_for_are_sent(triton: Told) -> None:
    assert_painted(triton["infer"]["scores only"], 1, ("scores",))


def test_an_answer_names_its_request_and_model(triton: Told) -> None:
    told = triton["infer"]
    assert (told["painter"]["id"], told["painter"]["model"], told["mood"]["id"]) == ("a", "painter", "")
    assert told["later"]["id"] == "later"
    assert told["painter"]["version"] == triton["metadata"]["painter"]["versions"][0]


def test_every_number_format_goes_there_and_back(triton: Told) -> None:
    assert len(triton["formats"]) == 9
    assert all(triton["formats"].values()), triton["formats"]


REFUSED = {
    "timeout": ("DEADLINE_EXCEEDED", "cannot answer within 0.001 ms", "raise `timeout`"),
    "deadline": ("DEADLINE_EXCEEDED",),  # said by whoever notices first, the client or the server
    "negative timeout": ("INVALID_ARGUMENT", "'timeout' is -1", "send 1 to 60000000 microseconds"),
    "absurd timeout": ("INVALID_ARGUMENT", "'timeout' is 4611686018427387904", "or 0 for the model's default"),
    "unknown model": ("NOT_FOUND", "'oracle'", f"there are {', '.join(NAMES)}"),
    "embedded model": ("NOT_FOUND", "'avatar' takes no tensors", "bridge.v1"),
    "unknown version": ("NOT_FOUND", "not '1'", "leave model_version empty"),
    "no batch": ("INVALID_ARGUMENT", "shape [3, 16, 16]", "send [batch, 3, 16, 16]"),
    "wrong shape": ("INVALID_ARGUMENT", "shape [1, 3, 16, 17]", "send [batch, 3, 16, 16]"),
    "too many rows": ("INVALID_ARGUMENT", "a batch of 5", "send 1 to 4 rows"),
    "no rows": ("INVALID_ARGUMENT", "a batch of 0", "send 1 to 4 rows"),
    "batches that differ": ("INVALID_ARGUMENT", "1 of 'position', 2 of 'traits'", "as many rows of each"),
    "a size out of range": ("INVALID_ARGUMENT", "shape [1, 9]", "send [batch, 1 to 8]"),
    "wrong datatype": ("INVALID_ARGUMENT", "FP16", "send FP32"),
    "text": ("INVALID_ARGUMENT", "BYTES", "send FP32"),
    "missing input": ("INVALID_ARGUMENT", "the inputs are position", "position, traits"),
    "unknown input": ("INVALID_ARGUMENT", "the inputs are picture", "image"),
    "unknown output": ("INVALID_ARGUMENT", "depth", "'painter' has scores, features"),
    "classification": ("INVALID_ARGUMENT", "'classification'", "leave class_count out"),
    "shared memory": ("INVALID_ARGUMENT", "shared memory", "send bytes"),
    "sequence": ("INVALID_ARGUMENT", "leave sequence_id out"),
    "not a number": ("INVALID_ARGUMENT", "'share' is nan", "send a finite number"),
    "not a number out": ("INTERNAL", "row 1 of 2: model 'logarithm'", "NaN", "look at what was sent"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_answered_is_refused_with_the_mend(triton: Told, name: str) -> None:
    code, *words = REFUSED[name]
    told = triton["refusals"][name]
    assert told["status"] == f"StatusCode.{code}", told
    for piece in words:
        assert piece in told["message"]


def test_every_refusal_is_tried(triton: Told) -> None:
    assert triton["refusals"].keys() == REFUSED.keys()


def test_a_stream_answers_each_request_and_goes_on_after_errors(triton: Told) -> None:
    told = triton["stream"]
    assert told["answers"].keys() == {*(f"p{number}" for number in range(8)), "m"}
    for number in range(8):
        assert_painted(told["answers"][f"p{number}"], 1 + number % 4)
    assert_felt(told["answers"]["m"], 1)
    assert all(answer["final"] for answer in told["answers"].values())
    assert len(told["errors"]) == 3
    for words in ("no model 'oracle'", "send each input of 'mood' once", "raise `timeout`"):
        assert sum(words in sentence for sentence in told["errors"]) == 1, told["errors"]
    assert_felt(told["after all"], 1)


def test_statistics_count_what_was_asked(triton: Told) -> None:
    told = triton["statistics"]
    before, after = told["before"], told["after"]
    assert int(after["inference_count"]) - int(before["inference_count"]) == 6
    successes = [int(stats["inference_stats"]["success"]["count"]) for stats in (before, after)]
    assert successes[1] - successes[0] == 3
    failures = [int(stats["inference_stats"]["fail"].get("count", 0)) for stats in (before, after)]
    assert failures[1] - failures[0] == 1
    stats = after["inference_stats"]
    parts = sum(int(stats[part]["ns"]) for part in ("queue", "compute_input", "compute_infer", "compute_output"))
    assert 0 < parts <= int(stats["success"]["ns"])
    rows = sum(int(batch["batch_size"]) * int(batch["compute_infer"]["count"]) for batch in after["batch_stats"])
    assert rows == int(after["inference_count"])
    assert int(after["last_inference"]) > int(before["last_inference"]) - 1
    assert told["models"] == list(NAMES)


def test_models_are_unloaded_and_loaded_by_name(triton: Told) -> None:
    told = triton["repository"]
    states = {when: {model["name"]: model["state"] for model in told[when]} for when in ("first", "unloaded", "loaded")}
    assert states["first"] == dict.fromkeys(NAMES, "READY") == states["loaded"]
    assert states["unloaded"] == states["first"] | {"logarithm": "UNAVAILABLE"}
    assert told["infer"]["status"] == "StatusCode.NOT_FOUND"
    assert not told["is ready"]
    assert told["again"]["outputs"]["output"]["values"] == [[0.0, 0.0]]
    assert "'oracle'" in told["unknown"]["message"]
    assert "takes no tensors" in told["embedded"]["message"]
    assert "send its name only" in told["with a config"]["message"]


def test_every_method_of_the_client_is_answered(triton: Told) -> None:
    assert triton["never called"] == []
    for name, told in triton["unimplemented"].items():
        assert told["status"] == "StatusCode.UNIMPLEMENTED", name
        assert told["message"].startswith(f"this server has no {name.partition(',')[0]}; ")
        assert any(mend in told["message"] for mend in ("send tensors as bytes", "--trace FILE", "standard error"))


def test_the_asynchronous_client_is_answered_too(triton: Told) -> None:
    told = triton["asynchronous"]
    assert told["live"] is True
    assert told["ready"] is True
    assert_painted(told["infer"], 2)
    assert told["together"] == [str(number) for number in range(10)]
    assert "raise `timeout`" in told["timeout"]["message"]
    assert {answer["id"] for answer in told["stream"]} == {"s0", "s1", "s2"}
    for answer in told["stream"]:
        assert_felt(answer, 1 + int(answer["id"][1:]))
    (sentence,) = told["errors"]
    assert "'oracle'" in sentence
