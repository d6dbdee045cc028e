"""The converted networks: the TensorFlow Lite runtime's answers, as programs that can be suspended anywhere."""

from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from models.recognition.convolution import ready
from models.recognition.faces.network import BlazeFace
from models.recognition.faces.program import WEIGHTS as FACE_WEIGHTS
from models.recognition.mesh.network import POINTS, FaceMesh
from models.recognition.mesh.program import WEIGHTS as MESH_WEIGHTS
from models.recognition.people.network import SelfieSegmentation
from models.recognition.people.program import WEIGHTS as PEOPLE_WEIGHTS
from tests.models.recognition.mediapipe.make_reference import EVERY, LIKELY, TARGET, floats
from tests.models.recognition.pictures import finish

NETWORKS: dict[str, tuple[Any, Any]] = {
    "faces": (BlazeFace, FACE_WEIGHTS),
    "mesh": (FaceMesh, MESH_WEIGHTS),
    "people": (SelfieSegmentation, PEOPLE_WEIGHTS["people.256"]),
    "people_wide": (SelfieSegmentation, PEOPLE_WEIGHTS["people.144"]),
}
REFERENCE = np.load(TARGET)


def answer(name: str, *, fused: bool = True) -> Any:
    """What a network makes of the reference's input."""
    kind, weights = NETWORKS[name]
    network = kind.from_weights(load_file(weights)).requires_grad_(requires_grad=False)
    x = torch.from_numpy(floats(name, REFERENCE[f"{name}.x"])).permute(0, 3, 1, 2)
    if fused:
        ready(network, torch.device("cpu"), torch.float32, [(x.shape[3], x.shape[2])])
    steps, outputs = finish(network(x))
    assert steps == network.stages - 1
    return outputs


@pytest.mark.parametrize("fused", [True, False])
def test_faces_are_found_as_by_the_published_network(fused: bool) -> None:
    logits, boxes = answer("faces", fused=fused)
    theirs = REFERENCE["faces.classificators"][0, :, 0]
    np.testing.assert_allclose(logits[0], theirs, atol=2e-3)
    np.testing.assert_allclose(boxes[0][theirs > LIKELY], REFERENCE["faces.regressors"][0], atol=2e-3)  # pixels of 128
    assert logits.max() > 2


@pytest.mark.parametrize("fused", [True, False])
def test_meshes_are_those_of_the_published_network(fused: bool) -> None:
    points, presence = answer("mesh", fused=fused)
    theirs = REFERENCE["mesh.conv2d_21"].reshape(POINTS, 3)
    np.testing.assert_allclose(points[0], theirs, atol=5e-3)  # pixels of the crop, of which one is allowed
    np.testing.assert_allclose(presence, REFERENCE["mesh.conv2d_31"].ravel(), atol=1e-2)
    assert presence > 5


@pytest.mark.parametrize(("name", "output"), [("people", "activation_10"), ("people_wide", "segment_back")])
@pytest.mark.parametrize("fused", [True, False])
def test_masks_are_those_of_the_published_network(name: str, output: str, fused: bool) -> None:
    mask = answer(name, fused=fused).sigmoid()[0, ::EVERY, ::EVERY]
    theirs = REFERENCE[f"{name}.{output}"][0].reshape(mask.shape)
    np.testing.assert_allclose(mask, theirs, atol=1e-3)
    assert 0.4 < float((theirs > 0.5).mean()) < 0.7  # the astronaut fills half of it
