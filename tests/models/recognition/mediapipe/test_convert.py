"""The converter, on small graphs written for it; and the canonical face."""

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from models.recognition.convolution import Convolution
from models.recognition.mediapipe.canonical_face import canonical_face
from models.recognition.mediapipe.convert import checked, convert
from models.recognition.mediapipe.graph import Graph
from models.recognition.mediapipe.same import Slopes, same
from tests.models.recognition.mediapipe.flatbuffers import written

CONV, DEPTHWISE, DEQUANTIZE, ADD, CUSTOM, PRELU = range(6)
CODES = [
    {0: np.int8(3)}, {0: np.int8(4)}, {0: np.int8(6)}, {0: np.int8(0)},
    {0: np.int8(32), 1: "Convolution2DTransposeBias"}, {3: 54},
]  # fmt: skip
FLOAT16 = 1


class Small(nn.Module):
    """A network of two branches, the second of which begins first in the graph below."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = same(3, 4, 3, stride=2)
        self.slopes = Slopes(4)
        self.one = Convolution(4, 2, 1)
        self.other = same(4, 4, 3, groups=4)
        self.out = nn.ConvTranspose2d(4, 1, 2, stride=2)


def arrays() -> list[np.ndarray]:
    """Kernels and biases as TensorFlow Lite has them, in the order of `Small`."""
    random = np.random.default_rng(0)
    shapes = ((4, 3, 3, 3), (4,), (1, 1, 4), (2, 1, 1, 4), (2,), (1, 3, 3, 4), (4,), (1, 2, 2, 4), (1,))
    return [random.standard_normal(shape).astype(np.float16) for shape in shapes]


def small() -> dict[int, Any]:
    """A model as tables: tensors 0 to 8 are constants, 9 to 17 the same widened, then what is computed."""
    constants = arrays()
    buffers: list[dict[int, Any]] = [{}, *({0: np.frombuffer(array.tobytes(), np.uint8)} for array in constants)]
    tensors: list[dict[int, Any]] = [
        {0: np.array(array.shape, np.int32), 1: np.int8(FLOAT16), 2: place + 1, 3: f"constant {place}"}
        for place, array in enumerate(constants)
    ]
    tensors += [{2: 0, 3: f"tensor {place}"} for place in range(9, 25)]
    operators = [operator(DEQUANTIZE, [place], 9 + place) for place in range(9)]
    operators += [
        operator(CONV, [18, 9, 10], 19, stride=2),  # 18 is the picture
        operator(PRELU, [19, 11], 20),
        operator(DEPTHWISE, [20, 14, 15], 21, stride=1),
        operator(CONV, [20, 12, 13], 22, stride=1),
        operator(ADD, [20, 21], 23),
        operator(CUSTOM, [23, 16, 17], 24),
    ]
    graph = {0: tensors, 1: np.array([18], np.int32), 2: np.array([22, 24], np.int32), 3: operators}
    return {0: 3, 1: CODES, 2: [graph], 4: buffers}


def operator(code: int, inputs: list[int], output: int, stride: int = 0) -> dict[int, Any]:
    fields: dict[int, Any] = {0: code, 1: np.array(inputs, np.int32), 2: np.array([output], np.int32)}
    return fields | ({4: {1: stride, 2: stride}} if stride else {})


def test_every_kernel_finds_its_place() -> None:
    state = convert(written(small(), b"TFL3"), Small())
    stem, stem_bias, slopes, one, _, other, _, out, _ = (torch.from_numpy(array) for array in arrays())
    assert list(state) == list(Small().state_dict())
    assert {tensor.dtype for tensor in state.values()} == {torch.float16}
    assert state["stem.weight"].shape == (4, 3, 4, 4)
    assert not state["stem.weight"][:, :, 0].any()  # TensorFlow's padding of a kernel of stride 2
    assert not state["stem.weight"][:, :, :, 0].any()
    torch.testing.assert_close(state["stem.weight"][:, :, 1:, 1:], stem.permute(0, 3, 1, 2))
    torch.testing.assert_close(state["stem.bias"], stem_bias)
    torch.testing.assert_close(state["slopes.weight"], slopes.reshape(4))
    torch.testing.assert_close(state["one.weight"], one.permute(0, 3, 1, 2))
    torch.testing.assert_close(state["other.weight"], other.permute(3, 0, 1, 2))
    torch.testing.assert_close(state["out.weight"], out.permute(3, 0, 1, 2))


def lose_an_output(model: dict[int, Any]) -> None:
    model[2][0][2] = np.array([22], np.int32)


def reshape_a_kernel(model: dict[int, Any]) -> None:
    model[2][0][0][3][0] = np.array([4, 1, 1, 2], np.int32)


def store_other_numbers(model: dict[int, Any]) -> None:
    model[2][0][0][3][1] = np.int8(0)


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lose_an_output, "the graph has 5 tensors of weights where the network has 9"),
        (reshape_a_kernel, "one.weight is"),
        (store_other_numbers, "constant 3 is of type 0; only float16"),
    ],
)
def test_another_graph_is_refused(damage: Callable[[dict[int, Any]], None], sentence: str) -> None:
    model = small()
    damage(model)
    with pytest.raises(ValueError, match=sentence):
        convert(written(model, b"TFL3"), Small())


def test_a_file_that_is_cut_is_refused_wherever_it_ends() -> None:
    data = written(small(), b"TFL3")
    whole = [operator.kind for operator in Graph(data).weighted()]
    assert whole == ["convolution", "prelu", "convolution", "depthwise", "transposed"]
    for end in range(8, len(data) - 8, 97):
        with pytest.raises(ValueError, match=r"complete|reshape|buffer"):
            convert(data[:end], Small())


def test_another_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not a TFL3 FlatBuffer"):
        Graph(written(small(), b"ABCD"))
    (tmp_path / "selfie_segmentation.tflite").write_bytes(b"another")
    with pytest.raises(ValueError, match="not the file of the version"):
        checked(tmp_path / "selfie_segmentation.tflite")


# -- the canonical face ------------------------------------------------------------------------------------------------


def varint(value: int) -> bytes:
    some = b""
    while value > 127:
        some, value = some + bytes([value & 127 | 128]), value >> 7
    return some + bytes([value])


def message(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def floating(number: int, value: float) -> bytes:
    return varint(number << 3 | 5) + struct.pack("<f", value)


def face(points: int = 468) -> bytes:
    vertices = b"".join(floating(3, place % 5 + place // 5) for place in range(5 * points))
    triangles = b"".join(varint(4 << 3) + varint(place % 468) for place in range(3 * 898))
    basis = message(2, varint(1 << 3) + varint(300) + floating(2, 0.25))
    return message(1, vertices + triangles) + basis


def test_a_face_is_in_a_pictures_axes() -> None:
    found = canonical_face(face())
    assert found["vertices"].shape == (468, 3)
    assert found["vertices"][2].tolist() == [2, -3, -4]  # right, down, away from the camera
    assert found["triangles"].shape == (898, 3)
    assert found["triangles"][1].tolist() == [3, 4, 5]
    assert found["weights"].nonzero().tolist() == [[300]]
    assert found["weights"][300] == 0.25


@pytest.mark.parametrize("data", [face(467), face()[:-1], face()[:4000]])
def test_another_face_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"numbers and|cannot be read|inside a number"):
        canonical_face(data)
